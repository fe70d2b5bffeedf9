import type { GraphCall, GraphService } from '../../../shared/model/graph.ts';

interface Known {
  readonly services: ReadonlyMap<string, Pick<GraphService, 'kind'>>;
  readonly calls: Iterable<Pick<GraphCall, 'callerId'>>;
  /** Figures have come, so what is missing is not merely late. */
  readonly figuresCame: boolean;
  /** How many sources gave them. */
  readonly sources: number;
}

/** What the map says where no call has a known caller; null where there is one, or where it is too early to say. */
export function sayUnknownCallers({ services, calls, figuresCame, sources }: Known): string | null {
  if (services.size === 0 || !figuresCame) return null;
  let some = false;
  for (const { callerId } of calls) {
    if (services.get(callerId)?.kind !== 'unknown') return null;
    some = true;
  }
  if (sources === 0) return 'Who calls whom is not known: no source of figures was found';
  return some
    ? 'Services tell what they are asked, but not who asks'
    : 'Who calls whom is not known: no source tells of any call';
}

/** What can be switched on so that calls are seen, best first. Each needs a Prometheus that scrapes it. */
export const whatShowsCalls: readonly { readonly title: string; readonly how: string }[] = [
  {
    title: 'A mesh',
    how: 'proxies of Istio, Linkerd or Consul count every call: have Prometheus scrape them.',
  },
  {
    title: 'Cilium',
    how: 'Hubble’s metric httpV2, with a labelsContext that names namespace and workload of source and destination.',
  },
  {
    title: 'Traces',
    how: 'the service graph connector of the OpenTelemetry Collector, or Tempo’s metrics generator.',
  },
  {
    title: 'The programs themselves',
    how: 'HTTP client metrics of OpenTelemetry, or of Micrometer in Spring, name whom they call.',
  },
  {
    title: 'An ingress',
    how: 'ingress-nginx with controller.metrics.enabled shows at least what comes in from outside.',
  },
];
