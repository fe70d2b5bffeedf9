import type { PeersCoordinates } from '../coordinates.ts';
import { paymentRoute, shopIstio, strangerOf, userOf } from './askers.ts';
import type { Recorder } from './recorder.ts';

const pods = '/api/v1/namespaces/shop/pods';
const proxy =
  '/api/v1/namespaces/monitoring/services/http:prometheus:9090/proxy/api/v1/query?query=vector(1)';

/** Discovery, lists, access reviews, the service proxy, and the refusals of reads. */
export async function recordKubernetesReads(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const viewer = userOf(peers, 'viewer');
  const read = (name: string, path: string) => recorder.record(name, viewer, { path });

  await read('version', '/version');
  await read('api', '/api');
  await read('apis', '/apis');
  await read('api-v1', '/api/v1');
  await read('apis-apps-v1', '/apis/apps/v1');
  await read('apis-discovery-v1', '/apis/discovery.k8s.io/v1');
  await read('apis-istio-group', '/apis/networking.istio.io');
  await read('apis-istio-v1', '/apis/networking.istio.io/v1');
  await read('group-unknown', '/apis/gateway.networking.k8s.io/v1');
  // Who may do everything learns that there is no such resource; others are told that they may not read it.
  const unknown = { path: '/apis/apps/v1/namespaces/shop/nonsense' };
  await recorder.record('resource-unknown', userOf(peers, 'admin'), unknown);
  await recorder.record('resource-unknown-forbidden', viewer, unknown);

  const first = await read('list-first-page', `${pods}?limit=2`);
  const next = (first.body as { metadata: { continue: string } }).metadata.continue;
  await read('list-next-page', `${pods}?limit=2&continue=${encodeURIComponent(next)}`);
  await read('list-bad-continue', `${pods}?limit=2&continue=nonsense`);
  await read('list-bad-selector', `${pods}?labelSelector=${encodeURIComponent('a=b=c')}`);
  await read('list-by-label', `/api/v1/namespaces/shop/services?labelSelector=app%3Dpayment`);
  await read('list-empty', '/api/v1/namespaces/nowhere/pods');
  await read('list-from-cache', '/api/v1/namespaces?resourceVersion=0');
  const table = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };
  await recorder.record('list-metadata-only', viewer, { path: `${pods}?limit=1`, headers: table });

  await read('get-deployment', '/apis/apps/v1/namespaces/shop/deployments/payment-v1');
  const ofPayment = `labelSelector=${encodeURIComponent('kubernetes.io/service-name=payment')}`;
  await read('list-endpointslices', `/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?${ofPayment}`);
  await read('list-events', '/api/v1/namespaces/shop/events?limit=2');
  await read('get-virtualservice', paymentRoute);
  await read('get-destinationrule', `${shopIstio}/destinationrules/payment`);
  await read('get-missing', `${shopIstio}/virtualservices/absent`);

  await recorder.record('unauthorized', strangerOf(peers), { path: pods });
  await recorder.record('forbidden-list', userOf(peers, 'nobody'), { path: pods });
  await recorder.record('forbidden-namespaces', userOf(peers, 'shop-operator'), {
    path: '/api/v1/namespaces',
  });
  await recordAccess(recorder, peers);
  await recordProxy(recorder, peers);
}

async function recordAccess(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const reviewOf = (resourceAttributes: Readonly<Record<string, string>>) => ({
    method: 'POST',
    path,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    },
  });
  const write = {
    group: 'networking.istio.io',
    resource: 'virtualservices',
    verb: 'patch',
    namespace: 'shop',
  };
  await recorder.record('access-allowed', userOf(peers, 'shop-operator'), reviewOf(write));
  await recorder.record('access-refused', userOf(peers, 'viewer'), reviewOf(write));
  const proxied = {
    resource: 'services',
    subresource: 'proxy',
    name: 'http:prometheus:9090',
    verb: 'get',
    namespace: 'monitoring',
  };
  await recorder.record('access-proxy', userOf(peers, 'viewer'), reviewOf(proxied));
  await recorder.record('access-rules', userOf(peers, 'shop-operator'), {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: { namespace: 'shop' },
    },
  });
}

async function recordProxy(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const admin = userOf(peers, 'admin');
  await recorder.record('proxy-answers', userOf(peers, 'viewer'), { path: proxy });
  await recorder.record('proxy-forbidden', userOf(peers, 'shop-viewer'), { path: proxy });
  const services = '/api/v1/namespaces/shop/services';
  await recorder.record('proxy-no-service', admin, { path: `${services}/http:absent:8080/proxy/` });
  await recorder.record('proxy-no-port', admin, { path: `${services}/http:payment:9999/proxy/` });
  // istiod takes proxies on loopback only, so nobody listens at its pod's address.
  await recorder.record('proxy-refused', admin, {
    path: '/api/v1/namespaces/istio-system/services/http:istiod:15010/proxy/',
  });
  const empty = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'empty' } };
  await recorder.record('create-service', admin, {
    method: 'POST',
    path: services,
    body: { ...empty, spec: { selector: { app: 'empty' }, ports: [{ port: 80 }] } },
  });
  await recorder.record('proxy-no-endpoints', admin, { path: `${services}/empty/proxy/` });
  await recorder.record('delete-service', admin, { method: 'DELETE', path: `${services}/empty` });
}
