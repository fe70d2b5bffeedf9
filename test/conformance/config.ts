import { describe, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { Control } from '../../shared/connectors/kit/control.ts';
import type { KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import type { ConfigDocument } from '../../shared/model/config.ts';
import type { DocumentRef } from '../../shared/model/entity.ts';
import type { EditDocument } from '../../shared/model/operation.ts';
import type { ClusterUnderTest } from './cluster.ts';
import {
  appPaths,
  createApp,
  lasting,
  openKubernetes,
  poll,
  proven,
  readDeployment,
  signal,
  viewOf,
} from './rollouts.ts';
import { guardsOf } from './weights.ts';

const secretValue = 'hunter2-and-more';

export function configOf(session: Session): Control<EditDocument> {
  if (session.config === undefined) throw new Error('the session edits no configuration');
  return session.config;
}

export const edited = (
  { document, revision }: Pick<ConfigDocument, 'document' | 'revision'>,
  edit: EditDocument['edit'],
  restart: EditDocument['restart'] = [],
): EditDocument => ({
  kind: 'editDocument',
  connectionId: document.connectionId,
  serviceId: null,
  document,
  revision,
  edit,
  restart,
});

export const setting = (key: string, value: string): EditDocument['edit'] => ({
  kind: 'entries',
  set: [{ key, value }],
  remove: [],
});

export async function readConfig(session: Session, namespace: string, name: string) {
  if (session.configuration === undefined) throw new Error('the session reads no configuration');
  const all = await session.configuration.read({ namespace, name, hosts: [] }, signal);
  return {
    all,
    of(kind: ConfigDocument['kind'], named: string): ConfigDocument {
      const found = all.find((one) => one.kind === kind && one.document.name === named);
      if (found === undefined) throw new Error(`no ${kind} ${named} among ${JSON.stringify(all)}`);
      return found;
    },
  };
}

const map = (namespace: string, name: string, data: unknown, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, annotations: { note: 'kept' } },
  data,
  ...more,
});

/** A service whose pods read configuration in every way there is. */
export async function createConfigured(cluster: ClusterUnderTest): Promise<void> {
  const { namespace } = cluster;
  const path = appPaths(namespace);
  await cluster.call(
    'POST',
    path.configMaps,
    map(namespace, 'order-env', { LOG_LEVEL: 'info', LIMIT: '10' }),
  );
  await cluster.call(
    'POST',
    path.configMaps,
    map(
      namespace,
      'order-files',
      { 'app.yaml': 'cache: 5m\nretries: 2\n' },
      { binaryData: { logo: 'AAEC/w==' } },
    ),
  );
  await cluster.call('POST', path.secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'order-db', namespace },
    data: { password: Buffer.from(secretValue).toString('base64'), key: '/wA=' },
  });
  await createApp(cluster, 'order', {
    replicas: 1,
    container: {
      envFrom: [{ configMapRef: { name: 'order-env' } }],
      env: [
        { name: 'REGION', value: 'eu-1' },
        { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'order-db', key: 'password' } } },
      ],
      volumeMounts: [
        { name: 'files', mountPath: '/etc/app' },
        { name: 'files', mountPath: '/etc/one.yaml', subPath: 'app.yaml' },
      ],
    },
    volumes: [
      { name: 'files', projected: { sources: [{ configMap: { name: 'order-files' } }] } },
      { name: 'absent', configMap: { name: 'order-absent', optional: true } },
    ],
  });
}

/** What every source and control of configuration on a Kubernetes API does, whoever serves it. */
export function configConformance(
  name: string,
  start: () => Promise<ClusterUnderTest>,
  viewer: (cluster: ClusterUnderTest) => KubernetesSettings,
): void {
  describe(`configuration on ${name}`, () => {
    test('shows what configures a service and how each part reaches its processes, and no secret value', async () => {
      await using cluster = await start();
      await createConfigured(cluster);
      await using session = await openKubernetes(cluster.settings);
      const config = await readConfig(session, cluster.namespace, 'order');
      expect(config.all.map((one) => [one.kind, one.document.name])).toEqual([
        ['secret', 'order-db'],
        ['configMap', 'order-env'],
        ['configMap', 'order-files'],
        ['environment', 'order'],
      ]);
      const reach = (one: ConfigDocument) => one.reach.map(({ how, arrival }) => [how, arrival]);
      expect(reach(config.of('configMap', 'order-env'))).toEqual([
        ['environment of container app', 'restart'],
      ]);
      expect(reach(config.of('configMap', 'order-files'))).toEqual([
        ['container app: mounted at /etc/app', 'file'],
        ['container app: mounted at /etc/one.yaml (subPath app.yaml)', 'restart'],
      ]);
      expect(reach(config.of('secret', 'order-db'))).toEqual([
        ['environment variable DB_PASSWORD of container app', 'restart'],
      ]);
      expect(config.of('environment', 'order').entries).toEqual([
        { key: 'REGION', value: 'eu-1', bytes: 4, binary: false },
      ]);
      expect(config.of('configMap', 'order-files').entries).toEqual([
        { key: 'app.yaml', value: 'cache: 5m\nretries: 2\n', bytes: 21, binary: false },
        { key: 'logo', value: null, bytes: 4, binary: true },
      ]);
      const secret = config.of('secret', 'order-db');
      expect(secret.yaml).toBeNull();
      expect(secret.entries.map(({ key, value, bytes }) => [key, value, bytes]).sort()).toEqual([
        ['key', null, 2],
        ['password', null, secretValue.length],
      ]);
      const told = JSON.stringify(config.all);
      expect(told).not.toContain(secretValue);
      expect(told).not.toContain(Buffer.from(secretValue).toString('base64'));
      expect(config.of('configMap', 'order-env').writers[0]?.who).toBeTruthy();
    });

    test('tells one value of a Secret when it is asked for, and bytes by their number', async () => {
      await using cluster = await start();
      await createConfigured(cluster);
      await using session = await openKubernetes(cluster.settings);
      const { document } = (await readConfig(session, cluster.namespace, 'order')).of('secret', 'order-db');
      expect(await session.configuration?.reveal(document, 'password', signal)).toBe(secretValue);
      await expect(session.configuration?.reveal(document, 'key', signal)).rejects.toThrow(
        '2 bytes that are not text',
      );
      await expect(session.configuration?.reveal(document, 'none', signal)).rejects.toThrow('no key none');
    });

    test('M15 an edit that only a restart brings about asks for it, and both go and come back as one', async () => {
      await using cluster = await start();
      await createConfigured(cluster);
      await using session = await openKubernetes(cluster.settings);
      const control = configOf(session);
      const path = `${appPaths(cluster.namespace).configMaps}/order-env`;
      const read = async () => (await cluster.call('GET', path)) as { readonly data: unknown };
      const document = (await readConfig(session, cluster.namespace, 'order')).of('configMap', 'order-env');
      const alone = await control.plan(edited(document, setting('LOG_LEVEL', 'debug')), signal);
      expect(alone.guards.find(({ id }) => id === 'restart-order')).toMatchObject({
        verdict: 'tick',
        title: 'order keeps the old value until its instances are replaced',
      });
      expect(alone.expectation.kind).toBe('unmeasured');

      const { ref } = await viewOf(session, cluster.namespace, 'order');
      const operation = edited(document, setting('LOG_LEVEL', 'debug'), [ref]);
      const plan = await control.plan(operation, signal);
      expect(plan.title).toBe('Set LOG_LEVEL in ConfigMap order-env and restart order');
      expect(plan.changes.map(({ document: { kind } }) => kind)).toEqual(['ConfigMap', 'Deployment']);
      expect(new Set(Object.values(guardsOf(plan)))).toEqual(new Set(['pass']));
      expect(plan.notes[0]).toBe(
        'Exactly this is written: [{"op":"replace","path":"/data/LOG_LEVEL","value":"debug"}]',
      );
      expect((await read()).data).toEqual({ LOG_LEVEL: 'info', LIMIT: '10' });
      const before = lasting(await readDeployment(cluster, 'order'));
      const receipt = await control.apply(plan, signal);
      expect(receipt.revisions).toHaveLength(2);
      expect((await read()).data).toEqual({ LOG_LEVEL: 'debug', LIMIT: '10' });
      for (const change of plan.changes)
        expect(await control.verify(change, signal)).toMatchObject({ state: 'after' });
      await proven(session, plan.expectation, 'seen');

      const undo = await control.planUndo(operation, plan.changes, signal);
      // What new instances read comes before the instances, on the way back too.
      expect(undo.changes.map(({ document: { kind } }) => kind)).toEqual(['ConfigMap', 'Deployment']);
      await control.apply(undo, signal);
      await proven(session, undo.expectation, 'seen');
      expect(await read()).toMatchObject({ data: { LOG_LEVEL: 'info', LIMIT: '10' } });
      expect(lasting(await readDeployment(cluster, 'order'))).toEqual(before);
    });

    test('a change of a mounted file needs no restart, and nobody can say whether it is read again', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await cluster.call(
        'POST',
        appPaths(namespace).configMaps,
        map(namespace, 'order-file', { 'a.yaml': 'a: 1' }),
      );
      await createApp(cluster, 'order', {
        replicas: 1,
        container: { volumeMounts: [{ name: 'files', mountPath: '/etc/app' }] },
        volumes: [{ name: 'files', configMap: { name: 'order-file' } }],
      });
      await using session = await openKubernetes(cluster.settings);
      const document = (await readConfig(session, namespace, 'order')).of('configMap', 'order-file');
      const plan = await configOf(session).plan(edited(document, setting('a.yaml', 'a: 2')), signal);
      expect(new Set(Object.values(guardsOf(plan)))).toEqual(new Set(['pass']));
      expect(plan.notes.join(' ')).toMatch(
        /kubelet updates the file within about a minute; whether the process/,
      );
      expect(plan.expectation).toMatchObject({ kind: 'unmeasured' });
    });

    test('the environment in a template is edited in place, which replaces the instances', async () => {
      await using cluster = await start();
      await createConfigured(cluster);
      await using session = await openKubernetes(cluster.settings);
      const control = configOf(session);
      const document = (await readConfig(session, cluster.namespace, 'order')).of('environment', 'order');
      const before = lasting(await readDeployment(cluster, 'order'));
      const operation = edited(document, {
        kind: 'entries',
        set: [
          { key: 'REGION', value: 'eu-2' },
          { key: 'NEW', value: '' },
        ],
        remove: [],
      });
      const plan = await control.plan(operation, signal);
      expect(plan.expectation.kind).toBe('rollout');
      await control.apply(plan, signal);
      await proven(session, plan.expectation, 'seen');
      const after = (await readConfig(session, cluster.namespace, 'order')).of('environment', 'order');
      expect(after.entries.map(({ key, value }) => [key, value])).toEqual([
        ['REGION', 'eu-2'],
        ['NEW', ''],
      ]);
      await expect(control.plan(edited(after, setting('DB_PASSWORD', 'x')), signal)).rejects.toThrow(
        /takes its value from elsewhere/,
      );
      await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
      expect(lasting(await readDeployment(cluster, 'order'))).toEqual(before);
    });

    test('a workload that is named twice to be restarted is refused, for a plan writes each document once', async () => {
      await using cluster = await start();
      await createConfigured(cluster);
      await using session = await openKubernetes(cluster.settings);
      const map = (await readConfig(session, cluster.namespace, 'order')).of('configMap', 'order-env');
      const { ref } = await viewOf(session, cluster.namespace, 'order');
      const twice = edited(map, setting('ANOTHER', '1'), [ref, ref]);
      await expect(configOf(session).plan(twice, signal)).rejects.toThrow(/names a document twice/);
    });

    test('a Secret is edited without its values being kept, and says that it cannot be undone', async () => {
      await using cluster = await start();
      await createConfigured(cluster);
      await using session = await openKubernetes(cluster.settings);
      const control = configOf(session);
      const document = (await readConfig(session, cluster.namespace, 'order')).of('secret', 'order-db');
      const operation = edited(document, setting('password', 'correct-horse'));
      const plan = await control.plan(operation, signal);
      expect(plan.notes[0]).toMatch(/cannot be undone/);
      const told = JSON.stringify(plan);
      for (const secret of [secretValue, 'correct-horse'])
        for (const form of [secret, Buffer.from(secret).toString('base64')]) expect(told).not.toContain(form);
      await control.apply(plan, signal);
      expect(await session.configuration?.reveal(document.document, 'password', signal)).toBe(
        'correct-horse',
      );
      await expect(control.planUndo(operation, plan.changes, signal)).rejects.toThrow(/were not kept/);
      await expect(
        control.plan(edited(document, { kind: 'yaml', text: 'data: {}' }), signal),
      ).rejects.toThrow(/key by key/);
    });

    test('an immutable ConfigMap is shown as such, and an edit of it is refused in the peer’s words', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await cluster.call(
        'POST',
        appPaths(namespace).configMaps,
        map(namespace, 'fixed', { A: '1' }, { immutable: true }),
      );
      await createApp(cluster, 'order', {
        replicas: 1,
        container: { envFrom: [{ configMapRef: { name: 'fixed' } }] },
      });
      await using session = await openKubernetes(cluster.settings);
      const document = (await readConfig(session, namespace, 'order')).of('configMap', 'fixed');
      expect(document).toMatchObject({
        immutable: true,
        readOnly: expect.stringMatching(/It is immutable/) as unknown,
      });
      const plan = await configOf(session).plan(edited(document, setting('A', '2')), signal);
      expect(plan.guards.find(({ id }) => id === 'dry-run')).toMatchObject({
        verdict: 'block',
        detail: expect.stringMatching(/field is immutable when `immutable` is set/) as unknown,
      });
    });

    test('finds a key or a value over all that configures, and of Secrets no value', async () => {
      await using cluster = await start();
      await createConfigured(cluster);
      await using session = await openKubernetes(cluster.settings);
      const search = async (query: string) => {
        const found = await session.configuration?.search(query, signal);
        return {
          problems: found?.problems,
          hits: found?.hits
            .filter(({ document }) => document.namespace === cluster.namespace)
            .map(({ document, key, line, services }) => [document.kind, document.name, key, line, services]),
        };
      };
      const service = `${cluster.namespace}/order`;
      expect((await search('LOG_level')).hits).toEqual([
        ['ConfigMap', 'order-env', 'LOG_LEVEL', 'info', [service]],
      ]);
      expect((await search('retries')).hits).toEqual([
        ['ConfigMap', 'order-files', 'app.yaml', 'retries: 2', [service]],
      ]);
      expect((await search('eu-1')).hits).toEqual([['Deployment', 'order', 'REGION', 'eu-1', [service]]]);
      const secrets = await search('password');
      expect(secrets.hits).toEqual([['Secret', 'order-db', 'password', null, [service]]]);
      expect(secrets.problems).toEqual([
        'Of Secrets only names, and keys that a workload names, were searched.',
      ]);
      expect((await search('hunter2')).hits).toEqual([]);
    });

    test('says who wrote a document when, and what templates a workload had', async () => {
      await using cluster = await start();
      await createConfigured(cluster);
      await using session = await openKubernetes(cluster.settings);
      const config = await readConfig(session, cluster.namespace, 'order');
      const history = (document: DocumentRef) => session.configuration?.history(document, signal);
      await configOf(session)
        .plan(edited(config.of('configMap', 'order-env'), setting('LIMIT', '11')), signal)
        .then((plan) => configOf(session).apply(plan, signal));
      const written = await history(config.of('configMap', 'order-env').document);
      expect(written?.map(({ who, source }) => [who, source])).toContainEqual(['podium', 'managedFields']);
      const templates = await poll(
        async () => (await history(config.of('environment', 'order').document)) ?? [],
        (all) => all.some(({ yaml }) => yaml !== null),
      );
      expect(templates.find(({ yaml }) => yaml !== null)).toMatchObject({
        source: expect.stringMatching(/^ReplicaSet order-\S+, revision 1$/) as unknown,
        yaml: expect.stringContaining('registry.example.com/order:1') as unknown,
      });
    });

    test('who may only read sees no Secret, is told what to ask for, and writes nothing', async () => {
      await using cluster = await start();
      await createConfigured(cluster);
      await using session = await openKubernetes(viewer(cluster));
      const config = await readConfig(session, cluster.namespace, 'order');
      expect(config.of('secret', 'order-db')).toMatchObject({
        entries: [],
        readOnly: 'You may not read it: ask for the verb “get” on secrets.',
      });
      const document = config.of('configMap', 'order-env');
      const plan = await configOf(session).plan(edited(document, setting('LIMIT', '11')), signal);
      expect(plan.guards.find(({ id }) => id === 'access')).toMatchObject({
        verdict: 'block',
        detail: 'Ask for the verb “patch” on configmaps.',
      });
    });
  });
}
