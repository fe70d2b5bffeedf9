import type { NamespacedName } from '../../model/topology.ts';
import type { ContainerUse } from '../../model/usage.ts';

/** What instances use of processors and memory. */
export interface UsageSource {
  /** Whether it says who is held back by a CPU limit: such a source is asked before others. */
  readonly tellsThrottling: boolean;
  /** Null where this peer keeps no such figures; no uses where only a problem is to be told. */
  read(instances: readonly NamespacedName[], signal: AbortSignal): Promise<UsageObservation | null>;
}

export interface UsageObservation {
  readonly source: string;
  readonly uses: readonly (NamespacedName & ContainerUse)[];
  readonly problems: readonly string[];
}
