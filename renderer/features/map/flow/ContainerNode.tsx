import type { Node, NodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { Environment } from '../../../../shared/model/entity.ts';

type ContainerFlowNode = Node<{ title: string; environment: Environment }>;

/** The soft box of a namespace; its environment is a word and a colour. */
export const ContainerNode = memo(function ContainerNode({ data }: NodeProps<ContainerFlowNode>) {
  return (
    <div className={`mapContainer ${data.environment}`}>
      <span className="mapContainerTitle">
        {data.title}
        {data.environment !== 'other' && <b> {data.environment}</b>}
      </span>
    </div>
  );
});
