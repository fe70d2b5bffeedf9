import { anySignal } from '../../connectors/kit/anySignal.ts';
import type { ByteStream } from '../../connectors/kit/forwards.ts';
import { PeerError, sayError } from '../../connectors/kit/peerError.ts';
import type { Forward, ForwardAsk } from '../../model/forward.ts';
import type { InstanceObservation } from '../../model/topology.ts';
import type { Place } from '../oneMap.ts';
import type { LocalPorts, Ports } from '../ports.ts';
import type { Pulse } from '../pulse.ts';
import { Refusal } from '../refusal.ts';
import { carry } from './carry.ts';
import { createPace } from './pace.ts';
import { sourceOf } from './places.ts';

/** One forward, and the way to end it. */
export interface OpenForward {
  state(): Forward;
  /** Resolves once nothing listens any more and every connection through it is broken off. */
  end(why: string): Promise<void>;
}

interface Around {
  /** The instances behind the service, as they are now. */
  readonly instances: () => readonly InstanceObservation[];
  /** Moves with them, and with the state of connections. */
  readonly changes: Pulse;
  readonly localPorts: LocalPorts;
  readonly ports: Pick<Ports, 'clock' | 'random' | 'log'>;
  /** Something of it changed. */
  readonly tell: () => void;
}

/** Counts are told this often, however fast bytes go by. */
const tellMs = 1_000;
/** A sleeping machine's timers stand still, so the end is looked at again this often. */
const lookMs = 30_000;

/** Begins to listen. Throws where the port of this machine cannot be had, or no instance is there. */
export async function createForward(
  ask: ForwardAsk,
  { connection, service }: Place,
  { instances, changes, localPorts, ports: { clock, random, log }, tell }: Around,
): Promise<OpenForward> {
  const stop = new AbortController();
  const until = anySignal([stop.signal, connection.closed]);
  const endsAtElapsed = clock.elapsed() + ask.endsAfterSeconds * 1000;
  let target = chosen(null);
  if (target === null)
    throw new Refusal(
      'REFUSED',
      ask.instance === null
        ? `No instance behind ${service.name} is ready.`
        : 'That instance is not there any more.',
    );
  const listening = await localPorts
    .listen(ask.localPort, (near) => void take(near))
    .catch((thrown: unknown) => {
      throw new Refusal('REFUSED', sayError(thrown, 'Opening a port of this machine'));
    });
  const state: Forward = {
    id: random.id(),
    connectionId: connection.id,
    connectionTitle: connection.title,
    serviceId: service.id,
    serviceName: service.name,
    namespace: service.namespace ?? target.namespace,
    toService: ask.instance === null,
    instance: target.name,
    port: ask.port,
    localPort: listening.port,
    openedAt: clock.now(),
    endsAt: clock.now() + ask.endsAfterSeconds * 1000,
    ended: null,
    connections: { open: 0, all: 0 },
    bytes: { sent: 0, received: 0 },
    note: null,
  };
  const pace = createPace(clock);
  log.info('a port is forwarded', { connection: connection.id, port: ask.port, localPort: listening.port });
  void follow();
  void watchTime();

  /** The instance meant: the present one as long as it will do, so that programs do not jump between instances. */
  function chosen(present: InstanceObservation | null): InstanceObservation | null {
    const all = instances();
    if (ask.instance !== null) return all.find(({ uid }) => uid === ask.instance) ?? null;
    const ready = all.filter((one) => one.ready);
    return ready.find(({ uid }) => uid === present?.uid) ?? ready[0] ?? null;
  }

  function say(tone: 'calm' | 'warn', text: string): void {
    state.note = { at: clock.now(), tone, text };
    tell();
  }

  async function take(near: ByteStream): Promise<void> {
    const source = sourceOf(connection);
    const to = target;
    state.connections = { open: state.connections.open + 1, all: state.connections.all + 1 };
    tellSoon();
    let isAnswered = false;
    try {
      if (source === null) throw new PeerError('unreachable', `${connection.title} does not answer.`);
      if (to === null) throw new PeerError('notFound', `No instance behind ${service.name} is ready.`);
      // What failed a moment ago is told already.
      if (!(await pace.turn(until))) return breakOff(near);
      const far = await source.open(to, ask.port, until);
      const received = (bytes: number): void => {
        if (!isAnswered) worked();
        isAnswered = true;
        counts.received(bytes);
      };
      await carry(near, far, { ...counts, received }, clock, until);
    } catch (thrown) {
      // A program of this machine that hangs up is nothing to tell.
      if (!until.aborted && thrown instanceof PeerError) {
        say('warn', thrown.message);
        if (!isAnswered && source !== null && to !== null) pace.failed();
      }
      breakOff(near);
    } finally {
      state.connections = { ...state.connections, open: state.connections.open - 1 };
      tellSoon();
    }
  }

  /** An answer came: what was wrong is not any more. */
  function worked(): void {
    pace.worked();
    if (state.note?.tone !== 'warn' || target === null) return;
    state.note = null;
    tell();
  }

  const counts = {
    sent: (bytes: number) => count(bytes, 0),
    received: (bytes: number) => count(0, bytes),
  };

  function count(sent: number, received: number): void {
    state.bytes = { sent: state.bytes.sent + sent, received: state.bytes.received + received };
    tellSoon();
  }

  let isTelling = false;
  function tellSoon(): void {
    if (isTelling) return;
    isTelling = true;
    void clock
      .sleep(tellMs, until)
      .catch(() => undefined)
      .then(() => {
        isTelling = false;
        tell();
      });
  }

  /** Follows the instances, and ends with the connection. */
  async function follow(): Promise<void> {
    try {
      for (let seen = changes.count; ;) {
        seen = await changes.after(seen, until);
        if (connection.locked) return await end(`${connection.title} was locked.`);
        const before = target;
        target = chosen(before);
        if (target?.uid === before?.uid) continue;
        if (ask.instance !== null) return await end(`${before?.name ?? 'The instance'} is gone.`);
        state.instance = target?.name ?? null;
        pace.worked();
        if (target === null) say('warn', `No instance behind ${service.name} is ready.`);
        else
          say(
            'calm',
            `Leads to ${target.name} now${before === null ? '' : `: ${before.name} is not ready any more`}.`,
          );
      }
    } catch {
      await end(`${connection.title} was closed.`);
    }
  }

  async function watchTime(): Promise<void> {
    try {
      for (;;) {
        const left = endsAtElapsed - clock.elapsed();
        if (left <= 0) return await end('Its time is over.');
        await clock.sleep(Math.min(left, lookMs), until);
      }
    } catch {
      // It ended in another way.
    }
  }

  async function end(why: string): Promise<void> {
    if (state.ended !== null) return;
    state.ended = why;
    state.instance = target?.name ?? state.instance;
    stop.abort(new Error(why));
    await listening[Symbol.asyncDispose]();
    log.info('a forward ended', { connection: connection.id, localPort: state.localPort });
    tell();
  }

  return { state: () => ({ ...state }), end };
}

/** Neither side is to wait for the other: what cannot be reached is told as a connection that breaks. */
function breakOff({ readable, writable }: ByteStream): void {
  void readable.cancel().catch(() => undefined);
  void writable.abort().catch(() => undefined);
}
