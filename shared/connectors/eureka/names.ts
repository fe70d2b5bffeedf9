import type { ReachableInstance } from '../kit/connector.ts';
import type { Registered } from './applications.ts';

/** Eureka has no namespaces. */
export const namespace = 'default';

/** As callers say it: the name they look it up by, where it is the application's own in other letters. */
export function serviceOf({ app, vip }: Registered): string {
  const [first] = (vip ?? '').split(',');
  return first !== undefined && first.toLowerCase() === app.toLowerCase() ? first : app.toLowerCase();
}

export function versionOf({ metadata }: Registered): string | null {
  const said = metadata.get('version') ?? metadata.get('app_version') ?? '';
  return said === '' ? null : said;
}

export const uidOf = ({ app, id }: Pick<Registered, 'app' | 'id'>): string => `${app}/${id}`;

/** Eureka gives calls to those that are UP, and to nobody else. */
export const isServing = ({ status }: Registered): boolean => status === 'UP';

/**
 * Where its actuator is: the registered address and management port, and of the URLs that an instance registers the path
 * alone, for those may name any host there is. Null where it registered no port.
 */
export function managementOf({ ip, port, isSecure, metadata, healthCheckUrl }: Registered): string | null {
  const said = Number(metadata.get('management.port') ?? Number.NaN);
  const at = Number.isInteger(said) && said > 0 && said <= 65_535 ? said : port;
  if (at === null || at === 0) return null;
  const host = ip.includes(':') ? `[${ip}]` : ip;
  return `${isSecure ? 'https' : 'http'}://${host}:${at}${pathOf(healthCheckUrl)}`;
}

function pathOf(healthCheckUrl: string | null): string {
  const path = URL.parse(healthCheckUrl ?? '')?.pathname ?? '';
  const base = /^(\/[\w./-]*)\/health\/?$/.exec(path)?.[1];
  return base ?? '/actuator';
}

/** "10.1.2.3:8080"; null where it registered no port. */
export const addressOf = ({ ip, port }: Registered): string | null =>
  port === null ? null : `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;

/** For those who ask each instance itself; null where it says no port. */
export function reachableOf(one: Registered): ReachableInstance | null {
  const management = managementOf(one);
  if (management === null) return null;
  return {
    namespace,
    name: one.id,
    uid: uidOf(one),
    service: serviceOf(one),
    version: versionOf(one),
    serving: isServing(one),
    registration: String(one.registeredAt ?? ''),
    address: addressOf(one),
    management,
  };
}
