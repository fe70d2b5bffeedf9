import type { OriginTransport } from '../http/originTransport.ts';
import { anySignal } from '../kit/anySignal.ts';
import { fewAtOnce } from '../kit/fewAtOnce.ts';
import { createBackoff } from '../kit/backoff.ts';
import type { ConnectorHost, InstanceFeed, ReachableInstance } from '../kit/connector.ts';
import { nextRing } from '../kit/notice.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import { type Actuator, createActuator } from './api.ts';
import { type Breaker, readBreakers } from './breakers.ts';
import { type Health, readHealth } from './health.ts';

/** What is known of one instance. */
export interface Member {
  readonly instance: ReachableInstance;
  /** Null while it could not be read, or may not be asked. */
  readonly breakers: ReadonlyMap<string, Breaker> | null;
  /** When the newest reading of its breakers began, or was tried to. */
  readonly readAt: number | null;
  readonly health: Health | null;
  /** When health was read last. */
  readonly healthAt: number | null;
  /** Why the last reading failed, in words; null when it did not. */
  readonly problem: string | null;
}

/** Reaches one address; made for each instance, and for none that is not approved. */
export type Reach = (address: string) => Promise<OriginTransport>;

/** Every running copy of every service, asked one by one. */
export interface Fleet extends AsyncDisposable {
  readonly host: ConnectorHost;
  members(): readonly Member[];
  of(service: string): readonly Member[];
  /** Names of all services, also of those without breakers. */
  services(): readonly string[];
  /** Asks all instances of a service now. */
  look(service: string, signal: AbortSignal): Promise<readonly Member[]>;
  /** The actuator of one instance. Throws `PeerError` where it may not be asked. */
  actuator(uid: string): Promise<Actuator>;
  /** Resolves after each round, or when instances come or go. */
  changed(signal: AbortSignal): Promise<void>;
  /** Called after each round of reading; nothing of it is awaited by readers. */
  readonly afterRound: Set<() => Promise<void>>;
}

const everyMs = 5_000;
/** Health costs an instance more than breakers: databases are asked. */
const healthEachRounds = 3;
/** So long one that left the registry and still answers is counted: Eureka makes its list anew every 30 s. */
const awayMs = 40_000;

interface Kept {
  instance: ReachableInstance;
  actuator: Promise<Actuator & Pick<OriginTransport, 'close' | 'retire'>> | null;
  breakers: Member['breakers'];
  readAt: number | null;
  health: Health | null;
  healthAt: number | null;
  problem: string | null;
  hasNoBreakers: boolean;
  /** Since when the registry does not name it; null while it does. */
  awayAt: number | null;
}

/** At a refresh an instance leaves the registry for a moment, and runs on: it counts as long as it answers. */
const isThere = ({ awayAt, problem }: Kept): boolean => awayAt === null || problem === null;

export function createFleet(feed: InstanceFeed, reach: Reach, host: ConnectorHost): Fleet {
  const { clock } = host;
  const closing = new AbortController();
  const kept = new Map<string, Kept>();
  const listeners = new Set<() => void>();
  const afterRound = new Set<() => Promise<void>>();
  const backoff = createBackoff(clock.now, host.random.fraction);
  const ring = (): void => listeners.forEach((listener) => listener());

  function take(): void {
    const now = feed.current();
    if (now === null) return;
    const present = new Map(now.map((one) => [one.uid, one]));
    const addresses = new Set(now.map(({ management }) => management));
    for (const [uid, one] of kept) {
      const { management } = present.get(uid) ?? {};
      if (management === one.instance.management) one.awayAt = null;
      else one.awayAt ??= clock.now();
      const isReplaced = one.awayAt !== null && (present.has(uid) || addresses.has(one.instance.management));
      if (isReplaced || (one.awayAt !== null && clock.now() - one.awayAt > awayMs)) forget(uid, one);
    }
    for (const [uid, instance] of present) {
      const known = kept.get(uid);
      if (known !== undefined) known.instance = instance;
      else
        kept.set(uid, {
          instance,
          actuator: null,
          breakers: null,
          readAt: null,
          health: null,
          healthAt: null,
          problem: 'not asked yet',
          hasNoBreakers: false,
          awayAt: null,
        });
    }
  }

  /** Cuts no write that is under way. */
  function forget(uid: string, one: Kept): void {
    kept.delete(uid);
    void one.actuator?.then(({ retire }) => retire()).catch(() => undefined);
  }

  /** Which of several registrations answer at one address: a load balancer's, which is no instance. */
  const sharing = (one: Kept): readonly Kept[] =>
    [...kept.values()].filter(({ instance }) => instance.management === one.instance.management);

  async function actuatorOf(one: Kept): Promise<Actuator> {
    const others = sharing(one);
    if (others.length > 1)
      throw new PeerError(
        'refused',
        `${others.map(({ instance }) => instance.name).join(' and ')} register the same address ${one.instance.management}: nobody can tell which of them answers there.`,
      );
    one.actuator ??= reach(one.instance.management).then((transport) => ({
      ...createActuator(transport),
      close: () => transport.close(),
      retire: () => transport.retire(),
    }));
    try {
      return await one.actuator;
    } catch (error) {
      one.actuator = null;
      throw error;
    }
  }

  async function read(one: Kept, withHealth: boolean, signal: AbortSignal): Promise<void> {
    const beganAt = clock.now();
    try {
      const actuator = await actuatorOf(one);
      const [body, health] = await Promise.all([
        actuator.breakers(signal).catch(nothingThere),
        withHealth ? actuator.health(signal).catch(nothingThere) : undefined,
      ]);
      if (health !== undefined) {
        one.health = health === null ? null : readHealth(health);
        one.healthAt = clock.now();
      }
      const breakers = body === null ? new Map<string, Breaker>() : readBreakers(body);
      if (breakers === null)
        throw new PeerError(
          'notThePeer',
          `What answers ${actuator.route}/circuitbreakers is no actuator of Resilience4j.`,
        );
      one.breakers = breakers;
      one.hasNoBreakers = body === null;
      one.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      one.breakers = null;
      one.problem = sayError(error, 'Asking its actuator');
    }
    one.readAt = beganAt;
  }

  async function readEach(all: readonly Kept[], withHealth: boolean, signal: AbortSignal): Promise<void> {
    await fewAtOnce(all, async (one) => {
      if (!signal.aborted) await read(one, withHealth, signal);
    });
  }

  async function run(signal: AbortSignal): Promise<void> {
    for (let round = 0; !signal.aborted; round += 1) {
      take();
      // What has no breakers is asked less often.
      const due = [...kept.values()].filter((one) => !one.hasNoBreakers || round % healthEachRounds === 0);
      await readEach(due, round % healthEachRounds === 0, signal);
      if (signal.aborted) return;
      for (const after of afterRound)
        await after().catch((error: unknown) =>
          host.log.warn('holding breakers failed', { why: sayError(error, 'Holding them') }),
        );
      ring();
      const failing = due.length > 0 && due.every(({ problem }) => problem !== null);
      await pause(failing ? Math.max(everyMs, backoff.nextMs()) : everyMs, signal);
    }
  }

  /** Until the next round; newcomers are asked at once. */
  async function pause(ms: number, signal: AbortSignal): Promise<void> {
    const turn = new AbortController();
    const either = anySignal([signal, turn.signal]);
    const newcomer = async (): Promise<void> => {
      for (;;) {
        await feed.changed(either);
        if (
          (feed.current() ?? []).some(
            ({ uid, registration }) => kept.get(uid)?.instance.registration !== registration,
          )
        )
          return;
        take();
        ring();
      }
    };
    await Promise.race([clock.sleep(ms, either).catch(() => undefined), newcomer().catch(() => undefined)]);
    turn.abort();
  }

  /** Resolves once the registry has answered. */
  async function heardOf(signal: AbortSignal): Promise<void> {
    while (feed.current() === null) await feed.changed(anySignal([signal, closing.signal]));
  }

  const running = run(closing.signal);
  const members = (): Member[] => {
    const all = [...kept.values()]
      .filter(isThere)
      .map(({ instance, breakers, readAt, health, healthAt, problem }): Member => ({
        instance,
        breakers,
        readAt,
        health,
        healthAt,
        problem,
      }));
    return all.sort((a, b) => a.instance.name.localeCompare(b.instance.name));
  };
  const of = (service: string): Member[] => members().filter(({ instance }) => instance.service === service);

  return {
    host,
    members,
    of,
    services: () => [...new Set(members().map(({ instance }) => instance.service))],
    async look(service, signal) {
      await heardOf(signal);
      take();
      await readEach(
        [...kept.values()].filter(({ instance }) => instance.service === service),
        false,
        anySignal([signal, closing.signal]),
      );
      signal.throwIfAborted();
      ring();
      return of(service);
    },
    actuator(uid) {
      const one = kept.get(uid);
      if (one === undefined) throw new PeerError('notFound', `${uid} is not registered any more.`);
      return actuatorOf(one);
    },
    changed: (signal) => nextRing(listeners, anySignal([signal, closing.signal])),
    afterRound,
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the connection was closed'));
      await running;
      for (const one of kept.values())
        await one.actuator?.then(({ close }) => close()).catch(() => undefined);
    },
  };
}

/** A service without breakers has no such endpoint, and is none the worse for it. */
function nothingThere(error: unknown): null {
  if (error instanceof PeerError && error.kind === 'notFound') return null;
  throw error;
}
