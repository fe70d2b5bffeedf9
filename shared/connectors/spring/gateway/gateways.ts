import { anySignal } from '../../kit/anySignal.ts';
import { fewAtOnce } from '../../kit/fewAtOnce.ts';
import { followRounds } from '../../kit/followChanges.ts';
import { nextRing } from '../../kit/notice.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import type { SourceHealth } from '../../kit/reading.ts';
import type { Fleet, Member } from '../fleet.ts';
import { createGatewayApi, type GatewayApi } from './api.ts';
import { type Definition, type LiveRoute, readDefinitions, readLive } from './definitions.ts';

/** What one running gateway stores and serves. */
export interface Table {
  readonly definitions: readonly Definition[];
  readonly live: readonly LiveRoute[];
  readonly mayWrite: boolean;
}

/** One running copy of a gateway. */
export interface Gateway {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly registration: string;
  /** As last read; null where it never was. */
  readonly table: Table | null;
  /** Why the last reading failed, in words; null when it did not. */
  readonly problem: string | null;
}

/** Those instances of the fleet that are gateways, with their routes. */
export interface Gateways extends AsyncDisposable {
  readonly fleet: Fleet;
  /** False until every instance was asked once whether it is one. */
  readonly isKnown: boolean;
  /** Resolves once there is one at all; never where there is none. */
  readonly found: Promise<void>;
  all(): readonly Gateway[];
  /** Asks every instance of a service now; also those that are found to be no gateways, with the reason. */
  look(service: string, signal: AbortSignal): Promise<readonly Gateway[]>;
  /** Asks one instance now. Throws `PeerError` where it does not answer as a gateway does. */
  read(uid: string, signal: AbortSignal): Promise<Table>;
  api(uid: string): Promise<GatewayApi>;
  /** Resolves after each reading. */
  changed(signal: AbortSignal): Promise<void>;
}

/** One that is no gateway, or does not let itself be asked, may be another process or configured anew one day. */
const askAgainMs = 60_000;
const settleMs = 100;

interface Known {
  readonly registration: string;
  table: Table | null;
  problem: string | null;
  /** Null while nobody could tell. */
  isGateway: boolean | null;
  askedAt: number;
}

export function createGateways(fleet: Fleet): Gateways {
  const { clock } = fleet.host;
  const closing = new AbortController();
  const known = new Map<string, Known>();
  const listeners = new Set<() => void>();
  let isKnown = false;
  const first = Promise.withResolvers<void>();
  const ring = (): void => listeners.forEach((listener) => listener());

  const api = async (uid: string): Promise<GatewayApi> => createGatewayApi(await fleet.actuator(uid));

  async function read(uid: string, signal: AbortSignal): Promise<Table> {
    const gateway = await api(uid);
    const definitions = readDefinitions(await gateway.definitions(signal));
    const [body, mayWrite] = await Promise.all([gateway.live(signal), gateway.mayWrite(signal)]);
    const live = readLive(body);
    if (definitions === null || live === null)
      throw new PeerError('notThePeer', 'What answers below /gateway is no Spring Cloud Gateway.');
    return { definitions, live, mayWrite };
  }

  async function take(member: Member, signal: AbortSignal): Promise<void> {
    const { uid, registration } = member.instance;
    const before = known.get(uid);
    const same = before?.registration === registration ? before : undefined;
    const now: Known = same ?? { registration, table: null, problem: null, isGateway: null, askedAt: 0 };
    try {
      now.table = await read(uid, signal);
      now.problem = null;
      now.isGateway = true;
      first.resolve();
    } catch (error) {
      if (signal.aborted) return;
      const isAbsent = error instanceof PeerError && error.kind === 'notFound';
      if (isAbsent) {
        now.table = null;
        now.isGateway = false;
      }
      now.problem = sayError(error, 'Asking for its routes');
    }
    now.askedAt = clock.now();
    known.set(uid, now);
  }

  async function takeEach(members: readonly Member[], signal: AbortSignal): Promise<void> {
    await fewAtOnce(members, async (one) => {
      if (!signal.aborted) await take(one, signal);
    });
  }

  const gatewayOf = ({ instance }: Member, of: Known | undefined): Gateway => ({
    uid: instance.uid,
    name: instance.name,
    namespace: instance.namespace,
    service: instance.service,
    registration: instance.registration,
    table: of?.table ?? null,
    problem: of === undefined ? 'not asked yet' : of.problem,
  });

  /** Gateways are read with every round of the fleet, all others now and then. */
  async function run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const members = fleet.members();
      const present = new Set(members.map(({ instance }) => instance.uid));
      for (const uid of known.keys()) if (!present.has(uid)) known.delete(uid);
      const due = members.filter(({ instance }) => {
        const of = known.get(instance.uid);
        if (of === undefined || of.registration !== instance.registration || of.isGateway !== false)
          return true;
        return clock.now() - of.askedAt > askAgainMs;
      });
      await takeEach(due, signal);
      if (signal.aborted) return;
      isKnown ||= members.length > 0;
      ring();
      await fleet.changed(signal);
    }
  }

  const running = run(closing.signal).catch(() => undefined);

  return {
    fleet,
    get isKnown() {
      return isKnown;
    },
    found: first.promise,
    all: () =>
      fleet
        .members()
        .filter(({ instance }) => known.get(instance.uid)?.isGateway === true)
        .map((member) => gatewayOf(member, known.get(member.instance.uid))),
    async look(service, signal) {
      const members = fleet.of(service);
      await takeEach(members, anySignal([signal, closing.signal]));
      signal.throwIfAborted();
      ring();
      return members.map((member) => gatewayOf(member, known.get(member.instance.uid)));
    },
    read,
    api,
    changed: (signal) => nextRing(listeners, anySignal([signal, closing.signal])),
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the connection was closed'));
      await running;
    },
  };
}

/** What can be read off the gateways, now and as it changes; nothing before every instance was asked once. */
export async function* followGateways<Value>(
  gateways: Gateways,
  read: () => Value,
  onState: (state: SourceHealth) => void,
  signal: AbortSignal,
): AsyncGenerator<Value, void, undefined> {
  const { clock } = gateways.fleet.host;
  onState({ ok: true, at: clock.now() });
  yield* followRounds(
    gateways.changed,
    { settleMs, read: () => (gateways.isKnown ? read() : null), content: (value) => value },
    clock,
    signal,
  );
}
