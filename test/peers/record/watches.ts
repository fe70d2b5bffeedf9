import type { PeersCoordinates } from '../coordinates.ts';
import { waitFor } from '../start/processes.ts';
import { paymentRoute, shopIstio, userOf } from './askers.ts';
import { type Recorder, ask } from './recorder.ts';

const routes = `${shopIstio}/virtualservices`;
const jsonPatch = { 'content-type': 'application/json-patch+json' };

/** Watch streams, and what has expired. */
export async function recordWatches(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const operator = userOf(peers, 'shop-operator');
  const list = JSON.parse((await ask(operator, { path: routes })).text) as {
    metadata: { resourceVersion: string };
  };
  const since = list.metadata.resourceVersion;
  const watch = `watch=1&allowWatchBookmarks=true&timeoutSeconds=5`;

  const changes = recorder.recordLines('watch-changes', operator, {
    path: `${routes}?${watch}&resourceVersion=${since}`,
  });
  const weight = (value: number) => [{ op: 'replace', path: '/spec/http/0/route/0/weight', value }];
  const http = [{ route: [{ destination: { host: 'ledger.shop.svc.cluster.local' } }] }];
  const body = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'ledger' },
    spec: { hosts: ['ledger.shop.svc.cluster.local'], http },
  };
  await ask(operator, { method: 'POST', path: routes, body });
  await ask(operator, { method: 'PATCH', path: paymentRoute, headers: jsonPatch, body: weight(80) });
  await ask(operator, { method: 'PATCH', path: paymentRoute, headers: jsonPatch, body: weight(70) });
  await ask(operator, { method: 'DELETE', path: `${routes}/ledger` });
  await changes;

  const whole = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
  await recorder.recordLines('watch-list', operator, { path: `${routes}?${watch}&${whole}` });
  // HTTP 200 and a stream whose first event is the error.
  await recorder.recordLines('watch-expired', operator, { path: `${routes}?${watch}&resourceVersion=1` });
  await recorder.record('watch-bad-version', operator, {
    path: `${routes}?${watch}&resourceVersion=nonsense`,
  });
  await recorder.record('watch-forbidden', userOf(peers, 'nobody'), { path: `${routes}?${watch}` });
  await recordExpiredList(recorder, peers);
}

/** What a client gets whose revision is ahead of the server's: after a restore from an older snapshot that is every client. */
export async function recordFutures(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const operator = userOf(peers, 'shop-operator');
  const ahead = '900000000';
  const weight = (value: number) => [{ op: 'replace', path: '/spec/http/0/route/0/weight', value }];
  const change = (value: number) =>
    ask(operator, { method: 'PATCH', path: paymentRoute, headers: jsonPatch, body: weight(value) });
  const changes = recorder.recordLines('watch-future', operator, {
    path: `${routes}?watch=1&allowWatchBookmarks=true&timeoutSeconds=12&resourceVersion=${ahead}`,
  });
  await change(80);
  await change(70);
  await changes;
  await recorder.record('list-future', operator, { path: `${routes}?resourceVersion=${ahead}` });
}

/** A continuation expires when the API server itself has noticed a compaction: after two intervals. */
async function recordExpiredList(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const viewer = userOf(peers, 'viewer');
  const pods = '/api/v1/namespaces/shop/pods?limit=2';
  const first = JSON.parse((await ask(viewer, { path: pods })).text) as { metadata: { continue: string } };
  const path = `${pods}&continue=${encodeURIComponent(first.metadata.continue)}`;
  const expired = async () => (await ask(viewer, { path })).status === 410;
  await waitFor('the continuation to expire', { limitMs: 120_000 }, expired);
  await recorder.record('list-expired', viewer, { path });
}
