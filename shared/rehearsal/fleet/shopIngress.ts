import { issue } from '../certificate.ts';
import type { KubeInput } from '../kube/store.ts';
import { timeOf } from './time.ts';

const dayMs = 86_400_000;
const host = 'shop.example.com';

/** The shop's way in from outside; the certificate that it shows was not renewed, and ends in twelve days. */
export function shopIngress(now: number): KubeInput[] {
  const metadata = (name: string) => ({
    name,
    namespace: 'edge',
    labels: { 'app.kubernetes.io/part-of': 'shop' },
    creationTimestamp: timeOf(now - 60 * dayMs),
  });
  // Half a day more than whole ones: "12 d" for as long as a rehearsal lasts.
  const { cert, key } = issue({
    name: host,
    names: [host],
    from: now - 78 * dayMs,
    until: now + 12 * dayMs + dayMs / 2,
  });
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('shop-tls'),
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': cert, 'tls.key': key },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: metadata('shop'),
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: [host], secretName: 'shop-tls' }],
        rules: [
          {
            host,
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'edge-gateway', port: { name: 'http' } } },
                },
              ],
            },
          },
        ],
      },
      status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } },
    },
  ];
}
