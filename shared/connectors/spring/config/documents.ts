import type { ConfigDocument, ConfigEntry, ConfigReach } from '../../../model/config.ts';
import { sayError } from '../../kit/peerError.ts';
import { type Asker, isFromConfigServer, fileOf, nameOf, type ServedSource } from './configServer.ts';
import { digestOf } from './digest.ts';
import { backendFile, type Desk, refOf } from './desk.ts';
import { effectiveIn, type Environment, overridesIn } from './environment.ts';
import type { Logger } from './endpoints.ts';
import { type Asked, sayNames } from './instances.ts';
import { looksSecret } from './secrets.ts';

const mostEntries = 2_000;

/** One document for each file that an application gets; of two that say the same property the first wins. */
export async function servedDocuments(
  desk: Desk,
  { app, profiles, label }: Asker,
  sources: readonly ServedSource[],
  isServer: boolean,
): Promise<ConfigDocument[]> {
  const above = new Map<string, string>();
  const documents: ConfigDocument[] = [];
  for (const [position, source] of sources.entries()) {
    const name = nameOf(source.file);
    const entries = [...source.properties].map(([key, value]) => {
      const first = above.get(key);
      return entryOf(
        key,
        value,
        first === undefined ? [] : [`${first} stands above it, so it has no effect here`],
      );
    });
    for (const key of source.properties.keys()) if (!above.has(key)) above.set(key, name);
    const found = await backendFile(desk, source).catch((error: unknown) =>
      sayError(error, 'Looking for the file'),
    );
    const isFound = typeof found !== 'string';
    documents.push({
      document: refOf(desk, 'ConfigFile', isFound ? found.file : source.file.path),
      revision: digestOf(isFound ? found.text : JSON.stringify([...source.properties])),
      kind: 'configServer',
      entries: entries.slice(0, mostEntries),
      yaml: null,
      immutable: false,
      reach: [
        {
          workload: null,
          how: `${app}, profile ${profiles.join(', ')}${label === null ? '' : `, label ${label}`}: source ${position + 1} of ${sources.length}, ${source.name}`,
          arrival: 'hot',
          why: 'Podium has every instance refresh after a change here: beans of @RefreshScope and @ConfigurationProperties take it, others when they restart.',
        },
      ],
      writers: [],
      readOnly: isFound
        ? null
        : isServer
          ? found
          : 'This is what instances have of it: no address of the Config Server was given, so it is not read or changed itself.',
    });
  }
  return documents;
}

/** Files of the Config Server as instances have them, where the server itself is not known. */
export function sourcesIn(environments: readonly Asked<Environment>[]): readonly ServedSource[] {
  const first = environments.find(({ told }) => told !== null)?.told;
  return (first?.sources ?? [])
    .filter(({ name }) => isFromConfigServer(name))
    .map(({ name, properties }) => ({
      name,
      file: fileOf(name),
      properties: new Map([...properties].map(([key, { value }]) => [key, value ?? maskedText])),
    }));
}
const maskedText = '\0masked';

/** The environment as each instance has it: one entry a property, with those that have another value. */
export function environmentDocument(
  desk: Desk,
  service: string,
  environments: readonly Asked<Environment>[],
): ConfigDocument {
  const told = environments.flatMap(({ name, told: environment }) =>
    environment === null ? [] : [{ name, environment }],
  );
  const keys = new Set(
    told.flatMap(({ environment }) =>
      environment.sources.flatMap(({ properties }) => [...properties.keys()]),
    ),
  );
  const entries = [...keys].sort().map((key): ConfigEntry => {
    const all = told.map(({ name, environment }) => ({ name, found: effectiveIn(environment, key) }));
    const groups = Map.groupBy(all, ({ found }) => JSON.stringify(found === null ? null : [found.value]));
    const [first] = all.flatMap(({ found }) => found ?? []);
    const isSecret = all.some(({ found }) => looksSecret(key, found?.value ?? null));
    const differing =
      groups.size > 1
        ? [...groups.values()].map((same) => {
            const found = same[0]?.found ?? null;
            const value =
              found === null
                ? 'nothing'
                : isSecret
                  ? 'a value of its own'
                  : found.value === null
                    ? 'a masked value'
                    : `“${found.value.slice(0, 200)}”`;
            return `${sayNames(same.map(({ name }) => name))}: ${value}`;
          })
        : [];
    const entry = entryOf(key, groups.size > 1 ? null : (first?.value ?? null), [
      ...(differing.length > 0 ? [`differs: ${differing.join('; ')}`] : []),
      ...(first === undefined ? [] : [`from ${first.origin ?? first.source}`]),
    ]);
    const isMasked = all.some(({ found }) => found !== null && found.value === null);
    return {
      ...entry,
      ...(isMasked
        ? { cover: 'masked' as const }
        : isSecret
          ? { value: null, cover: 'secret' as const }
          : {}),
    };
  });
  const unread = environments.filter(({ error }) => error !== null);
  return {
    document: refOf(desk, 'Overrides', service),
    revision: revisionOf(told.map(({ name, environment }) => [name, [...overridesIn(environment)]])),
    kind: 'overrides',
    entries: entries.slice(0, mostEntries),
    yaml: null,
    immutable: false,
    reach: [
      ...(unread.length > 0 ? [sayUnread(unread)] : []),
      {
        workload: null,
        how: `a change here is an override in the memory of each of ${told.length} instances`,
        arrival: 'hot',
        why: 'It is lost when an instance restarts, and one that joins later does not have it. Instances take it only with management.endpoint.env.post.enabled.',
      },
    ],
    writers: [],
    readOnly:
      told.length === 0
        ? `No instance shows its environment: ${unread.map(({ name, error }) => `${name}: ${error?.message ?? ''}`).join('; ')}`
        : null,
  };
}

/** Loggers that have a level of their own in some instance. */
export function loggersDocument(
  desk: Desk,
  service: string,
  asked: readonly Asked<{
    readonly levels: readonly string[];
    readonly loggers: ReadonlyMap<string, Logger>;
  }>[],
): ConfigDocument {
  const told = asked.flatMap(({ name, told: found }) => (found === null ? [] : [{ name, ...found }]));
  const unread = asked.filter(({ error }) => error !== null);
  const configured = new Set(
    told.flatMap(({ loggers }) =>
      [...loggers].flatMap(([name, one]) => (one.configured === null ? [] : [name])),
    ),
  );
  const entries = [...configured].sort().map((key) => {
    const groups = Map.groupBy(told, ({ loggers }) => loggers.get(key)?.configured ?? 'none of its own');
    const [level] = groups.keys();
    return groups.size === 1
      ? entryOf(key, level ?? null, [])
      : entryOf(key, null, [
          `differs: ${[...groups].map(([own, of]) => `${sayNames(of.map(({ name }) => name))}: ${own}`).join('; ')}`,
        ]);
  });
  const count = told[0]?.loggers.size ?? 0;
  return {
    document: refOf(desk, 'Loggers', service),
    revision: revisionOf(
      told.map(({ name, loggers }) => [name, [...loggers].filter(([, { configured: own }]) => own !== null)]),
    ),
    kind: 'loggers',
    entries,
    yaml: null,
    immutable: false,
    reach: [
      ...(unread.length > 0 ? [sayUnread(unread)] : []),
      {
        workload: null,
        how: `levels in the memory of each of ${told.length} instances; those with a level of their own, of ${count} loggers`,
        arrival: 'hot',
        why: `A level (${told[0]?.levels.join(', ') ?? ''}) is in force at once, is lost when an instance restarts, and one that joins later does not have it.`,
      },
    ],
    writers: [],
    readOnly:
      told.length === 0
        ? `No instance shows its loggers: ${unread.map(({ name, error }) => `${name}: ${error?.message ?? ''}`).join('; ')}`
        : null,
  };
}

/** What stands for documents that cannot be read. */
export const unreadDocument = (desk: Desk, name: string, why: string): ConfigDocument => ({
  document: refOf(desk, 'ConfigFile', name),
  revision: '',
  kind: 'configServer',
  entries: [],
  yaml: null,
  immutable: false,
  reach: [],
  writers: [],
  readOnly: why,
});

function sayUnread(unread: readonly Asked<unknown>[]): ConfigReach {
  return {
    workload: null,
    how: `not read: ${unread.map(({ name }) => name).join(', ')}`,
    arrival: 'hot',
    why: unread
      .map(({ name, error }) => `${name}: ${error?.message ?? ''}`)
      .join('; ')
      .slice(0, 500),
  };
}

const revisionOf = (held: unknown): string => digestOf(JSON.stringify(held));

function entryOf(key: string, value: string | null, notes: readonly string[]): ConfigEntry {
  const isMasked = value === maskedText;
  const isSecret = !isMasked && looksSecret(key, value);
  return {
    key,
    value: isMasked || isSecret ? null : value,
    bytes: value === null || isMasked ? null : Buffer.byteLength(value),
    binary: false,
    ...(isMasked ? { cover: 'masked' } : isSecret ? { cover: 'secret' } : {}),
    ...(notes.length > 0 ? { notes: [...notes] } : {}),
  };
}
