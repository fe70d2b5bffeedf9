import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiClient } from './api.ts';
import { istiodGrpcPort } from './istio.ts';
import { type Processes, statusOf, waitFor } from './processes.ts';
import { envoyMetricsPort, gatewayPort, paymentHost, servicePort, shopHost, sidecarAddress } from './shop.ts';

/** One Envoy that istiod steers, standing for the pod whose address and name it carries. */
export interface EnvoyPeer {
  readonly pod: string;
  readonly podAddress: string;
  /** Where it takes requests; the Host header decides where they go. */
  readonly url: string;
  /** Its admin pages (`/config_dump`, `/clusters`, `/stats/prometheus`). */
  readonly adminUrl: string;
}

export interface Envoys {
  readonly edge: EnvoyPeer;
  readonly order: EnvoyPeer;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly status: { readonly podIP: string };
}

/** Starts the gateway `edge` and the sidecar of `order`, and waits until istiod's routes answer through both. */
export async function startEnvoys(
  programDir: string,
  admin: ApiClient,
  processes: Processes,
  runDir: string,
): Promise<Envoys> {
  const start = async (app: string, type: 'router' | 'sidecar'): Promise<EnvoyPeer> => {
    const { body } = await admin.call(`/api/v1/namespaces/shop/pods?labelSelector=app%3D${app}`);
    const pod = (body as { items: Pod[] }).items[0];
    if (pod === undefined) throw new Error(`there is no pod of ${app} to stand for`);
    const configFile = join(runDir, `envoy-${app}.json`);
    await writeFile(configFile, JSON.stringify(bootstrap(type, app, pod), null, 2));
    const envoy = processes.start({
      name: `envoy-${app}`,
      command: join(programDir, 'envoy'),
      // Without hot restart several Envoys live beside one another.
      args: [
        ...['-c', configFile, '--disable-hot-restart', '--concurrency', '1', '-l', 'warning'],
        // Istio's agent says 45; by itself an Envoy lets open connections keep an old listener for ten minutes.
        ...['--drain-time-s', '5'],
      ],
    });
    const podAddress = pod.status.podIP;
    const url =
      type === 'router' ? `http://${podAddress}:${gatewayPort}` : `http://${sidecarAddress}:${servicePort}`;
    const hosts = type === 'router' ? [shopHost, paymentHost] : [paymentHost];
    for (const host of hosts) {
      await waitFor(
        `${host} through the Envoy of ${app}`,
        { limitMs: 60_000, needs: [envoy] },
        async () => (await statusOf(url, host)) === 200,
      );
    }
    return { pod: pod.metadata.name, podAddress, url, adminUrl: `http://${podAddress}:${envoyMetricsPort}` };
  };
  // The sidecar first: the shop answers through the gateway only when order reaches payment.
  const order = await start('order', 'sidecar');
  return { order, edge: await start('edge', 'router') };
}

function bootstrap(type: 'router' | 'sidecar', app: string, pod: Pod): unknown {
  const { name, labels } = pod.metadata;
  const address = pod.status.podIP;
  const ads = { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' };
  const http2 = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  return {
    node: {
      id: `${type}~${address}~${name}.shop~shop.svc.cluster.local`,
      cluster: `${app}.shop`,
      metadata: {
        CLUSTER_ID: 'Kubernetes',
        NAMESPACE: 'shop',
        INSTANCE_IPS: address,
        ISTIO_VERSION: '1.31.0',
        NAME: name,
        WORKLOAD_NAME: app,
        MESH_ID: 'cluster.local',
        LABELS: labels,
        // No iptables here: the application calls its sidecar by address.
        ...(type === 'sidecar' ? { INTERCEPTION_MODE: 'NONE' } : {}),
      },
    },
    admin: { address: socketAddress(address, envoyMetricsPort) },
    dynamic_resources: {
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc' } }],
      },
      cds_config: ads,
      lds_config: ads,
    },
    static_resources: {
      clusters: [
        {
          name: 'xds-grpc',
          type: 'STATIC',
          connect_timeout: '1s',
          typed_extension_protocol_options: {
            [http2]: {
              '@type': `type.googleapis.com/${http2}`,
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          load_assignment: {
            cluster_name: 'xds-grpc',
            endpoints: [
              { lb_endpoints: [{ endpoint: { address: socketAddress('127.0.0.1', istiodGrpcPort) } }] },
            ],
          },
        },
      ],
    },
    stats_config: { use_all_default_tags: false, stats_tags: statsTags },
    layered_runtime: { layers: [{ name: 'admin', admin_layer: {} }] },
  };
}

// As in the bootstrap that Istio's agent writes: with Envoy's own rules a cluster's name ends at its first dot.
const statsTags = [
  { tag_name: 'cluster_name', regex: '^cluster(\\.(.+);)' },
  {
    tag_name: 'http_conn_manager_prefix',
    regex: '^http\\.(((?:[_.[:digit:]\\w]*|[_\\[\\]aAbBcCdDeEfF[:digit:]\\w\\:]*));\\.)',
  },
  { tag_name: 'response_code', regex: '_rq(_(\\d{3}))$' },
  { tag_name: 'response_code_class', regex: '_rq(_(\\dxx))$' },
];

function socketAddress(address: string, port: number): unknown {
  return { socket_address: { address, port_value: port } };
}
