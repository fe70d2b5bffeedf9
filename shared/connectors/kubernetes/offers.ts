import type { ConnectorHost, Found, Offer, OfferSource } from '../kit/connector.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import type { KubeClient } from '../kube/client.ts';
import { listAt, textAt } from '../kube/objects.ts';
import { searchedAlertmanager } from './findAlertmanager.ts';
import { findPrometheus, type GivenPrometheus } from './findPrometheus.ts';
import { findServer, type ListedServices, listServices } from './findServer.ts';
import { findSidecars } from './sidecars.ts';

const meshConsequence = 'Splits, weights, protections and mesh documents.';
const undividedCalls = 'Calls cannot be divided from here, and nothing is known of what protects them.';

/** Looks for what else this cluster leads to: the mesh by its CRDs, Prometheus and Alertmanager by common names, proxies by their containers. */
export function createOffers(
  client: KubeClient,
  given: GivenPrometheus | null,
  host: Pick<ConnectorHost, 'ownPorts'>,
): OfferSource {
  return {
    async find(signal) {
      let services: Promise<ListedServices> | null = null;
      const listed = () => (services ??= listServices(client, signal));
      const [mesh, linkerd, routes, metrics, alerts, sidecars] = await Promise.all([
        findMesh(client, signal),
        findLinkerd(client, signal),
        findGatewayApi(client, signal),
        findPrometheus(client, given, listed, host, signal),
        listed().then((all) => findServer(client, searchedAlertmanager, all, signal)),
        findSidecars(client, signal),
      ]);
      const found = [mesh, linkerd, routes, metrics, alerts, sidecars];
      return {
        offers: found.flatMap(({ offers }) => offers),
        absent: found
          .flatMap(({ absent }) => absent)
          .map((one) =>
            one.connector === 'istio' ? { ...one, consequence: withoutIstio(routes, linkerd) } : one,
          ),
      };
    },
  };
}

/** What lacks without Istio, where others do a part of what it would. */
function withoutIstio(routes: Found, linkerd: Found): string {
  const protects = linkerd.offers.length > 0;
  if (routes.offers.length > 0)
    return protects
      ? 'Calls are divided by routes of the Gateway API and protected by what Linkerd is told; none can be tripped from here.'
      : 'Calls are divided by routes of the Gateway API alone, where a controller follows them; nothing is known of what protects them, and none can be tripped from here.';
  return protects
    ? 'Calls cannot be divided or tripped from here; what protects them is what Linkerd is told.'
    : undividedCalls;
}

async function findMesh(client: KubeClient, signal: AbortSignal): Promise<Found> {
  const absent = (detail: string): Found => ({
    offers: [],
    absent: [{ connector: 'istio', title: 'Istio', detail, consequence: undividedCalls }],
  });
  try {
    const group = await client.read('/apis/networking.istio.io', signal);
    const served = listAt(group, 'versions')
      .map((version) => textAt(version, 'version'))
      .filter((version) => version !== null);
    // v1 has the same fields as its elders, and outlives them.
    const version = ['v1', 'v1beta1', 'v1alpha3'].find((one) => served.includes(one));
    if (version === undefined)
      return absent(
        `networking.istio.io is served in ${served.join(', ') || 'no version'}; Podium knows v1, v1beta1 and v1alpha3.`,
      );
    const others = served.filter((one) => one !== version);
    const offer: Offer = {
      connector: 'istio',
      title: 'Istio',
      detail: `networking.istio.io ${version} is served${others.length === 0 ? '' : ` (also ${others.join(', ')})`}`,
      consequence: meshConsequence,
      settings: { version },
      lent: { client },
    };
    return { offers: [offer], absent: [] };
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof PeerError && error.kind === 'notFound')
      return absent('Its resources (networking.istio.io) are not served by this cluster.');
    return absent(sayError(error, 'Looking for networking.istio.io'));
  }
}

/** By the kinds that its installation brings; most clusters have none of them, and nothing is amiss there. */
async function findLinkerd(client: KubeClient, signal: AbortSignal): Promise<Found> {
  const groups = await Promise.all(
    ['policy.linkerd.io', 'linkerd.io'].map(async (name) => {
      try {
        const group = await client.read(`/apis/${name}`, signal);
        const version = textAt(group, 'preferredVersion', 'version');
        return version === null ? [] : [`${name}/${version}`];
      } catch (error) {
        if (signal.aborted) throw error;
        return [];
      }
    }),
  );
  const served = groups.flat();
  if (served.length === 0) return { offers: [], absent: [] };
  const offer: Offer = {
    connector: 'linkerd',
    title: 'Linkerd',
    detail: `${served.join(' and ')} ${served.length === 1 ? 'is' : 'are'} served`,
    consequence: 'Failure accrual, retries and time-outs by annotations.',
    settings: { served: served.join(', ') },
    lent: { client },
  };
  return { offers: [offer], absent: [] };
}

/** Where it is not served nothing is amiss: few clusters have it, and a mesh brings its own documents. */
async function findGatewayApi(client: KubeClient, signal: AbortSignal): Promise<Found> {
  // Linkerd's own HTTPRoutes have the same shape; a cluster may serve them alone.
  const groups = [
    { name: 'gateway.networking.k8s.io', known: ['v1', 'v1beta1'] },
    { name: 'policy.linkerd.io', known: ['v1beta3', 'v1beta2'] },
  ];
  try {
    const found = await Promise.all(
      groups.map(async ({ name, known }) => {
        const served = await client.read(`/apis/${name}`, signal).then(
          (group) => listAt(group, 'versions').map((one) => textAt(one, 'version') ?? ''),
          (): string[] => [],
        );
        const version = known.find((one) => served.includes(one));
        return version === undefined ? [] : `${name} ${version}`;
      }),
    );
    signal.throwIfAborted();
    const said = found.flat();
    if (said.length === 0) return { offers: [], absent: [] };
    const offer: Offer = {
      connector: 'gateway-api',
      title: 'Gateway API',
      detail: `${said.join(' and ')} ${said.length === 1 ? 'is' : 'are'} served`,
      consequence: 'Splits and weights of HTTPRoutes and GRPCRoutes.',
      settings: {},
      lent: { client },
    };
    return { offers: [offer], absent: [] };
  } catch (error) {
    if (signal.aborted) throw error;
    return { offers: [], absent: [] };
  }
}
