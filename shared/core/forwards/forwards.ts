import type { Connections } from '../connections.ts';
import type { OneMap } from '../oneMap.ts';
import type { Ports } from '../ports.ts';
import { createPulse, followDistinct } from '../pulse.ts';
import { Refusal } from '../refusal.ts';
import type { World } from '../world.ts';
import type { Forward, ForwardAsk, ForwardPlace } from '../../model/forward.ts';
import { createForward, type OpenForward } from './forward.ts';
import { readForwardPlaces, sourceOf } from './places.ts';

/** Ports of this machine that lead to instances, for as long as they are open. */
export interface Forwards extends AsyncDisposable {
  places(serviceId: string, signal: AbortSignal | undefined): Promise<ForwardPlace[]>;
  open(ask: ForwardAsk): Promise<Forward>;
  /** Ends it; one that is over already leaves the list. */
  stop(id: string): Promise<void>;
  stopAll(): Promise<void>;
  watch(signal: AbortSignal | undefined): AsyncGenerator<Forward[]>;
}

/** What forwards need of the rest of the console. */
export interface ForwardParts {
  readonly world: World;
  readonly oneMap: OneMap;
  readonly connections: Connections;
  readonly ports: Ports;
}

const mostOpen = 30;
/** Those that are over are told until somebody says that they were read, or newer ones take their place. */
const mostOver = 10;

export function createForwards(parts: ForwardParts): Forwards {
  const { world, oneMap, connections, ports } = parts;
  const changes = createPulse();
  const all = new Map<string, OpenForward>();

  const isOver = (one: OpenForward): boolean => one.state().ended !== null;

  function forgetOld(): void {
    const over = [...all.values()].filter(isOver);
    for (const one of over.slice(0, Math.max(0, over.length - mostOver))) all.delete(one.state().id);
  }

  return {
    places: (serviceId, signal) => readForwardPlaces(serviceId, parts, signal),
    async open(ask) {
      const { localPorts } = ports;
      if (localPorts === undefined)
        throw new Refusal('REFUSED', 'This Podium opens no ports on the machine it runs on.');
      if ([...all.values()].filter((one) => !isOver(one)).length >= mostOpen)
        throw new Refusal('REFUSED', `${mostOpen} forwards are open already. Stop one first.`);
      const connection = connections.open.get(ask.connectionId);
      if (connection === undefined) throw new Refusal('REFUSED', 'That connection is closed.');
      if (connection.locked)
        throw new Refusal(
          'LOCKED',
          `${connection.title} is read-only: what comes through a forward could write. Unlock it first.`,
        );
      const place = oneMap.places(ask.serviceId).find((one) => one.connection === connection);
      const source = sourceOf(connection);
      const namespace = place?.service.namespace ?? null;
      if (place === undefined || source === null || namespace === null)
        throw new Refusal('REFUSED', 'That service cannot be forwarded to through this connection.');
      if ((await source.allowed(namespace, connection.closed).catch(() => null)) === false)
        throw new Refusal('REFUSED', `You may not port-forward to pods in ${namespace}.`);
      const opened = await createForward(ask, place, {
        instances: () => world.instances(place.service.id),
        changes: world.changes,
        localPorts,
        ports,
        tell: () => changes.bump(),
      });
      all.set(opened.state().id, opened);
      forgetOld();
      changes.bump();
      return opened.state();
    },
    async stop(id) {
      const one = all.get(id);
      if (one === undefined) return;
      if (isOver(one)) all.delete(id);
      else await one.end('You stopped it.');
      // Whoever stops it has read it.
      all.delete(id);
      changes.bump();
    },
    async stopAll() {
      await Promise.all([...all.values()].map((one) => one.end('You stopped it.')));
      all.clear();
      changes.bump();
    },
    watch: (signal) => followDistinct(changes, () => [...all.values()].map((one) => one.state()), signal),
    async [Symbol.asyncDispose]() {
      await Promise.all([...all.values()].map((one) => one.end('Podium was closed.')));
    },
  };
}
