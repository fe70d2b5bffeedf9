import type { Expectation, Guard } from '../../../model/change.ts';
import type { SetFallback, Trip } from '../../../model/operation.ts';
import { Fallback } from '../../../model/trip.ts';
import { aheadOf } from '../../kit/aheadOf.ts';
import type { PlannedWrite } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { EntryKind } from '../api.ts';
import type { Entry } from '../entries.ts';
import type { Registry } from '../registry.ts';
import { type Edit, guardsOf, protocolGuards } from '../entryWrites/change.ts';
import { contentOrNew, metaOf, withMeta } from '../entryWrites/content.ts';
import { standInGuards } from '../entryWrites/standIn.ts';
import { find, written } from '../entryWrites/write.ts';
import { serviceOf } from '../services.ts';
import { type Held, readHeld, tripIdOf } from './marker.ts';
import { editsOfTrip, hindranceOf, withoutTrip } from './trips.ts';
import { sayTime } from '../../kit/words.ts';
import { sayAnswer, sayCall, sayFallback } from './words.ts';

/** Kinds of entries that may carry a trip. */
export const carriers = ['service-defaults', 'service-router', 'service-intentions'] as const;

/** Reads only. Throws `PeerError` where it cannot be done. */
export async function proposeTrip(
  registry: Registry,
  operation: Trip,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  await registry.ready(signal);
  const { call, mechanism, forSeconds } = operation;
  const hindrance = hindranceOf(registry, call, mechanism.kind);
  if (hindrance !== null) throw new PeerError('refused', hindrance);
  const here = registry.host.clock.now();
  const now = Math.round(here + aheadOf(registry.api.serverNow(), here));
  const token = registry.host.random
    .id()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 8);
  const held = {
    token,
    // Told when it is applied; until then it is what a copied command writes.
    operationId: `plan-${token}`,
    host: call.host,
    caller: call.caller === null ? null : { namespace: call.caller.namespace, name: call.caller.name },
    mechanism,
    until: now + forSeconds * 1_000,
    since: now,
    by: 'a copied command',
    reason: '',
  };
  const edits = await editsOfTrip(registry, operation, held, signal);
  const said = sayCall(call.host, held.caller);
  return {
    ...written(registry, edits),
    title: `Trip ${said}: ${sayAnswer(mechanism)} for ${sayTime(forSeconds)}`,
    guards: [
      ...(await guardsOf(registry, edits, signal)),
      ...(await protocolGuards(registry, call.host, signal)),
      ...answerGuards(registry, held),
    ],
    expectation: expectationOfTrip(held),
    notes: [
      `${said}: ${sayAnswer(mechanism)}, within a second or two of the write.`,
      ...(mechanism.kind === 'deny'
        ? [
            'Connections that are open already may be served until their proxy closes them, which can take minutes.',
          ]
        : []),
      'Callers without a sidecar are not held by it.',
    ],
    direction: 'neutral',
  };
}

/** An entry that a trip was written into. */
export interface Carrying {
  readonly kind: EntryKind;
  readonly name: string;
}

/**
 * Takes away what one trip put in, and nothing else. Reads only. `carrying`: entries that are known to carry it, which what is
 * followed may not tell of yet when the trip was only just written.
 */
export async function proposeEnd(
  registry: Registry,
  tripId: string,
  carrying: readonly Carrying[],
  signal: AbortSignal,
): Promise<PlannedWrite> {
  await registry.ready(signal);
  const followed = carriers.flatMap((kind) =>
    registry
      .entries(kind)
      .filter(({ meta }) => readHeld(meta).some((held) => tripIdOf(held) === tripId))
      .map(({ name }): Carrying => ({ kind, name })),
  );
  const entries = new Map([...followed, ...carrying].map((one) => [`${one.kind}/${one.name}`, one]));
  const edits: Edit[] = [];
  let first: Held | null = null;
  for (const { kind, name } of entries.values()) {
    const before = await find(registry, kind, name, signal);
    const held = before === null ? undefined : readHeld(before.meta).find((one) => tripIdOf(one) === tripId);
    if (before === null || held === undefined) continue;
    first ??= held;
    edits.push({ kind, name, before, after: withoutTrip(before.content, held) });
  }
  if (first === null)
    throw new PeerError(
      'refused',
      'Everything is as it was before already: no entry carries this trip any more.',
    );
  return {
    ...written(registry, edits),
    title: `End trip of ${sayCall(first.host, first.caller)}: calls reach it again`,
    guards: await guardsOf(registry, edits, signal),
    expectation: expectationOfEnd(first),
    notes: [
      `Until now ${sayAnswer(first.mechanism)}; ${first.by} held it${first.reason === '' ? '' : `: ${first.reason}`}.`,
    ],
    direction: 'awayFromHarm',
  };
}

const fallbackKey = 'podium-fallback';

/** Declares what answers in a service's place; nothing is diverted by it. Reads only. */
export async function proposeFallback(
  registry: Registry,
  { call, fallback }: Pick<SetFallback, 'call' | 'fallback'>,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  await registry.ready(signal);
  const name = serviceOf(registry, call.host);
  if (name === null) throw new PeerError('refused', `No service is known by ${call.host}.`);
  if (fallback?.kind === 'service' && fallback.host === call.host && fallback.subset === null)
    throw new PeerError('refused', `${name} cannot stand in for itself: choose another service or version.`);
  const before = await find(registry, 'service-defaults', name, signal);
  const content = contentOrNew(before, 'service-defaults', name);
  const meta = new Map(metaOf(content));
  if (meta.get(fallbackKey) === (fallback === null ? undefined : JSON.stringify(fallback)))
    throw new PeerError('refused', 'It is declared so already: there is nothing to change.');
  meta.delete(fallbackKey);
  if (fallback !== null) {
    const text = JSON.stringify(fallback);
    if (new TextEncoder().encode(text).length > 512)
      throw new PeerError('refused', 'Consul keeps at most 512 bytes of it: choose a shorter answer.');
    meta.set(fallbackKey, text);
  }
  const edits: Edit[] = [{ kind: 'service-defaults', name, before, after: withMeta(content, meta) }];
  return {
    ...written(registry, edits),
    title:
      fallback === null
        ? `Declare no fallback for ${name} any more`
        : `Declare a fallback for ${name}: ${sayFallback(fallback)}`,
    guards: await guardsOf(registry, edits, signal),
    expectation: { kind: 'unmeasured', host: call.host, why: 'a declaration alone changes no traffic' },
    notes: ['No call is diverted by this: a trip offers it first.'],
    direction: 'neutral',
  };
}

/** The fallback that an entry declares; null where it declares none that can be read. */
export function fallbackOf({ meta }: Pick<Entry, 'meta'>): Fallback | null {
  try {
    return Fallback.safeParse(JSON.parse(meta.get(fallbackKey) ?? '')).data ?? null;
  } catch {
    return null;
  }
}

type About = Pick<Held, 'host' | 'caller' | 'mechanism'>;

function expectationOfTrip({ host, caller, mechanism }: About): Expectation {
  const common = { host, namespace: caller?.namespace ?? 'default', caller };
  if (mechanism.kind === 'divert' && mechanism.to.kind === 'service')
    return { ...common, kind: 'diversion', to: { host: mechanism.to.host, subset: mechanism.to.subset } };
  return mechanism.kind === 'deny'
    ? { ...common, kind: 'refusals', how: 'policy', status: 403, flags: [] }
    : { ...common, kind: 'refusals', how: 'limit', status: 503, flags: ['UO'] };
}

function expectationOfEnd({ host, caller, mechanism }: About): Expectation {
  const common = { kind: 'served' as const, host, namespace: caller?.namespace ?? 'default', caller };
  if (mechanism.kind === 'divert') return { ...common, flags: [] };
  return mechanism.kind === 'deny'
    ? { ...common, how: 'policy', flags: [] }
    : { ...common, how: 'limit', flags: ['UO'] };
}

/** Whether what answers instead is there, and lets the callers in. */
function answerGuards(registry: Registry, { host, mechanism }: About): Guard[] {
  if (mechanism.kind !== 'divert' || mechanism.to.kind !== 'service') return [];
  const to = serviceOf(registry, mechanism.to.host);
  return to === null ? [] : standInGuards(registry, serviceOf(registry, host) ?? '', to);
}
