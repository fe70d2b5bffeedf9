import './config.css';
import type { GraphService } from '../../../shared/model/graph.ts';
import { showConfig } from '../../state/configPage.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ArrivalNote } from './ArrivalNote.tsx';
import { ConfigTree } from './ConfigTree.tsx';
import { Problems } from './Problems.tsx';
import { useConfig } from './useConfig.ts';

/** What configures a service, in the inspector: the tree, and what it takes for a change to arrive. */
export function ConfigTab({ service }: { readonly service: GraphService }) {
  const config = useConfig(service.id);
  if (config.value === null) {
    return config.problem === null ? (
      <EmptyState title="Reading…" busy />
    ) : (
      <EmptyState title="It could not be read" actions={<Button onPress={config.again}>Read again</Button>}>
        {config.problem}
      </EmptyState>
    );
  }
  const { documents, problems } = config.value;
  return (
    <div className="inspectorPart configTab">
      <Problems texts={problems} />
      {documents.length === 0 ? (
        <EmptyState title="Nothing configures it">
          No ConfigMap, Secret, environment variable or mesh document is known to be meant for it.
        </EmptyState>
      ) : (
        <>
          <ConfigTree
            label={`What configures ${service.name}`}
            documents={documents}
            open={null}
            onOpen={(open) => showConfig(service.id, open)}
          />
          <ArrivalNote reach={documents.flatMap(({ reach }) => reach)} />
          <Button onPress={() => showConfig(service.id)}>Open Config</Button>
        </>
      )}
    </div>
  );
}
