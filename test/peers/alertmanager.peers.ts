import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertmanager } from '../../shared/connectors/alertmanager/connector.ts';
import type { ConnectorHost, Found, Offer, Session } from '../../shared/connectors/kit/connector.ts';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import type { AlertObservation } from '../../shared/model/alert.ts';
import { alertsConformance, controlOf, is, silenceOf, stamped } from '../conformance/alerts.ts';
import { hostOf, until } from '../conformance/cluster.ts';
import { changeOf, signal } from '../conformance/weights.ts';
import { bindRoles } from '../support/bindRoles.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { findPeers } from './install.ts';
import { clientFor } from './measure.ts';
import { nodeAddress } from './namespace.ts';
import { startAlertmanager, type AlertmanagerPeer } from './start/alertmanager.ts';
import { noteStarted } from './started.ts';

const peers = readCoordinates();
const rulesFile = join(peers.runDir, 'prometheus', 'rules', 'alerts.json');
const services = '/api/v1/namespaces/monitoring/services';
const pods = '/api/v1/namespaces/monitoring/pods';
const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/monitoring';
const name = 'alertmanager';

let peer: AlertmanagerPeer;

beforeAll(async () => {
  const installed = findPeers().alertmanager;
  if (installed.kind === 'absent') throw new Error(`Alertmanager is absent because ${installed.because}`);
  peer = await startAlertmanager({ dir: installed.dir, runDir: peers.runDir, address: nodeAddress });
  noteStarted(peers.runDir, installed.name);
}, 90_000);
afterAll(() => peer[Symbol.asyncDispose]());

alertsConformance('a real Alertmanager', () => Promise.resolve({ address: peer.url }));

/** The alerts of a session by that name, once one is as expected. */
async function alertNamed(
  session: Session,
  wanted: string,
  expected: (alert: AlertObservation) => boolean,
): Promise<AlertObservation> {
  const { alerts } = session;
  if (alerts === undefined) throw new Error('the session tells of no alerts');
  const found = await until(
    async function* (stop) {
      for (;;) {
        const read = await alerts.read(stop);
        yield read.alerts.find((alert) => alert.name === wanted && expected(alert)) ?? null;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
    (alert) => alert !== null,
    40_000,
  );
  if (found === null) throw new Error('cannot be');
  return found;
}

/** What a cluster leads to, once it is as expected: the proxy's own picture of endpoints and roles may be a moment behind. */
async function foundBy(
  root: Session,
  expected: (found: { readonly names: readonly string[]; readonly absent: Found['absent'] }) => boolean,
) {
  const found = await until(
    async function* (stop) {
      for (;;) {
        const { offers = [], absent = [] } = (await root.offers?.find(stop)) ?? {};
        yield { names: offers.map(({ connector }) => connector), absent, offers: () => offers };
      }
    },
    expected,
    30_000,
  );
  return {
    absent: found.absent,
    offerOf(connector: string): Offer {
      const offer = found.offers().find((one) => one.connector === connector);
      if (offer === undefined) throw new Error(`${connector} was not offered`);
      return offer;
    },
  };
}

const openOffered = ({ settings, lent }: Offer): Promise<Session> =>
  alertmanager.open(alertmanager.settings.parse(settings), hostOf(lent));

async function setRules(rules: readonly object[]): Promise<void> {
  await mkdir(join(rulesFile, '..'), { recursive: true });
  if (rules.length === 0) await rm(rulesFile, { force: true });
  else await writeFile(rulesFile, JSON.stringify({ groups: [{ name: 'podium', interval: '1s', rules }] }));
  const answer = await fetch(`${peers.prometheus?.url}/-/reload`, { method: 'POST' });
  if (!answer.ok) throw new Error(`reloading the rules: ${answer.status} ${await answer.text()}`);
}

describe('a real Prometheus with rules, and the Alertmanager of a real cluster', () => {
  const admin = clientFor(peers, 'admin');
  const host: ConnectorHost = hostOf();
  const create = async (path: string, body: object): Promise<void> => {
    const answer = await admin.call(path, { method: 'POST', body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  };

  beforeAll(async () => {
    // Alertmanager listens at every address, so also at that of this pod of kwok's.
    const labels = { 'app.kubernetes.io/name': name };
    await create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'monitoring', labels },
      spec: { nodeName: 'n1', containers: [{ name, image: 'quay.io/prometheus/alertmanager:v0.25.0' }] },
    });
    await create(services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'monitoring', labels },
      spec: { selector: labels, ports: [{ name: 'http-web', port: 9093, targetPort: 9093 }] },
    });
    await setRules([
      {
        alert: 'PodiumFires',
        expr: 'vector(1) > 0',
        labels: { severity: 'critical', namespace: 'shop', service: 'payment' },
        annotations: { summary: 'it is {{ $value }}' },
      },
      { alert: 'PodiumPends', expr: 'vector(1) > 0', for: '1h', labels: { namespace: 'shop' } },
    ]);
  }, 60_000);
  afterAll(async () => {
    await setRules([]);
    await admin.call(`${pods}/${name}`, { method: 'DELETE' });
    await admin.call(`${services}/${name}`, { method: 'DELETE' });
  });

  test('what a rule fires arrives, through the API server, and Prometheus itself says what pends', async () => {
    const began = Date.now();
    await using root = await kubernetes.open(
      { kubeconfig: { paths: [peers.kubernetes.kubeconfigFile] }, context: 'admin' },
      host,
    );
    const { offerOf } = await foundBy(root, ({ names }) => names.includes('alertmanager'));
    await using session = await openOffered(offerOf('alertmanager'));
    const fired = await alertNamed(session, 'PodiumFires', ({ phase }) => phase === 'firing');
    expect(fired).toMatchObject({
      severity: 'critical',
      summary: 'it is 1',
      labels: { namespace: 'shop', service: 'payment' },
    });
    noteFigure(
      peers,
      'alertmanager',
      `a rule's alert was read through the API server ${Date.now() - began} ms after looking began`,
    );

    const ruler = offerOf('prometheus');
    await using own = await prometheus.open(prometheus.settings.parse(ruler.settings), hostOf(ruler.lent));
    expect((await alertNamed(own, 'PodiumPends', () => true)).phase).toBe('pending');
    expect((await alertNamed(own, 'PodiumFires', () => true)).phase).toBe('firing');
  });

  test('who may not use its proxy is told so, and the documented role lets one read alerts, silence them and end that', async () => {
    const openAs = (context: string, namespaces: string[]) =>
      kubernetes.open(
        { kubeconfig: { paths: [peers.kubernetes.kubeconfigFile] }, context, namespaces },
        host,
      );
    const bind = (role: 'read' | 'alertmanager') =>
      bindRoles(
        { namespace: 'monitoring', call: (_method, path, body) => create(path, body as object) },
        [role],
        'shop-viewers',
      );
    const phase = (session: Session, wanted: AlertObservation['phase']) =>
      alertNamed(session, 'PodiumFires', (alert) => alert.phase === wanted);
    const operation = silenceOf([is('alertname', 'PodiumFires')]);
    /** Makes the silence, and gives the change as the journal would hold it. */
    const silence = async (session: Session) => {
      const control = controlOf(session);
      const plan = stamped(control, await control.plan(operation, signal));
      const { revisions } = await control.apply(plan, signal);
      await phase(session, 'silenced');
      return { ...changeOf(plan), document: revisions[0]?.document ?? changeOf(plan).document };
    };
    const end = async (session: Session, change: Awaited<ReturnType<typeof silence>>) => {
      const control = controlOf(session);
      const undo = await control.planUndo?.(operation, [change], signal);
      if (undo === undefined) throw new Error('there is no way back');
      await control.apply(undo, signal);
    };
    try {
      // Its Service may be seen, and not asked.
      await bind('read');
      await using viewer = await openAs('shop-viewer', ['shop', 'monitoring']);
      const isAlertmanager = ({ connector }: Found['absent'][number]) => connector === 'alertmanager';
      const denied = await foundBy(viewer, ({ absent }) => absent.some(isAlertmanager));
      expect(denied.absent.find(isAlertmanager)).toMatchObject({
        detail: expect.stringMatching(
          /monitoring\/alertmanager:9093: .*not allowed.*cannot get resource "services\/proxy"/,
        ) as string,
        consequence: 'Only alerts of Prometheus itself are shown, and none can be silenced.',
      });

      await bind('alertmanager');
      const { offerOf } = await foundBy(viewer, ({ names }) => names.includes('alertmanager'));
      await using session = await openOffered(offerOf('alertmanager'));
      await phase(session, 'firing');
      await end(session, await silence(session));
      await phase(session, 'firing');

      // With the role for Prometheus alone one may read and silence there, and end nothing.
      await using operator = await openAs('shop-operator', ['shop']);
      const half = await foundBy(operator, ({ names }) => names.includes('alertmanager'));
      await using other = await openOffered(half.offerOf('alertmanager'));
      const left = await silence(other);
      await expect(end(other, left)).rejects.toMatchObject({
        kind: 'forbidden',
        message: expect.stringMatching(/cannot delete resource "services\/proxy"/) as string,
      });
      await phase(other, 'silenced');
      await end(session, left);
      await phase(session, 'firing');
    } finally {
      for (const role of ['read', 'alertmanager'])
        for (const plural of ['rolebindings', 'roles'])
          await admin.call(`${rbac}/${plural}/${role}-shop-viewers`, { method: 'DELETE' });
    }
  }, 180_000);
});
