import { type ConfigName, defaultGroup, publicId, type ServiceName } from './api.ts';
import type { Namespace, Registered } from './shapes.ts';

/**
 * What namespaces are called on the map, by their ids: the default one as systems without namespaces call theirs, so that
 * services of the same name find each other; others by their titles, which people know, where no two share one.
 */
export function titlesOf(namespaces: readonly Namespace[]): ReadonlyMap<string, string> {
  const shared = Map.groupBy(namespaces, ({ title }) => title);
  return new Map(
    namespaces.map(({ id, title }) => {
      if (id === publicId) return [id, 'default'];
      const alone = shared.get(title)?.length === 1 && title !== '' && title !== 'default';
      return [id, alone ? title : `${title} ${id}`.trim()];
    }),
  );
}

/** As callers say it; with its group where that is not the usual one, for two groups may have a service of one name. */
export const titleOf = ({ group, name }: ServiceName): string =>
  group === defaultGroup ? name : `${group}@@${name}`;

/** One name out of several parts, which may hold anything. */
const joined = (parts: readonly string[]): string => parts.map(encodeURIComponent).join('/');
const parted = (uid: string, count: number): string[] | null => {
  const parts = uid.split('/');
  if (parts.length !== count) return null;
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return null;
  }
};

export const serviceUid = ({ namespaceId, group, name }: ServiceName): string =>
  joined([namespaceId, group, name]);

export const instanceUid = ({
  service: { namespaceId, group, name },
  cluster,
  ip,
  port,
}: Pick<Registered, 'service' | 'cluster' | 'ip' | 'port'>): string =>
  joined([namespaceId, group, name, cluster, ip, String(port)]);

/** Null where it is no such name. */
export function instanceIn(uid: string): Pick<Registered, 'service' | 'cluster' | 'ip' | 'port'> | null {
  const [namespaceId, group, name, cluster, ip, port] = parted(uid, 6) ?? [];
  if (namespaceId === undefined || group === undefined || name === undefined) return null;
  if (cluster === undefined || ip === undefined || !/^\d{1,5}$/.test(port ?? '')) return null;
  return { service: { namespaceId, group, name }, cluster, ip, port: Number(port) };
}

/** With the id that Nacos gave it: another one after it was deleted and made anew. */
export const configUid = ({ namespaceId, group, dataId }: ConfigName, id: string): string =>
  joined([namespaceId, group, dataId, id]);

export function configIn(uid: string): { readonly name: ConfigName; readonly id: string } | null {
  const [namespaceId, group, dataId, id] = parted(uid, 4) ?? [];
  if (namespaceId === undefined || group === undefined || dataId === undefined || id === undefined)
    return null;
  return { name: { namespaceId, group, dataId }, id };
}

export function versionOf({ metadata }: Registered): string | null {
  const said = metadata.get('version') ?? metadata.get('app_version') ?? '';
  return said === '' ? null : said.slice(0, 200);
}

export const addressOf = ({ ip, port }: Pick<Registered, 'ip' | 'port'>): string =>
  ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;

/** Clients get those that are healthy, are enabled, and have a weight to be chosen by. */
export const isServing = ({ healthy, enabled, weight }: Registered): boolean =>
  healthy && enabled && weight > 0;

/** Nacos knows instances by where they are, and several services may be at one address: Dubbo registers each interface. */
export const instanceName = (one: Pick<Registered, 'service' | 'cluster' | 'ip' | 'port'>): string =>
  `${titleOf(one.service)} ${addressOf(one)}${one.cluster === 'DEFAULT' ? '' : ` in ${one.cluster}`}`;
