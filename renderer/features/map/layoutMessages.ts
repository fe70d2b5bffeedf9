import type { LayoutEdge, LayoutNode, Position } from '../../../shared/analysis/layoutShapes.ts';
import type { EntityId } from '../../../shared/model/entity.ts';

/** What the layout worker is asked: `known` stay where they are unless all is laid out anew, `fixed` always. */
export interface LayoutQuestion {
  readonly sequence: number;
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly LayoutEdge[];
  readonly known: readonly (readonly [EntityId, Position])[];
  readonly fixed: readonly (readonly [EntityId, Position])[];
}

/** Where everything is to stand. */
export interface LayoutAnswer {
  readonly sequence: number;
  readonly positions: Readonly<Record<EntityId, Position>>;
}
