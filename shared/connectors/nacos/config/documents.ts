import { createHash } from 'node:crypto';
import type { ConfigDocument } from '../../../model/config.ts';
import type { DocumentRef } from '../../../model/entity.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { ConfigName } from '../api.ts';
import { configIn, configUid, titleOf } from '../names.ts';
import type { Registry } from '../registry.ts';
import { type Config, configNameOf, configOf } from '../shapes.ts';

const mostPages = 10;
const readAtOnce = 4;

/** The names of all configurations that are looked at, in all namespaces or one; `whole` is false where there are more. */
export async function listConfigs(
  registry: Registry,
  namespace: string | null,
  signal: AbortSignal,
): Promise<{ readonly names: readonly ConfigName[]; readonly whole: boolean }> {
  const names: ConfigName[] = [];
  let whole = true;
  for (const id of await registry.namespaceIds(signal)) {
    if (namespace !== null && registry.titleOf(id) !== namespace) continue;
    for (let page = 1, seen = 0; ; page += 1) {
      const { items, total } = await registry.api.configs(id, page, signal);
      names.push(...items.flatMap((one) => configNameOf(one, id) ?? []));
      seen += items.length;
      if (items.length === 0 || seen >= total) break;
      if (page < mostPages) continue;
      whole = false;
      break;
    }
  }
  return { names, whole };
}

/** Reads each, a few at a time; those that went meanwhile are left out. */
export async function readConfigs(
  registry: Registry,
  names: readonly ConfigName[],
  signal: AbortSignal,
): Promise<Config[]> {
  const waiting = [...names.entries()];
  const found: (Config | null)[] = [];
  const next = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const [place, name] = one;
      found[place] = await readConfig(registry, name, signal);
    }
  };
  await Promise.all(Array.from({ length: readAtOnce }, next));
  return found.flatMap((one) => one ?? []);
}

/** Null where there is none. */
export async function readConfig(
  { api }: Registry,
  name: ConfigName,
  signal: AbortSignal,
): Promise<Config | null> {
  try {
    const data = await api.config(name, signal);
    // Nacos 2 answers with nothing where there is none.
    return data === null ? null : configOf(data, name);
  } catch (error) {
    if (error instanceof PeerError && error.kind === 'notFound') return null;
    throw error;
  }
}

/** The one that a document stands for. Throws where it is none of Nacos'. */
export function nameOf({ uid }: DocumentRef): { readonly name: ConfigName; readonly id: string } {
  const found = configIn(uid);
  if (found === null) throw new PeerError('refused', 'That is no configuration of Nacos.');
  return found;
}

/**
 * Which of these services a configuration is for, by the names that clients look it up by: `payment`, `payment.yaml`,
 * `payment-prod.yaml`. The longest name wins, so that payment-gateway.yaml is not payment's.
 */
export function serviceFor({ dataId }: ConfigName, services: Iterable<string>): string | null {
  const stem = dataId
    .replace(/^cipher-[\w]+-/, '')
    .replace(/\.(ya?ml|properties|json|xml|toml|html?|te?xt)$/i, '');
  let best: string | null = null;
  for (const service of services)
    if ((stem === service || stem.startsWith(`${service}-`)) && service.length > (best?.length ?? 0))
      best = service;
  return best;
}

/** Services of one namespace by their names, as they are called on the map. */
export const servicesIn = (registry: Registry, namespaceId: string): ReadonlyMap<string, string> =>
  new Map(
    (registry.services ?? [])
      .filter(({ service }) => service.namespaceId === namespaceId)
      .map(({ service }) => [service.name, titleOf(service)]),
  );

export const refOf = (registry: Registry, { name, id }: Pick<Config, 'name' | 'id'>): DocumentRef => ({
  connectionId: registry.host.connectionId,
  apiVersion: 'nacos/config',
  kind: 'Configuration',
  namespace: registry.titleOf(name.namespaceId),
  name: `${name.group}/${name.dataId}`,
  uid: configUid(name, id),
});

/** What a write is fenced by: as Nacos says it, else as it would reckon it. */
export const md5Of = ({ md5, content }: Pick<Config, 'md5' | 'content'>): string =>
  md5 ?? createHash('md5').update(content, 'utf8').digest('hex');

export function documentOf(registry: Registry, config: Config): ConfigDocument {
  const { name, content, isEncrypted } = config;
  const bytes = Buffer.byteLength(content, 'utf8');
  return {
    document: refOf(registry, config),
    revision: md5Of(config),
    kind: isEncrypted ? 'secret' : 'file',
    entries: [{ key: name.dataId, value: isEncrypted ? null : content, bytes, binary: false }],
    yaml: isEncrypted ? null : content,
    immutable: false,
    reach: [
      {
        workload: null,
        how: 'whoever listens to it',
        arrival: 'told',
        why: 'Nacos tells every client that listens; whether a process takes the new values over is its own affair.',
      },
    ],
    writers: [],
    readOnly: isEncrypted
      ? 'A plugin of the server keeps it encrypted: Podium shows it when asked, and does not write it.'
      : null,
  };
}
