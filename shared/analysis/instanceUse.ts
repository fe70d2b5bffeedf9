import type { VerdictSentence } from '../model/inspect.ts';
import type { InstanceObservation } from '../model/topology.ts';
import type { ContainerUse, InstancesUse } from '../model/usage.ts';
import { formatAge, formatPercent } from './formats.ts';

/** A container that is held back in more of its time slices than this answers noticeably later. */
const throttledRatio = 0.25;
/** At its limit a container is killed; above this, little keeps it from that. */
const memoryRatio = 0.9;
/** How long a container that was killed is told. */
const lastEndMs = 60 * 60_000;

/** What an instance uses of what it may; the worst container where they differ. Null is not known. */
export interface InstanceUse {
  readonly cpuCores: number | null;
  /** Null where some container has none. */
  readonly cpuLimitCores: number | null;
  readonly memoryBytes: number | null;
  readonly memoryLimitBytes: number | null;
  readonly throttled: { readonly container: string; readonly ratio: number } | null;
  /** Of the container that is nearest to its own limit. */
  readonly memory: {
    readonly container: string;
    readonly bytes: number;
    readonly limitBytes: number;
    readonly ratio: number;
  } | null;
}

export function addUp(
  { limits = [] }: Pick<InstanceObservation, 'limits'>,
  uses: readonly ContainerUse[],
): InstanceUse {
  const memory = uses.flatMap(({ container, memoryBytes: bytes }) => {
    const limitBytes = limits.find(({ name }) => name === container)?.memoryLimitBytes ?? null;
    return bytes === null || limitBytes === null || limitBytes <= 0
      ? []
      : [{ container, bytes, limitBytes, ratio: bytes / limitBytes }];
  });
  const throttled = uses.flatMap(({ container, throttledRatio: ratio }) =>
    ratio === null ? [] : [{ container, ratio }],
  );
  // What nobody measures uses nothing of what is told here; of what is measured and not declared no limit is known.
  const own = uses.map(({ container }) => limits.find(({ name }) => name === container));
  return {
    cpuCores: sumOf(uses.map((one) => one.cpuCores)),
    cpuLimitCores: wholeOf(own.map((one) => one?.cpuLimitCores ?? null)),
    memoryBytes: sumOf(uses.map((one) => one.memoryBytes)),
    memoryLimitBytes: wholeOf(own.map((one) => one?.memoryLimitBytes ?? null)),
    throttled: throttled.sort((a, b) => b.ratio - a.ratio)[0] ?? null,
    memory: memory.sort((a, b) => b.ratio - a.ratio)[0] ?? null,
  };
}

/** Of those that say; null where none does. */
function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** A limit of all together is one only where each has one. */
function wholeOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 || known.length < values.length ? null : known.reduce((sum, one) => sum + one, 0);
}

/** What of their resources holds instances back, or has just killed them, for the verdict. */
export function resourceSentences(
  instances: readonly InstanceObservation[],
  use: InstancesUse | null,
  now: number,
): VerdictSentence[] {
  const sentences: VerdictSentence[] = [];
  const used = instances.flatMap((instance) => {
    const uses = use?.byInstance[instance.uid];
    return uses === undefined ? [] : [{ instance, ...addUp(instance, uses) }];
  });
  const evidence = use?.source ?? '';
  const held = used
    .flatMap(({ instance, throttled }) =>
      throttled === null || throttled.ratio < throttledRatio ? [] : [{ instance, ...throttled }],
    )
    .sort((a, b) => b.ratio - a.ratio);
  const [worst] = held;
  if (worst !== undefined)
    sentences.push({
      text: `${some(held.length, instances.length)} held back by a CPU limit, at worst in ${formatPercent(worst.ratio)} of its time (${worst.instance.name}, container ${worst.container}).`,
      evidence,
    });
  const full = used
    .flatMap(({ instance, memory }) =>
      memory === null || memory.ratio < memoryRatio ? [] : [{ instance, ...memory }],
    )
    .sort((a, b) => b.ratio - a.ratio);
  const [fullest] = full;
  if (fullest !== undefined)
    sentences.push({
      text: `${some(full.length, instances.length)} near a memory limit, at worst with ${formatPercent(fullest.ratio)} of ${formatMemory(fullest.limitBytes)} (${fullest.instance.name}, container ${fullest.container}): at 100 % it is killed.`,
      evidence,
    });
  const killed = instances
    .flatMap(({ name, lastEnd }) =>
      lastEnd?.reason === 'OOMKilled' && lastEnd.at !== null && now - lastEnd.at < lastEndMs
        ? [{ name, ...lastEnd, at: lastEnd.at }]
        : [],
    )
    .sort((a, b) => b.at - a.at);
  const [last] = killed;
  if (last !== undefined)
    sentences.push({
      text: `${last.name} was killed for memory ${formatAge(Math.max(0, now - last.at))} ago (container ${last.container}, ${sayEnd(last)})${killed.length > 1 ? `, and so ${killed.length === 2 ? 'was 1' : `were ${killed.length - 1}`} more` : ''}.`,
      evidence: 'instances',
    });
  return sentences;
}

const some = (count: number, all: number): string =>
  all === 1 ? 'Its instance is' : `${count} of ${all} instances ${count === 1 ? 'is' : 'are'}`;

/** "OOMKilled, exit code 137". */
export function sayEnd({
  reason,
  exitCode,
}: {
  readonly reason: string;
  readonly exitCode: number | null;
}): string {
  return exitCode === null ? reason : `${reason}, exit code ${exitCode}`;
}

/** "482 MiB", "1.5 GiB": as limits are written. */
export function formatMemory(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  if (mebibytes < 1_000) return `${mebibytes < 9.95 ? mebibytes.toFixed(1) : Math.round(mebibytes)} MiB`;
  const gibibytes = mebibytes / 1024;
  return `${gibibytes < 9.95 ? gibibytes.toFixed(1) : Math.round(gibibytes)} GiB`;
}
