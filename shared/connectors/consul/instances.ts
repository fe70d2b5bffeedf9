import type { Registered } from './catalog.ts';

/** An ordinary service's running copy with what its checks and its sidecar's come to. */
export interface Instance extends Registered {
  readonly version: string | null;
  /** Consul sends it calls: nothing is critical, neither of its own nor of its sidecar's. */
  readonly ready: boolean;
  /** All checks pass, which subsets with OnlyPassing ask for. */
  readonly passing: boolean;
  /** The first check that speaks against it, in Consul's words. */
  readonly reason: string | null;
}

const gateways: ReadonlySet<string> = new Set([
  'mesh-gateway',
  'ingress-gateway',
  'api-gateway',
  'terminating-gateway',
]);

export const isGateway = (one: Registered): boolean => gateways.has(one.kind);

/** Ordinary services and gateways; sidecars are folded into whom they carry calls for, and Consul's own servers left out. */
export function instancesOf(all: readonly Registered[]): Instance[] {
  const sidecars = new Map<string, Registered[]>();
  for (const one of all) {
    if (one.proxyOf === null) continue;
    const key = `${one.node} ${one.proxyOf.id}`;
    sidecars.set(key, [...(sidecars.get(key) ?? []), one]);
  }
  return all
    .filter((one) => (one.kind === '' && one.service !== 'consul') || isGateway(one))
    .map((one) => instanceOf(one, sidecars.get(`${one.node} ${one.id}`) ?? []));
}

function instanceOf(one: Registered, sidecars: readonly Registered[]): Instance {
  const checks = [one, ...sidecars].flatMap(({ checks: own }) => own);
  // "warning" still gets calls, unless a subset takes passing ones only (Consul, health checks).
  const critical = checks.filter(({ status }) => status !== 'passing' && status !== 'warning');
  const odd = critical[0] ?? checks.find(({ status }) => status === 'warning');
  return {
    ...one,
    version: versionOf(one),
    ready: critical.length === 0,
    passing: odd === undefined,
    reason: odd === undefined ? null : sayCheck(odd),
  };
}

/** By the metadata that people set for it, else by a tag that reads like one. */
export function versionOf({ meta, tags }: Pick<Registered, 'meta' | 'tags'>): string | null {
  const said = meta.get('version') ?? meta.get('app_version');
  if (said !== undefined && said !== '') return said;
  for (const tag of tags) {
    const named = /^version[=:](.+)$/.exec(tag)?.[1];
    if (named !== undefined) return named;
  }
  const tagged = tags.filter((tag) => /^v\d[\w.-]*$/.test(tag));
  return tagged.length === 1 ? (tagged[0] ?? null) : null;
}

function sayCheck({ id, name, status, output }: Registered['checks'][number]): string {
  // Maintenance is a check of Consul's own that stays critical until it is ended.
  if (id.startsWith('_service_maintenance') || id === '_node_maintenance')
    return `in maintenance${output === '' ? '' : `: ${oneLine(output)}`}`;
  return `check “${name}” is ${status}${output === '' ? '' : `: ${oneLine(output)}`}`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
