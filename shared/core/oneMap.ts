import { addressKeys } from '../analysis/addresses.ts';
import { joinFaces, type FaceIndex, type FaceSource } from '../analysis/faces.ts';
import type { GraphPicture, SignalsPicture } from '../analysis/graphDiff.ts';
import { mergeGraph, mergeSignals } from '../analysis/mergeFaces.ts';
import type { GraphService } from '../model/graph.ts';
import type { CallSignals, Provenance, ServiceSignals, SignalsTick } from '../model/signals.ts';
import type { Split } from '../model/weights.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { SettingsKeeper } from './settings.ts';
import type { World } from './world.ts';

/** The world as it is drawn: a service that several systems know is one node with several faces. */
export interface OneMap {
  faces(): FaceIndex;
  graph(): GraphPicture;
  /** The service that a node or one of its faces stands for. */
  service(id: string): GraphService | undefined;
  /** Where a node, or the node of a face, is known: its primary face first. Empty once it is gone. */
  places(id: string): readonly Place[];
  /** "Consul dc1": how a connection is named before what it says. */
  systemOf(connectionId: string): string;
  splits(): Split[];
  signals(
    windowSeconds: number,
  ): SignalsPicture & Pick<SignalsTick, 'awaited'> & { readonly provenance: Provenance[] };
}

/** A service as one connection knows it. */
export interface Place {
  readonly service: GraphService;
  readonly connection: LiveConnection;
}

export function createOneMap(world: World, settings: SettingsKeeper): OneMap {
  /** The last joining, kept while nothing that it rests on has moved. */
  let kept: {
    readonly version: number;
    readonly joins: unknown;
    picture: GraphPicture;
    index: FaceIndex;
  } | null = null;

  const systemOf = (connectionId: string): string => {
    const connection = world.connections.open.get(connectionId);
    const product = connection?.state().peer?.product;
    if (product === undefined || connection === undefined) return connectionId;
    const { title } = connection;
    // A title that was made from the address begins with it: "Eureka at eureka.example.com:8761".
    return title.startsWith(`${product} `) ? title : `${product} ${title}`;
  };

  function joined(): NonNullable<typeof kept> {
    const { joins } = settings.current;
    const version = world.changes.count;
    if (kept?.version === version && kept.joins === joins) return kept;
    const raw = world.graph();
    const sources = new Map<string, FaceSource>(
      [...world.connections.open.values()].map((connection) => [
        connection.id,
        { connector: connection.state().connector, environment: connection.environment },
      ]),
    );
    // Of a single connection there is nothing to join, however large it is.
    const addresses = sources.size < 2 ? new Map<string, string[]>() : addressesIn(world);
    const index = joinFaces(
      sources.size < 2 ? [] : raw.services,
      sources,
      (id) => addresses.get(id) ?? [],
      joins,
    );
    kept = { version, joins, picture: mergeGraph(raw, index, systemOf), index };
    return kept;
  }

  return {
    systemOf,
    faces: () => joined().index,
    graph: () => joined().picture,
    service(id) {
      const primary = joined().index.primaryOf(id);
      return joined().picture.services.find((service) => service.id === primary);
    },
    places: (id) =>
      joined()
        .index.facesOf(id)
        .flatMap(({ serviceId }) => {
          const [service, connection] = [world.service(serviceId), world.connectionOf(serviceId)];
          return service === undefined || connection === undefined ? [] : [{ service, connection }];
        }),
    splits() {
      const { index } = joined();
      return world.splits().map((split) => ({
        ...split,
        serviceId: split.serviceId === null ? null : index.primaryOf(split.serviceId),
      }));
    },
    signals(windowSeconds) {
      const services = new Map<string, ServiceSignals>();
      const calls = new Map<string, CallSignals>();
      const provenance: Provenance[] = [];
      let awaited = false;
      for (const connection of world.connections.open.values()) {
        awaited ||= connection.isOpeningOffers;
        const latest = world.latest(connection, windowSeconds);
        if (latest === null) {
          awaited ||= connection.sources.some(({ session }) => session.signals !== undefined);
          continue;
        }
        for (const [id, signals] of latest.folded.serviceSignals) services.set(id, signals);
        for (const [id, signals] of latest.folded.callSignals) calls.set(id, signals);
        provenance.push(...latest.provenance);
      }
      const systemOfFace = (id: string) => systemOf(world.connectionOf(id)?.id ?? '');
      return { ...mergeSignals({ services, calls }, joined().index, systemOfFace), provenance, awaited };
    },
  };
}

/** What the instances of each service are reached at. */
function addressesIn(world: World): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const connection of world.connections.open.values()) {
    const topology = connection.topology();
    for (const { namespace, name, address } of connection.observations().flatMap((part) => part.instances)) {
      const id = address === undefined ? null : topology.serviceOfInstance(namespace, name);
      if (id === null || address === undefined) continue;
      found.set(id, [...(found.get(id) ?? []), ...addressKeys(address)]);
    }
  }
  return found;
}
