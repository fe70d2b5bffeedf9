import type { Behaviour, CallBehaviour } from '../traffic/behaviour.ts';
import { hostOf, type Fleet, type ServiceSpec } from './fleet.ts';
import { namespaceObject, serviceObjects } from './objects.ts';
import { createPlaces } from './pods.ts';

/** Of customers who come by the department's own ingress. */
const requestsPerSecond = 8;
/** Addresses before this are those of the shop's pods. */
const firstPlace = 500;

const http = [{ name: 'http', port: 8080, appProtocol: 'http' }];
const day = 1440;

const service = (
  namespace: string,
  name: string,
  image: string,
  replicas: number,
  deployedDaysAgo: number,
): ServiceSpec => ({
  namespace,
  name,
  owner: 'team-accounts',
  ports: http,
  outsideMesh: true,
  versions: [{ version: 'v1', replicas, image, deployedMinutesAgo: deployedDaysAgo * day }],
});

/** Nobody counts the calls of those in `archive`: they are there, and whether they are well is all that is known. */
const services: readonly ServiceSpec[] = [
  service('accounts', 'ingress-nginx-controller', 'ingress-nginx/controller:v1.13.2', 1, 45),
  service('accounts', 'portal', 'accounts/portal:2.7.0', 2, 12),
  service('accounts', 'billing', 'accounts/billing:1.14.3', 2, 26),
  service('accounts', 'debtors', 'accounts/debtors:3.2.1', 2, 33),
  service('accounts', 'tax-rates', 'accounts/tax-rates:0.9.0', 1, 70),
  service('archive', 'scans', 'archive/scans:1.1.0', 1, 120),
  service('archive', 'retention', 'archive/retention:1.0.2', 1, 210),
];

const callTo = (name: string, path: string, perRequest: number): CallBehaviour => ({
  host: hostOf('accounts', name),
  path,
  perRequest,
  protocol: 'http',
  onFailure: 'fail',
});

const traced = (medianMs: number, p99Ms: number, calls: Behaviour['calls'] = []): Behaviour => ({
  latency: { medianMs, p99Ms },
  errorRatio: 0.0001,
  capacityPerInstance: 60,
  countedBy: 'traces',
  calls,
});

/** The shop's accounts department: no mesh, but an ingress controller that counts and programs that are traced. */
export function withAccounts({ objects, behaviour }: Fleet, now: number): Fleet {
  const places = createPlaces(['node-1', 'node-2', 'node-3', 'node-4'], firstPlace);
  const namespaces = [...new Set(services.map(({ namespace }) => namespace))];
  return {
    objects: [
      ...objects,
      ...namespaces.map((name) => namespaceObject(name, now - 240 * day * 60_000, false)),
      ...services.flatMap((spec) => serviceObjects(spec, now, places)),
    ],
    behaviour: {
      ...behaviour,
      services: {
        ...behaviour.services,
        'accounts/ingress-nginx-controller': {
          v1: { ...traced(1, 4, [callTo('portal', '/', 1)]), countedBy: 'ingress-nginx' },
        },
        'accounts/portal': {
          v1: traced(21, 80, [callTo('debtors', '/debtors', 0.9), callTo('billing', '/billing', 0.6)]),
        },
        'accounts/billing': { v1: traced(34, 140, [callTo('tax-rates', '/rates', 0.5)]) },
        'accounts/debtors': { v1: traced(11, 40) },
        'accounts/tax-rates': { v1: traced(3, 12) },
      },
      entries: [
        ...behaviour.entries,
        { host: hostOf('accounts', 'ingress-nginx-controller'), path: '/', requestsPerSecond },
      ],
    },
  };
}
