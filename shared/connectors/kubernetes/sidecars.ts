import { anySignal } from '../kit/anySignal.ts';
import type { Found, KnownProxy } from '../kit/connector.ts';
import { createNotice } from '../kit/notice.ts';
import { sayError } from '../kit/peerError.ts';
import { mayI } from '../kube/access.ts';
import type { KubeClient } from '../kube/client.ts';
import { type KubeObject, labelsOf, listAt, namespaceOf, textAt } from '../kube/objects.ts';
import { createPortForwardTransport } from '../kube/portForward.ts';
import { pods } from '../kube/resources.ts';
import type { ObjectView } from '../kube/sharedWatches.ts';
import { canonicalServiceOf } from './identity.ts';

const istioPort = 15_000;
/** Where the proxies that are put beside applications have their admin endpoints, by their containers' names. */
const adminPorts: ReadonlyMap<string, number> = new Map([
  ['istio-proxy', istioPort],
  ['consul-dataplane', 19_000],
]);
/** Each costs the API server a stream whenever proxies are asked, so a mesh with more is not asked. */
const most = 40;
const settleMs = 10_000;
/** The mesh and the figures wait for it. */
const probeMs = 4_000;

const about = { connector: 'envoy', title: 'Envoy' };
const consequence = 'What proxies have loaded after a change, and trips in their memory.';

/**
 * Envoys beside applications, whose admin endpoints are reached by port-forward to their pods. One is asked here
 * whether it answers at all; then all are at the start, about a change, and a trip’s callers while it is held.
 */
export async function findSidecars(client: KubeClient, signal: AbortSignal): Promise<Found> {
  const absent = (detail: string): Found => ({
    offers: [],
    absent: [
      {
        ...about,
        detail,
        consequence:
          'What proxies have loaded after a change cannot be seen, and none takes a trip in its memory.',
      },
    ],
  });
  try {
    const view = await viewPods(client, signal);
    if (!view.synced) return absent('Pods cannot be read, and so no proxies beside them are known.');
    const proxies = (): KnownProxy[] => proxiesIn(client, view);
    const found = proxies();
    const [first] = found;
    if (first?.reach === undefined) return absent('No pod has a proxy of Istio or Consul beside it.');
    if (found.length > most)
      return absent(`${found.length} pods have a proxy, and more than ${most} are not asked one by one.`);
    const forward = { verb: 'create', group: '', resource: 'pods/portforward', namespace: first.namespace };
    if ((await mayI(client, forward, signal).catch(() => null)) === false)
      return absent(`You may not port-forward to pods (create pods/portforward in ${first.namespace}).`);
    const { route, request } = first.reach();
    const path = '/server_info';
    const soon = anySignal([signal, AbortSignal.timeout(probeMs)]);
    const answer = await request({ method: 'GET', path, signal: soon, timeoutMs: probeMs });
    if (answer.status !== 200)
      return absent(`What answers ${route} is no Envoy: ${path} gives status ${answer.status}.`);
    return {
      offers: [
        {
          ...about,
          detail: `${found.length} proxies beside applications, by port-forward to their pods`,
          consequence,
          settings: { onlyProof: true },
          lent: { proxies },
        },
      ],
      absent: [],
    };
  } catch (error) {
    signal.throwIfAborted();
    return absent(sayError(error, 'Reaching a proxy by port-forward'));
  }
}

/** The pods that are watched anyway, once they have been listed. */
async function viewPods(client: KubeClient, signal: AbortSignal): Promise<ObjectView> {
  const notice = createNotice();
  const view = client.watches.view(pods, { changed: notice.ring, health: notice.ring });
  client.closing.add(() => view[Symbol.dispose]());
  const stop = anySignal([signal, AbortSignal.timeout(settleMs)]);
  while (!view.settled) await notice.heard(stop);
  return view;
}

function proxiesIn(client: KubeClient, view: ObjectView): KnownProxy[] {
  return [...view.all()].flatMap((pod) => {
    const port = portOf(pod);
    if (port === null || textAt(pod, 'status', 'phase') !== 'Running') return [];
    const [namespace, { name }] = [namespaceOf(pod), pod.metadata];
    return {
      namespace,
      instance: name,
      // What it is a part of, it says itself; Consul's may be named otherwise than its labels.
      service: '',
      ...(port === istioPort ? { likelyService: canonicalServiceOf(labelsOf(pod), '') } : {}),
      address: null,
      calls: [],
      reach: () => createPortForwardTransport(client, { namespace, name, port }),
    };
  });
}

/** Sidecars stand among the containers, or since Kubernetes 1.29 among those that begin first and stay. */
function portOf(pod: KubeObject): number | null {
  const containers = [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')];
  for (const container of containers) {
    const port = adminPorts.get(textAt(container, 'name') ?? '');
    if (port !== undefined) return port;
  }
  return null;
}
