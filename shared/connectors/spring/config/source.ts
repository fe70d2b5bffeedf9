import type { ConfigDocument, ConfigHit } from '../../../model/config.ts';
import type { DocumentRef } from '../../../model/entity.ts';
import type { ConfigSource } from '../../kit/connector.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import { isFromConfigServer, fileOf } from './configServer.ts';
import type { Desk } from './desk.ts';
import {
  environmentDocument,
  loggersDocument,
  servedDocuments,
  sourcesIn,
  unreadDocument,
} from './documents.ts';
import { loggersOf, propertyOf } from './endpoints.ts';
import type { Environment } from './environment.ts';
import { askEach, type Asked, askerOf, environmentsOf, sayNames } from './instances.ts';

const mostHits = 200;

/** What configures Spring services: what they get of the Config Server, their environments, their loggers. */
export function createConfigSource(desk: Desk): ConfigSource {
  const { fleet } = desk;
  return {
    async read({ name }, signal) {
      const members = await fleet.look(name, signal);
      if (members.length === 0) return [];
      const [environments, loggers] = await Promise.all([
        environmentsOf(fleet, members, signal),
        askEach(fleet, members, (actuator) => loggersOf(actuator, signal), signal),
      ]);
      return [
        ...(await served(desk, name, environments, signal)),
        environmentDocument(desk, name, environments),
        loggersDocument(desk, name, loggers),
      ];
    },
    async reveal(document, key, signal) {
      if (document.kind === 'ConfigFile') return await revealFile(desk, document, key, signal);
      const members = await fleet.look(document.name, signal);
      const asked = await askEach(fleet, members, (actuator) => propertyOf(actuator, key, signal), signal);
      const groups = Map.groupBy(
        asked.filter(({ told }) => told !== null),
        ({ told }) => told?.value ?? null,
      );
      if (groups.has(null))
        throw new PeerError(
          'refused',
          `The service masks ${key}: it gives its value to nobody (show-values).`,
        );
      const [only] = groups.keys();
      if (groups.size === 1 && only != null) return only;
      if (groups.size === 0) throw new PeerError('notFound', `No instance of ${document.name} has ${key}.`);
      return [...groups]
        .map(([value, of]) => `${sayNames(of.map(({ name }) => name))}: ${value ?? ''}`)
        .join('\n');
    },
    async search(query, signal) {
      const hits: ConfigHit[] = [];
      const problems: string[] = [];
      for (const service of fleet.services()) {
        const documents = await this.read({ namespace: null, name: service, hosts: [] }, signal).catch(
          (error: unknown) => {
            signal.throwIfAborted();
            problems.push(sayError(error, `Searching ${service}`));
            return [];
          },
        );
        for (const document of documents) hits.push(...hitsIn(document, service, query));
      }
      if (hits.length > mostHits) problems.push(`Only the first ${mostHits} that match are shown.`);
      return { hits: merged(hits).slice(0, mostHits), problems };
    },
    // Neither the Config Server nor an actuator keeps former values; the journal does.
    history: () => Promise.resolve([]),
  };
}

async function served(
  desk: Desk,
  service: string,
  environments: readonly Asked<Environment>[],
  signal: AbortSignal,
): Promise<ConfigDocument[]> {
  const { server } = desk;
  const told = environments.filter(({ told }) => told !== null);
  const asker = askerOf(told[0]?.told ?? null, service);
  if (server === null) {
    const sources = sourcesIn(told);
    return sources.length === 0 ? [] : await servedDocuments(desk, asker, sources, false);
  }
  // Instances of one service may run with other profiles.
  const askers = new Map(
    (told.length === 0 ? [asker] : told.map((one) => askerOf(one.told, service))).map((one) => [
      JSON.stringify(one),
      one,
    ]),
  );
  const found = new Map<string, ConfigDocument>();
  for (const one of askers.values()) {
    const documents = await server
      .sources(one, signal)
      .then((sources) => servedDocuments(desk, one, sources, true))
      .catch((error: unknown) => {
        signal.throwIfAborted();
        return [unreadDocument(desk, `what ${one.app} gets`, sayError(error, 'Asking the Config Server'))];
      });
    for (const document of documents) {
      const before = found.get(document.document.uid);
      found.set(
        document.document.uid,
        before === undefined ? document : { ...before, reach: [...before.reach, ...document.reach] },
      );
    }
  }
  return [...found.values()];
}

async function revealFile(
  { fleet, server }: Desk,
  { name }: DocumentRef,
  key: string,
  signal: AbortSignal,
): Promise<string> {
  const ends = (path: string): boolean => path === name || path.endsWith(`/${name}`);
  const environments = await environmentsOf(fleet, fleet.members(), signal);
  for (const { told, member } of environments) {
    if (told === null) continue;
    const source = told.sources.find((one) => isFromConfigServer(one.name) && ends(fileOf(one.name).path));
    if (source === undefined) continue;
    if (server === null) {
      const value = source.properties.get(key)?.value;
      if (value != null) return value;
      continue;
    }
    const sources = await server.sources(askerOf(told, member.instance.service), signal);
    const value = sources.find(({ file }) => ends(file.path))?.properties.get(key);
    if (value !== undefined) return value;
  }
  throw new PeerError('notFound', `Nobody shows ${key} of ${name} now.`);
}

function hitsIn({ document, entries }: ConfigDocument, service: string, query: string): ConfigHit[] {
  const wanted = query.toLowerCase();
  return entries.flatMap(({ key, value }) => {
    const line = (value ?? '').split('\n').find((one) => one.toLowerCase().includes(wanted));
    if (line === undefined && !key.toLowerCase().includes(wanted)) return [];
    return [
      {
        document,
        key,
        line: line ?? value?.split('\n')[0]?.slice(0, 300) ?? null,
        services: [`default/${service}`],
      },
    ];
  });
}

/** A file that several services get is one place. */
function merged(hits: readonly ConfigHit[]): ConfigHit[] {
  const groups = Map.groupBy(hits, ({ document, key }) => JSON.stringify([document.uid, key]));
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [{ ...first, services: [first, ...others].flatMap(({ services }) => services) }],
  );
}
