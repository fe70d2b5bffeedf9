import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Control, PlannedWrite } from '../../shared/connectors/kit/control.ts';
import { writesOf } from '../../shared/connectors/kube/rights.ts';
import type { KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import type { Change } from '../../shared/model/change.ts';
import type { Operation, OperationKind } from '../../shared/model/operation.ts';
import type { WorkloadAction } from '../../shared/model/workload.ts';
import { sayRight } from '../support/documentedRoles.ts';
import { type ClusterUnderTest, type OpenCluster, openCluster, paths } from './cluster.ts';
import { configOf, edited, setting as entry } from './config.ts';
import { editsOf, formsOf, setting } from './protections.ts';
import { appPaths, asked, createApp, deploymentOf, poll, viewOf, workloadsOf } from './rollouts.ts';
import { beta, changing, routesOf, routingOf } from './routing.ts';
import { callTo, createShop, endOf, heldIn, isolationOf, tripOf } from './tripSteps.ts';
import { ready, shift, signal, splitOf, weightsOf } from './weights.ts';

/** An operation as it is asked for, and the control that plans it. */
interface Asked<O extends Operation = Operation> {
  readonly control: Control<O>;
  readonly operation: O;
}
const by = <O extends Operation>(control: Control<O>, operation: O): Asked => ({ control, operation });

/** One way in which an operation can write, and the rights that it takes. */
export interface Way {
  readonly kind: OperationKind;
  readonly says: string;
  /** Of the write, and of its way back where there is one. */
  readonly writes: readonly string[];
  ask(open: OpenCluster, cluster: ClusterUnderTest): Promise<Asked>;
  /** False for what cannot be taken back by an undo. */
  readonly back?: false;
}

const way = (
  kind: OperationKind,
  says: string,
  writes: readonly string[],
  ask: Way['ask'],
  more: Pick<Way, 'back'> = {},
): Way => ({ kind, says, writes, ask, ...more });

const routes = 'virtualservices.networking.istio.io';
const rules = 'destinationrules.networking.istio.io';
const policies = 'authorizationpolicies.security.istio.io';

const tripping = (
  says: string,
  callee: string,
  writes: readonly string[],
  mechanism?: Parameters<typeof tripOf>[1],
): Way =>
  way('trip', says, writes, ({ mesh }, cluster) =>
    Promise.resolve(by(isolationOf(mesh), tripOf(callTo(cluster, callee), mechanism))),
  );

const fallingBack = (says: string, callee: string, writes: readonly string[], service: boolean): Way =>
  way('setFallback', says, writes, ({ mesh }, cluster) =>
    Promise.resolve(
      by(isolationOf(mesh), {
        kind: 'setFallback',
        connectionId: 'conformance',
        call: callTo(cluster, callee),
        fallback: service
          ? { kind: 'service', host: callTo(cluster, 'order').host, subset: null }
          : { kind: 'answer', status: 200, body: '{}' },
      }),
    ),
  );

const protecting = (
  says: string,
  writes: readonly string[],
  title: RegExp,
  values: Parameters<typeof setting>[1],
  callee = 'payment',
): Way =>
  way('setProtections', says, writes, async ({ mesh }, { namespace }) => {
    const forms = await formsOf(mesh, namespace, callee);
    const form = forms.find((one) => title.test(one.title));
    if (form === undefined) throw new Error(`no such form: ${forms.map((one) => one.title).join('; ')}`);
    return by(editsOf(mesh), setting(form, values));
  });

const routing = (says: string, change: Parameters<typeof changing>[1]): Way =>
  way('setRouting', says, [`patch ${routes}`], async ({ mesh }, { namespace }) =>
    by(routingOf(mesh), changing(await splitOf(mesh, namespace, ready), change)),
  );

interface Live {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly spec: unknown;
}

/** Edits a label and so proves the way of the text; what the mesh makes of it is the business of other suites. */
const editing = (says: string, resource: string, path: (namespace: string) => string): Way =>
  way('editDocument', says, [`patch ${resource}`], async ({ root }, cluster) => {
    const live = (await cluster.call('GET', path(cluster.namespace))) as Live;
    const { apiVersion, kind, metadata, spec } = live;
    const { name, namespace, labels, annotations } = metadata as Record<string, unknown>;
    const changed = { name, namespace, annotations, labels: { ...(labels as object), edited: 'yes' } };
    const document = {
      connectionId: 'conformance',
      apiVersion,
      kind,
      namespace: String(namespace),
      name: String(name),
      uid: metadata.uid,
    };
    return by(
      configOf(root),
      edited(
        { document, revision: metadata.resourceVersion },
        { kind: 'yaml', text: stringify({ apiVersion, kind, metadata: changed, spec }) },
      ),
    );
  });

const keyed = (says: string, kind: 'configMap' | 'secret', resource: string, restart: boolean): Way =>
  way(
    'editDocument',
    says,
    [`patch ${resource}`, ...(restart ? ['patch deployments.apps'] : [])],
    async ({ root }, { namespace }) => {
      const all = await root.configuration?.read({ namespace, name: 'ledger', hosts: [] }, signal);
      const found = all?.find((one) => one.kind === kind);
      if (found === undefined) throw new Error(`no ${kind} configures ledger`);
      const { ref } = await viewOf(root, namespace, 'ledger');
      return by(configOf(root), edited(found, entry('LIMIT', '11'), restart ? [ref] : []));
    },
    kind === 'secret' ? { back: false } : {},
  );

const working = (says: string, name: string, writes: string, action: WorkloadAction): Way =>
  way('changeWorkload', says, [`patch ${writes}`], async ({ root }, { namespace }) =>
    by(workloadsOf(root), asked(await viewOf(root, namespace, name), action)),
  );

const draining: Way = way(
  'changeWorkload',
  'take an instance out of the traffic',
  ['patch pods'],
  async ({ root }, { namespace }) => {
    // Instances that earlier ways replaced are on their way out.
    const view = await poll(
      () => viewOf(root, namespace, 'ledger'),
      ({ rollout, instances, replicas }) => rollout === null && instances.length === replicas,
    );
    const instance = view.instances[0]?.name ?? '';
    return by(workloadsOf(root), asked(view, { verb: 'drain', instance }));
  },
);

/** Every way in which Podium writes to a Kubernetes API. What is missing here is granted by no documented role. */
export const ways: readonly Way[] = [
  way('setWeights', 'weights of a split', [`patch ${routes}`], async ({ mesh }, { namespace }) =>
    by(weightsOf(mesh), shift(await splitOf(mesh, namespace, ready), [60, 40])),
  ),
  routing('a route by header', { kind: 'addRoute', name: 'beta', match: beta, destination: 1 }),
  routing('a mirror', { kind: 'mirror', destination: 1, percent: 20 }),
  tripping('refuse, at a route that is there', 'payment', [`patch ${routes}`]),
  tripping('refuse, where no route is yet', 'inventory', [`create ${routes}`, `delete ${routes}`]),
  tripping('divert to a service', 'payment', [`patch ${routes}`], {
    kind: 'divert',
    to: { kind: 'service', host: 'order', subset: null },
  }),
  tripping('give a fixed answer', 'payment', [`patch ${routes}`], {
    kind: 'divert',
    to: { kind: 'answer', status: 200, body: '{}' },
  }),
  tripping('deny by a policy', 'inventory', [`create ${policies}`, `delete ${policies}`], { kind: 'deny' }),
  fallingBack('another service, on the route', 'payment', [`patch ${routes}`], true),
  fallingBack('a fixed answer, on the Service', 'inventory', ['patch services'], false),
  protecting('limits and ejection', [`patch ${rules}`], /^Limits and ejection for payment$/, {
    http2MaxRequests: 50,
    consecutive5xxErrors: 7,
  }),
  protecting(
    'limits where none are',
    [`create ${rules}`, `delete ${rules}`],
    /new DestinationRule$/,
    {
      http2MaxRequests: 50,
    },
    'inventory',
  ),
  protecting('time-out and retries', [`patch ${routes}`], /^Time-out and retries of route “default”/, {
    timeout: '3s',
    attempts: 3,
  }),
  protecting(
    'a time-out where no route is',
    [`create ${routes}`, `delete ${routes}`],
    /new VirtualService$/,
    {
      timeout: '3s',
    },
    'inventory',
  ),
  keyed('a ConfigMap, with a restart', 'configMap', 'configmaps', true),
  keyed('a Secret', 'secret', 'secrets', false),
  editing('a Deployment', 'deployments.apps', (ns) => `${appPaths(ns).deployments}/ledger`),
  editing('a StatefulSet', 'statefulsets.apps', (ns) => `/apis/apps/v1/namespaces/${ns}/statefulsets/store`),
  editing('a DaemonSet', 'daemonsets.apps', (ns) => `/apis/apps/v1/namespaces/${ns}/daemonsets/agent`),
  editing('a VirtualService', routes, (ns) => `${paths(ns).virtualServices}/payment`),
  editing('a DestinationRule', rules, (ns) => `${paths(ns).destinationRules}/payment`),
  editing('a ServiceEntry', 'serviceentries.networking.istio.io', (ns) => `${paths(ns).serviceEntries}/bank`),
  editing('a Gateway', 'gateways.networking.istio.io', (ns) => `${gatewaysPath(ns)}/way-in`),
  editing('an AuthorizationPolicy', policies, (ns) => `${paths(ns).authorizationPolicies}/callers`),
  working('scale a Deployment', 'ledger', 'deployments.apps', { verb: 'scale', replicas: 2 }),
  working('restart a Deployment', 'ledger', 'deployments.apps', { verb: 'restart' }),
  working('pause a Deployment', 'ledger', 'deployments.apps', { verb: 'pause' }),
  working('roll a Deployment back', 'ledger', 'deployments.apps', { verb: 'rollBack', revision: 0 }),
  working('scale a StatefulSet', 'store', 'statefulsets.apps', { verb: 'scale', replicas: 2 }),
  working('restart a StatefulSet', 'store', 'statefulsets.apps', { verb: 'restart' }),
  working('restart a DaemonSet', 'agent', 'daemonsets.apps', { verb: 'restart' }),
  draining,
];

const gatewaysPath = (namespace: string) => `/apis/networking.istio.io/v1/namespaces/${namespace}/gateways`;

/** Everything that the ways write to. */
async function createAll(cluster: ClusterUnderTest): Promise<void> {
  const { namespace } = cluster;
  const path = paths(namespace);
  await createShop(cluster);
  const create = (at: string, apiVersion: string, kind: string, name: string, body: object) =>
    cluster.call('POST', at, { apiVersion, kind, metadata: { name, namespace }, ...body });
  await create(appPaths(namespace).configMaps, 'v1', 'ConfigMap', 'ledger-env', { data: { LIMIT: '10' } });
  await create(appPaths(namespace).secrets, 'v1', 'Secret', 'ledger-db', { data: { LIMIT: 'MTA=' } });
  const from = [{ configMapRef: { name: 'ledger-env' } }, { secretRef: { name: 'ledger-db' } }];
  await createApp(cluster, 'ledger', { replicas: 1, container: { envFrom: from } });
  const networking = 'networking.istio.io/v1';
  await create(path.serviceEntries, networking, 'ServiceEntry', 'bank', {
    spec: {
      hosts: ['bank.example.com'],
      ports: [{ number: 443, name: 'https', protocol: 'TLS' }],
      resolution: 'DNS',
    },
  });
  await create(gatewaysPath(namespace), networking, 'Gateway', 'way-in', {
    spec: {
      selector: { app: 'way-in' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['way-in.example.com'] }],
    },
  });
  await create(path.authorizationPolicies, 'security.istio.io/v1', 'AuthorizationPolicy', 'callers', {
    spec: {
      selector: { matchLabels: { app: 'payment' } },
      action: 'DENY',
      rules: [{ from: [{ source: { principals: ['cluster.local/ns/elsewhere/sa/nobody'] } }] }],
    },
  });
  for (const [kind, plural, name] of [
    ['StatefulSet', 'statefulsets', 'store'],
    ['DaemonSet', 'daemonsets', 'agent'],
  ] as const) {
    const { spec } = deploymentOf(namespace, name, { replicas: 1 }) as { readonly spec: object };
    const { replicas: _, ...each } = spec as Record<string, unknown>;
    await cluster.call('POST', appPaths(namespace).services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { selector: { app: name }, ports: [{ name: 'http', port: 8080, targetPort: 8080 }] },
    });
    await create(`/apis/apps/v1/namespaces/${namespace}/${plural}`, 'apps/v1', kind, name, {
      spec: kind === 'StatefulSet' ? { ...spec, serviceName: name } : each,
    });
  }
}

/** The rights that the changes of a plan take. */
const rightsFor = (plan: PlannedWrite): readonly string[] =>
  plan.changes.map(({ action, document: { apiVersion, kind } }) =>
    sayRight(action, apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '', pluralOf(kind)),
  );
const pluralOf = (kind: string): string =>
  kind.endsWith('y') && !kind.endsWith('ay')
    ? `${kind.slice(0, -1).toLowerCase()}ies`
    : `${kind.toLowerCase()}s`;

/** Reads back what was written. The values of a Secret are kept by nobody, so they are looked up. */
async function expectWritten(
  control: Control<Operation>,
  { call, namespace }: ClusterUnderTest,
  change: Change,
): Promise<void> {
  if (change.withheld) {
    const { data } = (await call('GET', `${appPaths(namespace).secrets}/${change.document.name}`)) as {
      readonly data: unknown;
    };
    expect(data).toEqual({ LIMIT: Buffer.from('11').toString('base64') });
    return;
  }
  expect(await control.verify(change, signal)).toMatchObject({ state: 'after' });
}

/** Every operation there is, done and taken back by somebody who has the documented roles and nothing else. */
export function everyOperationConformance(
  name: string,
  start: () => Promise<ClusterUnderTest>,
  operatorOf: (cluster: ClusterUnderTest) => Promise<KubernetesSettings>,
): void {
  describe(`every operation on ${name}, with the documented roles`, () => {
    let cluster: ClusterUnderTest;
    let open: OpenCluster;
    beforeAll(async () => {
      cluster = await start();
      await createAll(cluster);
      open = await openCluster(await operatorOf(cluster));
    });
    afterAll(async () => {
      await open[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    });

    test('nothing that the roles are for is denied when the cluster is opened', () => {
      const denied = open.root.permissions.filter(({ allowed }) => allowed !== true);
      expect(denied.filter(({ purpose }) => !purpose.includes('Prometheus'))).toEqual([]);
    });

    test.each(ways.map((one) => [one.kind, one.says, one] as const))('%s: %s', async (_kind, _says, one) => {
      const { control, operation } = await one.ask(open, cluster);
      const plan = await control.plan(operation, signal);
      // Nothing is refused: neither by the role, nor by the server's own trial.
      expect(plan.guards.filter(({ verdict }) => verdict === 'block')).toEqual([]);
      const stamp = {
        operationId: 'op-1',
        by: 'jo',
        reason: '',
        at: Date.now(),
        until: Date.now() + 300_000,
      };
      const write = control.stamp?.(plan, stamp) ?? plan;
      await control.apply(write, signal);
      for (const change of write.changes) await expectWritten(control, cluster, change);
      const used = [...rightsFor(write)];
      if (one.back !== false) {
        const undo = await control.planUndo?.(operation, write.changes, signal);
        if (undo === undefined) throw new Error('there is no way back');
        expect(undo.guards.filter(({ verdict }) => verdict === 'block')).toEqual([]);
        await control.apply(undo, signal);
        used.push(...rightsFor(undo));
      }
      expect([...new Set(used)].sort()).toEqual([...one.writes].sort());
      const declared = writesOf[one.kind].map(({ verb, group, resource }) => sayRight(verb, group, resource));
      expect(declared).toEqual(expect.arrayContaining(used));
    });

    test('endTrip: a trip is ended by its marker alone', async () => {
      const control = isolationOf(open.mesh);
      const plan = await control.plan(tripOf(callTo(cluster, 'payment')), signal);
      await control.apply(plan, signal);
      const [trip] = await heldIn(open.mesh, (trips) => trips.length > 0);
      if (trip === undefined) throw new Error('no trip is held');
      const end = await control.plan(endOf(trip), signal);
      await control.apply(end, signal);
      expect(rightsFor(end)).toEqual([`patch ${routes}`]);
      expect(await heldIn(open.mesh, (trips) => trips.length === 0)).toEqual([]);
    });

    test('setRouting: a route that was made here is removed by the form', async () => {
      const control = routingOf(open.mesh);
      const split = () => splitOf(open.mesh, cluster.namespace, ready);
      const add = { kind: 'addRoute' as const, name: 'beta', match: beta, destination: 1 };
      await control.apply(await control.plan(changing(await split(), add), signal), signal);
      const [route] = await routesOf(open.mesh, cluster.namespace, (all) => all.length > 0);
      const remove = { kind: 'removeRoute' as const, routeName: route?.name ?? '' };
      await control.apply(await control.plan(changing(await split(), remove), signal), signal);
      expect(await routesOf(open.mesh, cluster.namespace, (all) => all.length === 0)).toEqual([]);
    });
  });
}
