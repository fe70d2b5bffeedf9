import type { CallView, ServiceDetail } from '../model/inspect.ts';
import type { InstanceObservation } from '../model/topology.ts';
import type { InstancesUse } from '../model/usage.ts';
import { hostOf } from './addresses.ts';
import type { FaceIndex } from './faces.ts';
import { mapCall, worstKnown } from './mergeFaces.ts';

/**
 * What several systems tell of one service, as one; `details`: at least one, the primary face's first. The verdict is that of
 * the face which is worst off, an instance that several list is one, and so is a call. `systemOf`: what the system of a face is called.
 */
export function mergeDetails(
  details: readonly ServiceDetail[],
  index: FaceIndex,
  systemOf: (serviceId: string) => string,
): ServiceDetail {
  const [first, ...others] = details;
  if (first === undefined) throw new Error('There is nothing to put together.');
  const serviceId = index.primaryOf(first.serviceId);
  if (others.length === 0 && index.facesOf(serviceId).length === 1) {
    return { ...first, callsIn: calls([first.callsIn], index), callsOut: calls([first.callsOut], index) };
  }
  const worst = worstKnown(details.map(({ verdict }) => verdict.health));
  const telling = details.find(({ verdict }) => verdict.health === worst) ?? first;
  const { verdict } = telling;
  return {
    serviceId,
    verdict: { ...verdict, causeId: verdict.causeId === null ? null : index.primaryOf(verdict.causeId) },
    instances: instances(details, systemOf),
    use: useOf(details.flatMap(({ use }) => use ?? [])),
    callsIn: calls(
      details.map((detail) => detail.callsIn),
      index,
    ),
    callsOut: calls(
      details.map((detail) => detail.callsOut),
      index,
    ),
    events: details.flatMap((detail) => detail.events).sort((a, b) => (b.at ?? 0) - (a.at ?? 0)),
    documents: details.flatMap((detail) => detail.documents),
    provenance: details.flatMap((detail) => detail.provenance),
    // What one system can see is seen.
    unseen: details.every((detail) => detail.unseen !== null) ? first.unseen : null,
    protectable: details.some(({ protectable }) => protectable),
    problems: [...new Set(details.flatMap((detail) => detail.problems))],
  };
}

/** Two systems that name one address list one process. What one system lists twice is two. */
function instances(
  details: readonly ServiceDetail[],
  systemOf: (serviceId: string) => string,
): InstanceObservation[] {
  const merged: { one: InstanceObservation; readonly systems: Set<string> }[] = [];
  for (const { serviceId, instances: list } of details) {
    const system = systemOf(serviceId);
    const before = Map.groupBy(merged, ({ one }) => hostOf(one.address ?? ''));
    for (const instance of list) {
      const sameHost = before.get(hostOf(instance.address ?? '')) ?? [];
      const known = sameHost.find(({ one }) => isSame(one, instance));
      if (known === undefined) {
        merged.push({ one: instance, systems: new Set([system]) });
        continue;
      }
      known.one = withOther(known.one, instance, system);
      known.systems.add(system);
    }
  }
  return merged.map(({ one, systems }) => (systems.size < 2 ? one : { ...one, listedBy: [...systems] }));
}

/** One system names the port and another does not. */
function isSame({ address: a }: InstanceObservation, { address: b }: InstanceObservation): boolean {
  if (a === undefined || b === undefined) return false;
  return a === b || a === hostOf(b) || hostOf(a) === b;
}

/** Not ready for one of them is not ready, and what only the other knows is known. */
function withOther(
  one: InstanceObservation,
  other: InstanceObservation,
  system: string,
): InstanceObservation {
  const speaksAgainst = one.ready && !other.ready;
  return {
    ...one,
    version: one.version ?? other.version,
    node: one.node ?? other.node,
    ready: one.ready && other.ready,
    reason: speaksAgainst ? `${system}: ${other.reason ?? 'not ready'}` : one.reason,
  };
}

/** Instances of several systems have uids of their own. */
function useOf([first, ...others]: readonly InstancesUse[]): InstancesUse | null {
  if (first === undefined) return null;
  return {
    ...first,
    byInstance: others.reduce((all, one) => ({ ...all, ...one.byInstance }), first.byInstance),
  };
}

function calls(lists: readonly (readonly CallView[])[], index: FaceIndex): CallView[] {
  const merged = new Map<string, CallView>();
  for (const call of lists.flat()) {
    const mapped = mapCall(call.callId, index);
    if (mapped === null) continue;
    const before = merged.get(mapped.id);
    if (before === undefined)
      merged.set(mapped.id, { ...call, callId: mapped.id, otherId: index.primaryOf(call.otherId) });
    else merged.set(mapped.id, bothCalls(before, call));
  }
  return [...merged.values()];
}

/** A call that two systems tell of lacks only what no one who can tell has; a system that knows of no protection cannot. */
function bothCalls(one: CallView, other: CallView): CallView {
  const tells = ({ protections, missing }: CallView): boolean => protections.length + missing.length > 0;
  const telling = [one, other].filter(tells);
  const missing = new Set(telling.flatMap((view) => view.missing));
  return {
    ...one,
    health: worstKnown([one.health, other.health]),
    protections: [...one.protections, ...other.protections],
    missing: [...missing].filter((name) => telling.every((view) => view.missing.includes(name))),
    // What one system can tell is known.
    unknown: telling.length > 0 ? null : (one.unknown ?? other.unknown),
    fallback: one.fallback ?? other.fallback,
  };
}
