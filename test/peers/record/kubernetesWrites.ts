import type { PeersCoordinates } from '../coordinates.ts';
import { paymentRoute, shopIstio, userOf } from './askers.ts';
import { type Recorder, ask } from './recorder.ts';

const jsonPatch = { 'content-type': 'application/json-patch+json' };
const mergePatch = { 'content-type': 'application/merge-patch+json' };
const applyPatch = { 'content-type': 'application/apply-patch+yaml' };

interface Versioned {
  readonly metadata: { readonly resourceVersion: string };
  readonly [field: string]: unknown;
}

/** Writes to a VirtualService: what is accepted, and every way in which one is refused. */
export async function recordKubernetesWrites(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const operator = userOf(peers, 'shop-operator');
  const current = async () => JSON.parse((await ask(operator, { path: paymentRoute })).text) as Versioned;
  const patch = (
    name: string,
    body: unknown,
    query = '',
    headers = jsonPatch as Readonly<Record<string, string>>,
  ) => recorder.record(name, operator, { method: 'PATCH', path: `${paymentRoute}${query}`, headers, body });

  const version = (await current()).metadata.resourceVersion;
  const weights = (v1: unknown, v2: unknown) => [
    { op: 'replace', path: '/spec/http/0/route/0/weight', value: v1 },
    { op: 'replace', path: '/spec/http/0/route/1/weight', value: v2 },
  ];
  const fenced = [
    { op: 'test', path: '/metadata/resourceVersion', value: version },
    { op: 'test', path: '/spec/http/0/route/0/destination/subset', value: 'v1' },
    { op: 'test', path: '/spec/http/0/route/0/weight', value: 70 },
    ...weights(95, 5),
  ];
  await patch('patch-dry-run', fenced, '?dryRun=All');
  await patch('patch-applied', fenced, '?fieldManager=podium');
  await patch('patch-test-failed', fenced);
  await patch('patch-test-missing-path', [{ op: 'test', path: '/spec/http/7/name', value: 'default' }]);
  await patch('patch-replace-missing-path', [{ op: 'replace', path: '/spec/http/7/name', value: 'default' }]);
  await patch('patch-not-a-patch', { spec: {} });
  await patch('patch-wrong-type', weights('x', 5));
  await patch('patch-no-change', weights(95, 5));
  const misspelt = [{ op: 'add', path: '/spec/http/0/route/0/wieght', value: 1 }];
  await patch('patch-unknown-field-strict', misspelt, '?fieldValidation=Strict');
  await patch('patch-unknown-field-warn', misspelt, '?fieldValidation=Warn&dryRun=All');
  await patch('patch-webhook-refused', weights(0, 0));
  await patch('patch-webhook-refused-dry-run', weights(0, 0), '?dryRun=All');
  await patch('merge-patch-stale', { metadata: { resourceVersion: version } }, '', mergePatch);
  await patch('patch-media-type', 'x', '', { 'content-type': 'text/plain' });
  await recorder.record('patch-forbidden', userOf(peers, 'viewer'), {
    method: 'PATCH',
    path: paymentRoute,
    headers: jsonPatch,
    body: fenced,
  });
  await recorder.record('patch-missing', operator, {
    method: 'PATCH',
    path: `${shopIstio}/virtualservices/absent`,
    headers: jsonPatch,
    body: fenced,
  });

  const stored = await current();
  const stale = { ...stored, metadata: { ...stored.metadata, resourceVersion: version } };
  await recorder.record('put-stale', operator, { method: 'PUT', path: paymentRoute, body: stale });
  const apiVersion = 'networking.istio.io/v1';
  const http = [{ name: 'default', route: [{ destination: { host: 'payment.shop.svc.cluster.local' } }] }];
  await recorder.record('apply-conflict', operator, {
    method: 'PATCH',
    path: `${paymentRoute}?fieldManager=podium&dryRun=All`,
    headers: applyPatch,
    body: {
      apiVersion,
      kind: 'VirtualService',
      metadata: { name: 'payment', namespace: 'shop' },
      spec: { http },
    },
  });
  const refunds = { apiVersion, kind: 'VirtualService', metadata: { name: 'refunds' } };
  const created = { ...refunds, spec: { hosts: ['refunds.shop.svc.cluster.local'], http } };
  const path = `${shopIstio}/virtualservices`;
  await recorder.record('create', operator, { method: 'POST', path, body: created });
  await recorder.record('create-exists', operator, { method: 'POST', path, body: created });
  await recorder.record('delete', operator, { method: 'DELETE', path: `${path}/refunds` });
  await recorder.record('scale', userOf(peers, 'admin'), {
    method: 'PATCH',
    path: '/apis/apps/v1/namespaces/shop/deployments/refunds/scale',
    headers: mergePatch,
    body: { spec: { replicas: 2 } },
  });
  await patch('patch-back', weights(70, 30));
}
