import type { SplitDestination } from '../../../model/weights.ts';
import type { Fleet } from '../fleet.ts';

/** Where a route leads, as far as the registry knows the address. */
export type Target = Pick<SplitDestination, 'host' | 'version' | 'readyInstances' | 'problem'>;

/** Of "lb://payment", "http://10.1.2.3:8080" and "http://payment:8080". */
export function targetOf(uri: string, fleet: Fleet): Target {
  const url = URL.parse(uri);
  const name = url?.hostname ?? '';
  if (url === null || name === '') return { host: uri, version: null, readyInstances: null, problem: null };
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const at = fleet.members().filter(({ instance }) => instance.address === `${name}:${port}`);
  const [only] = at;
  if (only !== undefined && at.every(({ instance }) => instance.service === only.instance.service))
    return {
      host: only.instance.service,
      version: at.length === 1 ? only.instance.version : null,
      readyInstances: at.filter(({ instance }) => instance.serving).length,
      problem: null,
    };
  const service = fleet.services().find((one) => one.toLowerCase() === name.toLowerCase());
  if (service === undefined)
    return {
      host: name,
      version: null,
      readyInstances: null,
      problem: url.protocol === 'lb:' ? `the registry lists no ${name}` : null,
    };
  const members = fleet.of(service);
  const versions = new Set(members.map(({ instance }) => instance.version));
  return {
    host: service,
    version: versions.size === 1 ? ([...versions][0] ?? null) : null,
    readyInstances: members.filter(({ instance }) => instance.serving).length,
    problem: null,
  };
}
