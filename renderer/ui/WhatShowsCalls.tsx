/** What can be switched on so that calls are seen, best first. Each needs a Prometheus that scrapes it. */
const whatShowsCalls: readonly { readonly title: string; readonly how: string }[] = [
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
    how: 'ingress-nginx with controller.metrics.enabled, Traefik with metrics.prometheus, Contour, Kong, HAProxy’s or NGINX Inc.’s controller, or a Spring Cloud Gateway, shows at least what comes in from outside.',
  },
];

/** What would have to be scraped so that calls are seen. */
export function WhatShowsCalls() {
  return (
    <dl className="whatShowsCallsList">
      {whatShowsCalls.map(({ title, how }) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{how}</dd>
        </div>
      ))}
    </dl>
  );
}
