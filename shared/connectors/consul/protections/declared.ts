import type { Protection } from '../../../model/inspect.ts';
import type { ProtectionSource } from '../../kit/connector.ts';
import { timeMs } from '../entryWrites/alike.ts';
import { type Content, isFor, overridesOf } from '../entryWrites/content.ts';
import { hostOf } from '../names.ts';
import type { Registry } from '../registry.ts';
import { mapAt, routesIn, sayRoute, textAt } from '../routes.ts';
import { callersOf, isMeshed } from '../services.ts';
import { readForms } from './forms.ts';

/** Limits, ejection, time-outs, retries and failover by the host they are declared for. */
export function createProtectionSource(registry: Registry): ProtectionSource {
  let kept: {
    readonly of: readonly unknown[];
    readonly found: ReadonlyMap<string, readonly Protection[]>;
  } | null = null;
  return {
    declared() {
      const of = [
        registry.catalog.value,
        ...(['service-defaults', 'service-router', 'service-resolver'] as const).map(
          (kind) => registry.entriesView(kind).value,
        ),
      ];
      if (kept === null || !of.every((one, position) => one === kept?.of[position]))
        kept = { of, found: readProtections(registry) };
      return kept.found;
    },
    isHeldBy: (caller) => isMeshed(registry, caller),
    forms: (service, signal) => readForms(registry, service, signal),
  };
}

function readProtections(registry: Registry): ReadonlyMap<string, readonly Protection[]> {
  const services = new Set((registry.catalog.value?.instances ?? []).map(({ service }) => service));
  const found = new Map<string, readonly Protection[]>();
  const entry = (kind: 'service-defaults' | 'service-router' | 'service-resolver', name: string): Content =>
    registry.entries(kind).find((one) => one.name === name)?.content ?? {};
  for (const service of services) {
    const callers = callersOf(registry, service);
    const all = [
      ...callers.flatMap((caller) => callProtections(entry('service-defaults', caller), caller, service)),
      ...routeProtections(entry('service-router', service), service),
      ...failoverProtections(entry('service-resolver', service), service),
    ];
    if (callers.length > 0) all.push(...ownOfEnvoy(all));
    if (all.length > 0) found.set(hostOf(service, 'default', registry.datacenter), all);
  }
  return found;
}

/** What one caller's proxies hold: its own part for the callee, else that of its defaults. */
function callProtections(content: Content, caller: string, callee: string): Protection[] {
  const own = overridesOf(content).find(isFor(callee)) ?? {};
  const shared = mapAt(mapAt(content, 'UpstreamConfig'), 'Defaults');
  const part = (key: string) => (own[key] == null ? mapAt(shared, key) : mapAt(own, key));
  const evidence = `service-defaults ${caller}`;
  const limits = part('Limits');
  const counted = [
    ['MaxConnections', 'connections', 'connections'],
    ['MaxPendingRequests', 'requests waiting', 'waiting'],
    ['MaxConcurrentRequests', 'requests at once', 'requests'],
  ] as const;
  const made: Protection[] = counted.flatMap(([key, words, limit]) =>
    typeof limits[key] === 'number'
      ? [
          {
            kind: 'limit',
            text: `at most ${limits[key]} ${words} from each proxy of ${caller}`,
            evidence,
            limit,
            observed: null,
          },
        ]
      : [],
  );
  const ejection = part('PassiveHealthCheck');
  if (Object.keys(ejection).length > 0)
    made.push({
      kind: 'ejection',
      text: `${sayEjection(ejection)}, by the proxies of ${caller}`,
      evidence,
      observed: null,
    });
  return made;
}

/** "left out after 3 errors in a row, for 5 s". */
function sayEjection(ejection: Content): string {
  const failures =
    typeof ejection['MaxFailures'] === 'number' && ejection['MaxFailures'] > 0 ? ejection['MaxFailures'] : 5;
  const base = timeMs(ejection['BaseEjectionTime']) ?? 30_000;
  const enforced = ejection['EnforcingConsecutive5xx'];
  if (enforced === 0) return 'errors in a row leave nobody out';
  const most = ejection['MaxEjectionPercent'];
  return [
    `left out after ${failures} errors in a row`,
    `for ${sayMs(base)}`,
    ...(typeof most === 'number' ? [`at most ${most} % at once`] : []),
  ].join(', ');
}

function routeProtections(content: Content, service: string): Protection[] {
  return routesIn(content).flatMap((route): Protection[] => {
    const evidence = `service-router ${service}, where ${sayRoute(route)}`;
    const { destination } = route;
    const timeout = timeMs(destination['RequestTimeout']);
    // Envoy tries once more where it is told what for, and not how often.
    const retries = typeof destination['NumRetries'] === 'number' ? destination['NumRetries'] : 1;
    const on = [
      ...(destination['RetryOnConnectFailure'] === true ? ['connect-failure'] : []),
      ...[destination['RetryOn'], destination['RetryOnStatusCodes']].flatMap((list) =>
        Array.isArray(list) ? list.map(String) : [],
      ),
    ];
    return [
      ...(timeout === null || timeout === 0
        ? []
        : [{ kind: 'timeout' as const, text: sayMs(timeout), evidence, observed: null }]),
      ...(on.length === 0
        ? []
        : [
            {
              kind: 'retry' as const,
              text: `${retries} ${retries === 1 ? 'retry' : 'retries'} on ${on.join(',')}`,
              evidence,
              tries: retries + 1,
              observed: null,
            },
          ]),
    ];
  });
}

function failoverProtections(content: Content, service: string): Protection[] {
  const evidence = `service-resolver ${service}`;
  const timeout = timeMs(content['RequestTimeout']);
  const failover = Object.entries(mapAt(content, 'Failover')).map(([subset, value]): Protection => {
    const to = value as Content;
    const who = [textAt(to, 'Service') ?? service, textAt(to, 'ServiceSubset')].filter((one) => one !== null);
    const others = ['Datacenters', 'Targets'].filter((key) => Array.isArray(to[key]) && to[key].length > 0);
    return {
      kind: 'fallback',
      text: `${others.length > 0 ? 'others' : who.join(' ')} while no instance passes its checks`,
      evidence,
      ...(subset === '*' ? {} : { subset }),
      observed: null,
    };
  });
  return [
    ...(timeout === null || timeout <= 0
      ? []
      : [{ kind: 'timeout' as const, text: sayMs(timeout), evidence, observed: null }]),
    ...failover,
  ];
}

/** What Consul's proxies do where nothing is declared: Envoy's own time-out, and its own ejection, which Consul always has on. */
function ownOfEnvoy(declared: readonly Protection[]): Protection[] {
  const evidence = 'Envoy’s own, where nothing is declared';
  const has = (kind: Protection['kind']) => declared.some((one) => one.kind === kind);
  return [
    ...(has('timeout') ? [] : [{ kind: 'timeout' as const, text: '15 s', evidence, observed: null }]),
    ...(has('ejection')
      ? []
      : [
          {
            kind: 'ejection' as const,
            text: 'left out after 5 errors in a row, for 30 s, at most 10 % at once but always one',
            evidence,
            observed: null,
          },
        ]),
  ];
}

const sayMs = (ms: number): string => (ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`);
