import { sayError } from '../connectors/kit/peerError.ts';
import type { InstanceObservation } from '../model/topology.ts';
import type { InstancesUse } from '../model/usage.ts';
import type { LiveConnection } from './liveConnection.ts';

/** Kubelets are asked by nobody more often than this. */
const keptMs = 15_000;

/** Reads what instances use, kept for a while: the inspector asks far more often than figures change. */
export type UsageReader = (
  connection: LiveConnection,
  instances: readonly InstanceObservation[],
  signal: AbortSignal,
  problems: string[],
) => Promise<InstancesUse | null>;

interface Kept {
  readonly at: number;
  readonly sources: number;
  readonly use: InstancesUse | null;
  /** Why something is missing stands as long as it is missing. */
  readonly problems: readonly string[];
}

export function createUsageReader(clock: { now(): number }): UsageReader {
  /** A connection that was closed takes what was read of it along. */
  const kept = new WeakMap<LiveConnection, Kept>();
  return async (connection, instances, signal, problems) => {
    const sources = connection.sources.length;
    const before = kept.get(connection);
    // While a connection is being opened, what can tell comes later.
    if (before !== undefined && before.sources === sources && clock.now() - before.at < keptMs) {
      problems.push(...before.problems);
      return before.use;
    }
    const told: string[] = [];
    const use = await readUsage(connection, instances, signal, told);
    kept.set(connection, { at: clock.now(), sources, use, problems: told });
    problems.push(...told);
    return use;
  };
}

/** By the first source that has figures; those that know of throttling are asked first. */
async function readUsage(
  { sources }: LiveConnection,
  instances: readonly InstanceObservation[],
  signal: AbortSignal,
  problems: string[],
): Promise<InstancesUse | null> {
  const telling = sources
    .flatMap(({ session }) => session.usage ?? [])
    .sort((a, b) => Number(b.tellsThrottling) - Number(a.tellsThrottling));
  const uids = new Map(instances.map(({ namespace, name, uid }) => [`${namespace}/${name}`, uid]));
  for (const source of telling) {
    try {
      const observed = await source.read(
        instances.map(({ namespace, name }) => ({ namespace, name })),
        signal,
      );
      if (observed === null) continue;
      problems.push(...observed.problems);
      if (observed.uses.length === 0) continue;
      const byInstance: InstancesUse['byInstance'] = {};
      for (const { namespace, name, ...use } of observed.uses) {
        const uid = uids.get(`${namespace}/${name}`);
        if (uid !== undefined) (byInstance[uid] ??= []).push(use);
      }
      return { source: observed.source, byInstance };
    } catch (thrown) {
      signal.throwIfAborted();
      problems.push(sayError(thrown, 'Asking what instances use'));
    }
  }
  return null;
}
