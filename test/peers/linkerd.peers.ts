import { afterAll, beforeAll } from 'vitest';
import { linkerdConformance } from '../conformance/linkerd.ts';
import { anyWeights } from '../conformance/anyWeights.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { startRoutedPayment } from '../conformance/routesPayment.ts';
import { realOperatorOf } from '../support/bindRoles.ts';
import { readCoordinates } from './coordinates.ts';
import { clientFor } from './measure.ts';
import { waitFor } from './start/processes.ts';

const admin = clientFor(readCoordinates(), 'admin');
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Of a kind whose fields this suite leaves to whoever writes them. */
const definition = (group: string, version: string, kind: string, plural: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
});
const kinds = [
  definition('linkerd.io', 'v1alpha2', 'ServiceProfile', 'serviceprofiles'),
  definition('policy.linkerd.io', 'v1beta3', 'HTTPRoute', 'httproutes'),
  definition('split.smi-spec.io', 'v1alpha2', 'TrafficSplit', 'trafficsplits'),
];
const servedAt = ({ spec }: (typeof kinds)[number]): string =>
  `/apis/${spec.group}/${spec.versions[0]?.name ?? ''}/${spec.names.plural}`;

beforeAll(async () => {
  for (const kind of kinds) await admin.apply(kind);
  for (const kind of kinds)
    await waitFor(servedAt(kind), { limitMs: 30_000 }, async () => {
      return (await admin.call(servedAt(kind))).status === 200;
    });
}, 60_000);
// Other suites are about clusters without them.
afterAll(async () => {
  for (const { metadata } of kinds) await admin.call(`${definitions}/${metadata.name}`, { method: 'DELETE' });
});

linkerdConformance('a real API server with the kinds of Linkerd and SMI', startRealCluster, realOperatorOf);
anyWeights('Linkerd’s HTTPRoutes of a real API server', () =>
  startRoutedPayment(startRealCluster, 'HTTPRoute of Linkerd'),
);
