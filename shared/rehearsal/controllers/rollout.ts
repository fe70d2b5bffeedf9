import type { KubeObject } from '../kube/store.ts';
import { fieldsAt, numberOf, textOf, type Fields } from '../traffic/reading.ts';

/** What a Deployment asks for, with the API server's defaults where it does not say. */
export interface Wanted {
  readonly replicas: number;
  readonly paused: boolean;
  readonly recreate: boolean;
  /** Instances above and below `replicas` that a rollout may have. */
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly minReadyMs: number;
  /** Null where the operator set none. */
  readonly deadlineMs: number | null;
  /** How many old revisions are kept. */
  readonly history: number;
}

/** A ReplicaSet as the arithmetic sees it. */
export interface SetCount {
  readonly name: string;
  readonly replicas: number;
  readonly available: number;
}

/** Reads a Deployment's spec. */
export function wantedOf(deployment: KubeObject): Wanted {
  const spec = fieldsAt(deployment, 'spec');
  const rolling = fieldsAt(spec, 'strategy', 'rollingUpdate');
  const replicas = numberOf(spec['replicas']) ?? 1;
  const maxSurge = resolved(rolling['maxSurge'], replicas, Math.ceil);
  const below = resolved(rolling['maxUnavailable'], replicas, Math.floor);
  const recreate = fieldsAt(spec, 'strategy')['type'] === 'Recreate';
  const deadline = spec['progressDeadlineSeconds'];
  return {
    replicas,
    paused: spec['paused'] === true,
    recreate,
    maxSurge: recreate ? 0 : maxSurge,
    // A rollout that may neither add nor take could never move.
    maxUnavailable: maxSurge === 0 && below === 0 ? 1 : Math.min(below, replicas),
    minReadyMs: (numberOf(spec['minReadySeconds']) ?? 0) * 1000,
    // The largest int32 is how "none" is written.
    deadlineMs: deadline === 2_147_483_647 ? null : (numberOf(deadline) ?? 600) * 1000,
    history: numberOf(spec['revisionHistoryLimit']) ?? 10,
  };
}

function resolved(value: unknown, of: number, round: (share: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(textOf(value) ?? '25%')?.[1] ?? '0';
  return round((Number(percent) * of) / 100);
}

/** How large the new set may become now: never more in all than the surge allows. */
export function newSetSize(wanted: Wanted, newest: SetCount, old: readonly SetCount[]): number {
  if (newest.replicas >= wanted.replicas) return wanted.replicas;
  const present = newest.replicas + sum(old, ({ replicas }) => replicas);
  const room = Math.max(0, wanted.replicas + wanted.maxSurge - present);
  return newest.replicas + Math.min(room, wanted.replicas - newest.replicas);
}

/** The sizes of the old sets, oldest first: what is not available goes first, then as many as may be missed. */
export function oldSetSizes(wanted: Wanted, newest: SetCount, old: readonly SetCount[]): readonly number[] {
  const sizes = old.map(({ replicas }) => replicas);
  const present = newest.replicas + sum(old, ({ replicas }) => replicas);
  const least = wanted.replicas - wanted.maxUnavailable;
  let mayGo = present - least - (newest.replicas - newest.available);
  if (mayGo <= 0) return sizes;
  old.forEach(({ replicas, available }, index) => {
    const dead = Math.min(mayGo, Math.max(0, replicas - available));
    sizes[index] = replicas - dead;
    mayGo -= dead;
  });
  let spare = newest.available + sum(old, ({ available }) => available) - least;
  sizes.forEach((size, index) => {
    const gone = Math.min(size, Math.max(0, spare), Math.max(0, mayGo));
    sizes[index] = size - gone;
    spare -= gone;
    mayGo -= gone;
  });
  return sizes;
}

/** Sizes in the same proportions for another number of instances, while a rollout is under way or paused. */
export function scaledSizes(wanted: Wanted, sets: readonly SetCount[]): readonly number[] {
  const present = sum(sets, ({ replicas }) => replicas);
  const allowed = wanted.replicas > 0 ? wanted.replicas + wanted.maxSurge : 0;
  if (present === 0) return sets.map(({ replicas }) => replicas);
  const sizes = sets.map(({ replicas }) => Math.round((replicas * allowed) / present));
  const largest = sets.reduce(
    (best, { replicas }, index) => (replicas > (sets[best]?.replicas ?? 0) ? index : best),
    0,
  );
  sizes[largest] = Math.max(0, (sizes[largest] ?? 0) + allowed - sum(sizes, (size) => size));
  return sizes;
}

/** A template without what the controller itself put in, and without empty maps: what two revisions are compared by. */
export function comparable(template: unknown): Fields {
  const { metadata, ...rest } = fieldsAt(template);
  const { labels, annotations, creationTimestamp: _time, ...others } = fieldsAt(metadata);
  const { 'pod-template-hash': _hash, ...own } = fieldsAt(labels);
  return {
    ...rest,
    metadata: {
      ...others,
      ...(Object.keys(own).length > 0 ? { labels: own } : {}),
      ...(Object.keys(fieldsAt(annotations)).length > 0 ? { annotations: fieldsAt(annotations) } : {}),
    },
  };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
