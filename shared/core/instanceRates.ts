import { sayError } from '../connectors/kit/peerError.ts';
import type { InstanceRates, WorkloadView } from '../model/workload.ts';
import type { LiveConnection } from './liveConnection.ts';

/** What each instance of these workloads answered lately, by the first source that tells instances apart. */
export async function readInstanceRates(
  { sources }: Pick<LiveConnection, 'sources'>,
  workloads: readonly WorkloadView[],
  signal: AbortSignal,
  problems: string[],
): Promise<InstanceRates | null> {
  const uids = new Map(
    workloads.flatMap(({ ref: { namespace }, instances }) =>
      instances.map(({ name, uid }) => [`${namespace}/${name}`, uid] as const),
    ),
  );
  const asked = workloads.flatMap(({ ref: { namespace }, instances }) =>
    instances.map(({ name }) => ({ namespace, name })),
  );
  const signals = sources.find(({ session }) => session.signals?.instanceRates !== undefined)?.session
    .signals;
  if (signals?.instanceRates === undefined || asked.length === 0) return null;
  try {
    const observed = await signals.instanceRates(asked, signal);
    problems.push(...observed.problems);
    const { source, windowSeconds, rates } = observed;
    const perSecond: Record<string, number> = {};
    for (const { namespace, name, requestsPerSecond } of rates) {
      const uid = uids.get(`${namespace}/${name}`);
      if (uid !== undefined) perSecond[uid] = requestsPerSecond;
    }
    return { source, windowSeconds, perSecond };
  } catch (thrown) {
    problems.push(sayError(thrown, 'Asking what each instance answers'));
    return null;
  }
}
