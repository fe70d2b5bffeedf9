import type { ReactNode } from 'react';
import type { CallId, EntityId } from '../../../shared/model/entity.ts';
import type { CallView, ServiceDetail } from '../../../shared/model/inspect.ts';
import type { GraphCall, GraphService } from '../../../shared/model/graph.ts';
import type { MeasuredSplit, Split } from '../../../shared/model/weights.ts';

/** A tab of the service inspector that another feature fills. */
export interface ServiceTab {
  readonly id: string;
  readonly title: string;
  /** `detail` is null while it is being read. */
  readonly content: (service: GraphService, detail: ServiceDetail | null) => ReactNode;
}

/** What another feature shows of one call; `view` is null while it is being read, or where no source can tell. */
export type CallPart = (
  call: GraphCall,
  callee: GraphService,
  detail: {
    readonly view: CallView | null;
    readonly whole: ServiceDetail | null;
    readonly problem: string | null;
  },
) => ReactNode;

/**
 * What other features show below the weights of a split; `editable` says whether they can be moved at all, `measured` is null
 * while nothing was counted.
 */
export type SplitPart = (split: Split, editable: boolean, measured: MeasuredSplit | null) => ReactNode;

/** What another feature shows of a service among what is known of it. */
export type ServicePart = (service: GraphService) => ReactNode;

/** What other features bring to the inspector: features do not know each other, the window puts them together. */
export interface InspectorParts {
  readonly serviceTabs: readonly ServiceTab[];
  /** What only the whole map shows of a service. */
  readonly findings: ServicePart;
  /** The way to where its addresses are. */
  readonly reach: ServicePart;
  /** Which calls of a service an operator holds, or whether this one is. */
  readonly held: (callee: EntityId, call: CallId | null) => ReactNode;
  /** What guards a call and what can be done to it. */
  readonly callGuards: CallPart;
  /** What runs over a split besides its weights, and what else can be asked of it. */
  readonly splitActions: SplitPart;
}
