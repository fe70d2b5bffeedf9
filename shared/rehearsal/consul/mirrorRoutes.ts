import type { KubeInput } from '../kube/store.ts';
import { compileChain, type Chain, type ResolverNode } from './chain.ts';
import { durationMs } from './durations.ts';
import { isHttp, textsIn } from './entryRules.ts';
import { matchesOf } from './mirrorMatches.ts';
import { meshHostOf, meshNamespace, networking } from './meshNames.ts';
import type { ConsulState, Fields } from './state.ts';

/** A place in the mesh, as the traffic model's documents name it. */
interface Place {
  readonly host: string;
  readonly subset?: string;
}

/** Where calls of a service go. */
export interface Routing {
  readonly route: KubeInput | null;
  /** Services that its chain leads to. */
  readonly leadsTo: readonly string[];
  /** Who is asked while a target has no healthy instance. */
  readonly failover: readonly {
    readonly service: string;
    readonly subset: string;
    readonly instead: readonly Place[];
  }[];
}

/** What Envoy gives a request where nobody says more. */
const usualTimeoutMs = 15_000;

/** Turns the compiled discovery chain of a service into the traffic model's documents. */
export function routingOf(state: ConsulState, service: string): Routing {
  const { Chain: chain } = compileChain(state, service);
  const start = chain.Nodes[chain.StartNode];
  const resolvers = Object.values(chain.Nodes).filter(
    (node): node is ResolverNode => node.Type === 'resolver',
  );
  const http =
    start?.Type === 'router'
      ? start.Routes.flatMap(({ Definition, NextNode }) => routeOf(chain, NextNode, Definition))
      : routeOf(chain, chain.StartNode, {});
  return {
    route: isHttp(chain.Protocol)
      ? {
          apiVersion: networking,
          kind: 'VirtualService',
          metadata: { name: service, namespace: meshNamespace },
          spec: { hosts: [meshHostOf(service)], http },
        }
      : null,
    leadsTo: Object.values(chain.Targets).map(({ Service }) => Service),
    failover: resolvers.flatMap(({ Resolver: { Target, Failover } }) => {
      const target = chain.Targets[Target];
      const instead = (Failover?.Targets ?? []).flatMap((id) => placeOf(chain, id));
      return target === undefined || instead.length === 0
        ? []
        : [{ service: target.Service, subset: target.ServiceSubset ?? '', instead }];
    }),
  };
}

function placeOf({ Targets }: Chain['Chain'], id: string): Place[] {
  const target = Targets[id];
  if (target === undefined) return [];
  const { Service, ServiceSubset } = target;
  return [{ host: meshHostOf(Service), ...(ServiceSubset === undefined ? {} : { subset: ServiceSubset }) }];
}

/** One of a router's routes; a definition that matches nothing is no route. */
function routeOf(chain: Chain['Chain'], next: string, definition: Fields): object[] {
  const node = chain.Nodes[next];
  const lines = node?.Type === 'splitter' ? node.Splits : [{ Weight: 100, NextNode: next }];
  const ends = lines.flatMap(({ Weight, NextNode }) => {
    const resolver = chain.Nodes[NextNode];
    return resolver?.Type === 'resolver' ? [{ weight: Weight, resolver: resolver.Resolver }] : [];
  });
  const destination = (definition['Destination'] ?? {}) as Fields;
  const resolvedMs = durationMs(ends[0]?.resolver.RequestTimeout);
  const askedMs = durationMs(destination['RequestTimeout']);
  const match = matchesOf((definition['Match'] as Fields | undefined)?.['HTTP'] as Fields | undefined);
  return [
    {
      ...(match === null ? {} : { match }),
      route: ends.flatMap(({ weight, resolver }) =>
        placeOf(chain, resolver.Target).map((place) => ({ destination: place, weight })),
      ),
      timeout: `${askedMs || resolvedMs || usualTimeoutMs}ms`,
      retries: retriesOf(destination),
    },
  ];
}

/** Consul has nothing tried again unless a route says so. */
function retriesOf(destination: Fields): object {
  const { NumRetries, RetryOnConnectFailure } = destination;
  const codes = destination['RetryOnStatusCodes'];
  const conditions = [
    ...(RetryOnConnectFailure === true ? ['connect-failure'] : []),
    ...textsIn(destination, 'RetryOn'),
    ...(Array.isArray(codes) ? codes.map(String) : []),
  ];
  const asked = typeof NumRetries === 'number' && NumRetries > 0 ? NumRetries : 0;
  if (asked === 0 && conditions.length === 0) return { attempts: 0 };
  return { attempts: Math.max(1, asked), retryOn: conditions.join(',') };
}
