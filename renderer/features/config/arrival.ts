import type { ConfigReach } from '../../../shared/model/config.ts';
import type { WorkloadRef } from '../../../shared/model/workload.ts';
import { formatCount } from '../../ui/format.ts';

/** What it takes for a change to reach the process, in one line. */
export interface ArrivalLine {
  readonly arrival: ConfigReach['arrival'];
  readonly text: string;
  /** Who is meant, how it gets there and why it is believed so. */
  readonly reach: readonly ConfigReach[];
}

/** One line for each way in which a change arrives, the slowest first. */
export function arrivalLines(reach: readonly ConfigReach[]): readonly ArrivalLine[] {
  const order = ['restart', 'file', 'told', 'hot'] as const;
  return order.flatMap((arrival) => {
    const some = reach.filter((each) => each.arrival === arrival);
    return some.length === 0
      ? []
      : [{ arrival, text: textOf(arrival, workloadsOf(some).length), reach: some }];
  });
}

/** The workloads that could be restarted so that they get it; those that get it in no other way stand first. */
export function restartable(reach: readonly ConfigReach[]): {
  readonly needed: readonly WorkloadRef[];
  readonly possible: readonly WorkloadRef[];
} {
  const needed = workloadsOf(reach.filter(({ arrival }) => arrival === 'restart'));
  const names = new Set(needed.map(({ uid }) => uid));
  const files = workloadsOf(reach.filter(({ arrival }) => arrival === 'file'));
  return { needed, possible: files.filter(({ uid }) => !names.has(uid)) };
}

function textOf(arrival: ConfigReach['arrival'], workloads: number): string {
  switch (arrival) {
    case 'restart':
      return `needs a rollout restart of ${formatCount(workloads, 'workload')}`;
    case 'file':
      return 'the file updates itself within about a minute; whether the process reads it again is not known';
    case 'told':
      return 'processes that listen are told at once; whether they take it over is not known';
    case 'hot':
      return 'hot: it takes effect without a restart';
  }
}

function workloadsOf(reach: readonly ConfigReach[]): WorkloadRef[] {
  const named = reach.flatMap(({ workload }) => (workload === null ? [] : [workload]));
  return [...new Map(named.map((workload) => [workload.uid, workload])).values()];
}
