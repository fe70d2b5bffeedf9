import { mapCall } from '../analysis/mergeFaces.ts';
import { missingProtections } from '../analysis/missingProtections.ts';
import { anySignal } from '../connectors/kit/anySignal.ts';
import type { Session, ServiceKey } from '../connectors/kit/connector.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { ConfigDocument, ConfigHit, ConfigVersion } from '../model/config.ts';
import type { DocumentRef } from '../model/entity.ts';
import type { GraphService } from '../model/graph.ts';
import type { OperationRecord } from '../model/record.ts';
import type { PlacedForm, UnprotectedCall } from '../model/protection.ts';
import type { GreyRoute } from '../model/routing.ts';
import type { CallTarget, HeldTrip, TripOption } from '../model/trip.ts';
import type { WorkloadsRead } from '../model/workload.ts';
import { versionsFilter, versionsIn, withLastWriters } from './configVersions.ts';
import type { Journal } from './journal.ts';
import { canProtect, isHeldBy } from './inspect.ts';
import { readInstanceRates } from './instanceRates.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { OneMap } from './oneMap.ts';
import type { Clock } from './ports.ts';
import { Refusal } from './refusal.ts';
import { withRetryProduct } from './retryNotes.ts';
import { wrote } from './returns/ownTrips.ts';
import { byThisClock, serverNow } from './returns/peerTime.ts';
import type { World } from './world.ts';

/** What a window asks of sources when it opens a form: read then, never kept. */
export interface Asking {
  trips(): HeldTrip[];
  routes(): GreyRoute[];
  tripOptions(connectionId: string, call: CallTarget, signal: AbortSignal | undefined): Promise<TripOption[]>;
  protectionForms(serviceId: string, signal: AbortSignal | undefined): Promise<PlacedForm[]>;
  unprotected(connectionId: string): UnprotectedCall[];
  config(
    serviceId: string,
    signal: AbortSignal | undefined,
  ): Promise<{ documents: ConfigDocument[]; problems: string[] }>;
  reveal(document: DocumentRef, key: string, signal: AbortSignal | undefined): Promise<string>;
  searchConfig(
    query: string,
    signal: AbortSignal | undefined,
  ): Promise<{ hits: ConfigHit[]; problems: string[] }>;
  configHistory(document: DocumentRef, signal: AbortSignal | undefined): Promise<ConfigVersion[]>;
  workloads(serviceId: string, signal: AbortSignal | undefined): Promise<WorkloadsRead>;
}

export function createAsking(
  { world, oneMap }: { readonly world: World; readonly oneMap: OneMap },
  journal: Pick<Journal, 'list'>,
  holding: () => readonly OperationRecord[],
  clock: Pick<Clock, 'now'>,
): Asking {
  const { connections } = world;

  const nodeOf = (id: string | null): string | null => (id === null ? null : oneMap.faces().primaryOf(id));

  function connection(id: string): LiveConnection {
    const found = connections.open.get(id);
    if (found === undefined) throw new Refusal('REFUSED', 'That connection is closed.');
    return found;
  }

  /** Asks every system that knows the service, about the service as it knows it. */
  async function askPlaces<T>(
    serviceId: string,
    ask: (at: LiveConnection, key: ServiceKey, faceId: string) => Promise<{ all: T[]; problems: string[] }>,
  ): Promise<{ all: T[]; problems: string[] }> {
    const places = oneMap.places(serviceId);
    if (places.length === 0) throw new Refusal('REFUSED', 'That service is not on the map any more.');
    const answers = await Promise.all(
      places.map(({ connection: at, service }) =>
        ask(at, { namespace: service.namespace, name: service.name, hosts: service.hosts }, service.id),
      ),
    );
    return {
      all: answers.flatMap(({ all }) => all),
      problems: answers.flatMap(({ problems }) => problems),
    };
  }

  /** Asks every session that has the capability; one that fails is told of and leaves the others. */
  async function askAll<C, T>(
    at: LiveConnection,
    capability: (session: Session) => C | undefined,
    ask: (found: C) => Promise<readonly T[]>,
    tried: string,
  ): Promise<{ all: T[]; problems: string[] }> {
    const all: T[] = [];
    const problems: string[] = [];
    for (const { session } of [...at.sources]) {
      const found = capability(session);
      if (found === undefined) continue;
      try {
        all.push(...(await ask(found)));
      } catch (thrown) {
        problems.push(sayError(thrown, tried));
      }
    }
    return { all, problems };
  }

  const until = (at: LiveConnection, signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? at.closed : anySignal([at.closed, signal]);

  return {
    trips: () =>
      [...connections.open.values()].flatMap((at) =>
        at.trips.map((trip) => ({
          ...byThisClock(trip, serverNow(at), clock.now()),
          calleeId: nodeOf(at.topology().serviceOfHost(trip.host)),
          ...ownPart(trip, holding()),
        })),
      ),
    routes: () => [...connections.open.values()].flatMap((at) => [...at.routes]),
    async tripOptions(connectionId, call, signal) {
      const at = connection(connectionId);
      const { all, problems } = await askAll(
        at,
        (session) => session.isolation,
        (isolation) => isolation.options(call, until(at, signal)),
        'Asking what can be done to this call',
      );
      if (all.length === 0 && problems[0] !== undefined) throw new Refusal('PEER', problems[0]);
      // What proxies do in memory is for where their control plane cannot, whoever answered first.
      const isLast = ({ mechanism }: TripOption): number => Number(mechanism === 'runtime');
      return all.toSorted((a, b) => isLast(a) - isLast(b));
    },
    async protectionForms(serviceId, signal) {
      const { all, problems } = await askPlaces(serviceId, async (at, key, faceId) => {
        const own = await askAll(
          at,
          (session) => (session.protectionEdits === undefined ? undefined : session.protections?.forms),
          (forms) => forms(key, until(at, signal)),
          'Reading what protects this service',
        );
        const place = { connectionId: at.id, system: oneMap.systemOf(at.id), serviceId: faceId };
        const forms = withRetryProduct(own.all, faceId, at, world);
        return { ...own, all: forms.map((form): PlacedForm => ({ ...form, ...place })) };
      });
      if (all.length === 0 && problems[0] !== undefined) throw new Refusal('PEER', problems[0]);
      return all;
    },
    unprotected(connectionId) {
      const at = connection(connectionId);
      const sources = at.sources.flatMap(({ session }) => session.protections ?? []);
      if (sources.length === 0 || !canProtect(at)) return [];
      const declared = sources.map((source) => source.declared());
      const fallbacks = at.sources.flatMap(({ session }) => [
        ...(session.isolation?.fallbacks().keys() ?? []),
      ]);
      const folded = world.latest(at)?.folded ?? null;
      const index = oneMap.faces();
      const holding = new Map<string, boolean>();
      const held = (caller: GraphService): boolean => {
        const is = holding.get(caller.id) ?? isHeldBy(caller, at);
        holding.set(caller.id, is);
        return is;
      };
      // As the map has them; between two faces of one service there is no call.
      return missingProtections(world.graph(), at.id, declared, new Set(fallbacks), folded, held).flatMap(
        (call) => {
          const mapped = mapCall(call.callId, index);
          return mapped === null ? [] : [{ ...call, callId: mapped.id, calleeId: mapped.calleeId }];
        },
      );
    },
    async config(serviceId, signal) {
      const { all, problems } = await askPlaces(serviceId, (at, key) =>
        askAll(
          at,
          (session) => session.configuration,
          (source) => source.read(key, until(at, signal)),
          'Reading what configures this service',
        ),
      );
      return { documents: all, problems };
    },
    async reveal(document, key, signal) {
      const at = connection(document.connectionId);
      const { all, problems } = await askAll(
        at,
        (session) => session.configuration,
        async (source) => [await source.reveal(document, key, until(at, signal))],
        `Reading ${key}`,
      );
      if (all[0] !== undefined) return all[0];
      throw new Refusal(
        'PEER',
        problems[0] ?? 'No source of this connection reads configuration at the moment.',
      );
    },
    async searchConfig(query, signal) {
      const hits: ConfigHit[] = [];
      const problems: string[] = [];
      for (const at of [...connections.open.values()]) {
        const found = await askAll(
          at,
          (session) => session.configuration,
          async (source) => [await source.search(query, until(at, signal))],
          `Searching ${at.title}`,
        );
        for (const one of found.all) {
          hits.push(...one.hits);
          problems.push(...one.problems);
        }
        problems.push(...found.problems);
      }
      return { hits, problems };
    },
    async configHistory(document, signal) {
      const at = connection(document.connectionId);
      const { all, problems } = await askAll(
        at,
        (session) => session.configuration,
        (source) => source.history(document, until(at, signal)),
        'Reading the history',
      );
      const own = versionsIn(await journal.list(versionsFilter(document, at.title)), document);
      if (all.length === 0 && own.length === 0 && problems[0] !== undefined)
        throw new Refusal('PEER', problems[0]);
      return [...withLastWriters(own, all), ...all].sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
    },
    async workloads(serviceId, signal) {
      let rates: WorkloadsRead['rates'] = null;
      const { all, problems } = await askPlaces(serviceId, async (at, key) => {
        const own = await askAll(
          at,
          (session) => session.workloads,
          (control) => control.read(key, until(at, signal)),
          'Reading the workloads of this service',
        );
        // Only one of the systems runs the instances.
        const found = await readInstanceRates(at, own.all, until(at, signal), own.problems);
        // Another may have answered meanwhile.
        rates ??= found;
        return own;
      });
      return { workloads: all, rates, problems };
    },
  };
}

/** A trip of this Podium ends when its journal says; the marker was written with the plan, a while before it was applied. */
function ownPart(
  trip: HeldTrip,
  holding: readonly OperationRecord[],
): Partial<Pick<HeldTrip, 'until' | 'operationId'>> {
  const own = holding.find((record) => wrote(record, trip));
  return own?.hold == null ? {} : { until: own.hold.until, operationId: own.id };
}
