import { describe, expect, test } from 'vitest';
import { consul } from './consul.ts';
import { envoy, parseCluster } from './envoy.ts';
import { hubble } from './hubble.ts';
import { istio } from './istio.ts';
import { linkerd } from './linkerd.ts';
import { linkerdGrpcRoutes, linkerdHttpRoutes } from './linkerdRoutes.ts';
import { micrometerClient } from './micrometer.ts';
import { otelClient } from './opentelemetry.ts';
import { programOf } from './program.ts';
import { serviceGraph } from './serviceGraph.ts';
import { traefik } from './traefik.ts';

describe('Istio’s labels', () => {
  const labels = {
    reporter: 'source',
    source_workload: 'order',
    source_workload_namespace: 'shop',
    destination_workload: 'unknown',
    destination_workload_namespace: 'unknown',
    destination_canonical_revision: 'latest',
    destination_service: 'payment.shop.svc.cluster.local',
    destination_service_name: 'payment',
    request_protocol: 'grpc',
    response_code: '503',
    grpc_response_status: '14',
    response_flags: 'UO,URX',
  };

  test('read “unknown” and “latest” as not said, and flags one by one', () => {
    expect(istio.readCall(labels, 2)).toEqual({
      reporter: 'source',
      source: { namespace: 'shop', workload: 'order', service: null, version: null, instance: null },
      destination: { namespace: null, workload: null, service: null, version: null, instance: null },
      host: 'payment.shop.svc.cluster.local',
      subset: null,
      protocol: 'grpc',
      responseCode: '503',
      grpcStatus: '14',
      flags: ['UO', 'URX'],
      perSecond: 2,
    });
    expect(istio.readCall({ ...labels, response_flags: '-' }, 1)?.flags).toEqual([]);
    expect(istio.readCall({ ...labels, reporter: 'ztunnel' }, 1)).toBeNull();
  });

  test('name what passes through as such, whatever host was asked for', () => {
    const passed = {
      ...labels,
      destination_service: 'evil.example',
      destination_service_name: 'PassthroughCluster',
    };
    expect(istio.readCall(passed, 1)?.host).toBe('PassthroughCluster');
  });
});

describe('Envoy’s labels', () => {
  test('give host and subset by the cluster’s name, and the caller by the scrape', () => {
    const labels = {
      cluster_name: 'outbound|8080|v2|payment.shop.svc.cluster.local',
      response_code_class: '5xx',
      namespace: 'shop',
      app: 'edge',
      pod: 'edge-1',
    };
    expect(envoy.readCall(labels, 3)).toMatchObject({
      reporter: 'source',
      source: { namespace: 'shop', service: 'edge', instance: 'edge-1' },
      host: 'payment.shop.svc.cluster.local',
      subset: 'v2',
      responseCode: '5xx',
      perSecond: 3,
    });
    // The same requests once more, by code.
    expect(envoy.readCall({ ...labels, response_code_class: '' }, 3)).toBeNull();
  });

  test('that are no outbound cluster name no host', () => {
    for (const name of ['inbound|8080||', 'outbound|80||', 'xds-grpc', 'outbound|1|a|b|c', undefined])
      expect(parseCluster(name)).toBeNull();
    expect(parseCluster('outbound|80||bank.example')).toEqual({
      host: 'bank.example',
      subset: null,
      port: 80,
    });
  });
});

describe('Consul’s labels', () => {
  // As its Envoys export them (recorded from Consul 1.20.5).
  const labels = {
    envoy_response_code: '200',
    local_cluster: 'edge',
    consul_source_service: 'edge',
    consul_source_namespace: 'default',
    envoy_cluster_name: 'v1',
    consul_destination_service_subset: 'v1',
    consul_destination_service: 'payment',
    consul_destination_namespace: 'default',
    consul_destination_datacenter: 'dc1',
  };

  test('give the caller, the host by its DNS name, and the subset', () => {
    expect(consul.readCall(labels, 2)).toMatchObject({
      reporter: 'source',
      source: { namespace: 'default', service: 'edge' },
      host: 'payment.service.dc1.consul',
      subset: 'v1',
      responseCode: '200',
      perSecond: 2,
    });
  });

  test('of a proxy’s own clusters name no callee', () => {
    const { consul_destination_service: _, ...own } = labels;
    expect(consul.readCall(own, 1)).toBeNull();
  });
});

describe('Linkerd’s labels', () => {
  const labels = { direction: 'outbound', namespace: 'shop', deployment: 'order', pod: 'order-1' };

  test('carry its own verdict, also on gRPC inside a 200', () => {
    const row = linkerd.readCall(
      {
        ...labels,
        dst_namespace: 'shop',
        dst_service: 'payment',
        dst_statefulset: 'payment',
        status_code: '200',
        grpc_status: '14',
        classification: 'failure',
      },
      2,
    );
    expect(row).toMatchObject({
      source: { namespace: 'shop', workload: 'order', instance: 'order-1' },
      destination: { namespace: 'shop', workload: 'payment', service: 'payment' },
      host: 'payment.shop.svc.cluster.local',
      protocol: 'grpc',
      failed: true,
    });
  });

  test.each([{ dst_deployment: 'payment', dst_pod: 'payment-1' }, { dst_pod: 'payment-1' }])(
    'straight to a pod lead to it, whatever authority was asked for: %j',
    (to) => {
      const straight = { ...labels, ...to, dst_namespace: 'shop', authority: 'shop.example.com' };
      for (const row of [linkerd.readCall(straight, 1), linkerd.readLatency(straight)])
        expect(row).toMatchObject({
          host: null,
          destination: { namespace: 'shop', service: null, instance: 'payment-1' },
        });
    },
  );

  test('of calls to the outside name no more than the authority', () => {
    const row = linkerd.readCall({ ...labels, authority: 'bank.example:443', status_code: '200' }, 1);
    expect(row?.host).toBe('bank.example');
  });
});

describe('Linkerd’s routes', () => {
  const parent = { parent_kind: 'Service', parent_namespace: 'shop', parent_name: 'payment' };
  test('have gRPC’s statuses by name, and errors in their place', () => {
    const status = (grpc_status: string, error = '') =>
      linkerdGrpcRoutes.readCall({ ...parent, backend_kind: 'default', grpc_status, error }, 1);
    expect(status('OK')).toMatchObject({ host: 'payment.shop.svc.cluster.local', grpcStatus: '0' });
    expect(status('UNAVAILABLE')?.grpcStatus).toBe('14');
    expect(status('UNKNOWN', 'REQUEST_TIMEOUT')?.failed).toBe(true);
  });

  test('out of the cluster lead to the host, where proxies were told to count it', () => {
    const egress = { parent_kind: 'EgressNetwork', parent_namespace: 'egress', parent_name: 'all' };
    expect(linkerdHttpRoutes.readCall({ ...egress, hostname: 'bank.example' }, 1)?.host).toBe('bank.example');
    expect(linkerdHttpRoutes.readCall(egress, 1)).toBeNull();
  });
});

describe('Hubble’s contexts', () => {
  test.each([
    ['market/web', { namespace: 'market', workload: 'web', instance: 'web' }],
    ['market', { namespace: null, workload: null, instance: null }],
    ['reserved:world', { namespace: null, workload: null, instance: null }],
    ['k8s:app=web,k8s:io.kubernetes.pod.namespace=market', { namespace: null, workload: null }],
  ])('as a caller, %s', (source, end) => {
    const row = hubble.readCall(
      { source, destination: 'market/stock', status: '200', reporter: 'server' },
      1,
    );
    expect(row).toMatchObject({ reporter: 'destination', source: end, host: null });
  });

  test.each([
    ['bank.example.com', 'bank.example.com'],
    ['10.0.0.9', '10.0.0.9'],
  ])('as a callee outside, %s', (destination, host) => {
    expect(hubble.readCall({ destination, status: '200', reporter: 'client' }, 1)?.host).toBe(host);
  });

  test('that name no callee make no row', () => {
    expect(hubble.readCall({ source: 'market/web', status: '200' }, 1)).toBeNull();
    expect(hubble.readCall({ destination: 'reserved:host', status: '200' }, 1)).toBeNull();
  });
});

describe('Traefik’s load balancers', () => {
  const scraped = { namespace: 'edge', pod: 'traefik-1', app_kubernetes_io_name: 'traefik', code: '200' };
  const meant = (service: string): string[] | null => {
    const row = traefik.readCall({ ...scraped, service }, 1);
    return (
      row?.mayMean?.map((equal) => equal.map(({ namespace, name }) => `${namespace}/${name}`).join()) ?? null
    );
  };

  test.each([
    ['of an Ingress', 'shop-web-80@kubernetes', ['shop/web']],
    ['of parts with dashes', 'a-b-c-80@kubernetes', ['a/b-c,a-b/c', 'a/b']],
    ['of several in an IngressRoute', 'shop-web-8080@kubernetescrd', ['shop/web']],
    [
      'of an HTTPRoute',
      'httproute-shop-web-gw-edge-main-ep-web-0-1c0cf64bde37d9d0df06-svc-shop-web-0@kubernetesgateway',
      ['shop/web'],
    ],
    ['of an IngressRoute with safe names', 'shop_route_0_wrr_1_shop_web_80@kubernetescrd', ['shop/web']],
  ])('%s name a service', (_, service, services) => {
    expect(meant(service)).toEqual(services);
    expect(traefik.readCall({ ...scraped, service }, 1)?.source).toMatchObject({
      namespace: 'edge',
      service: 'traefik',
      instance: 'traefik-1',
    });
  });

  test.each([
    ['an IngressRoute of one service', 'shop-my-api-fcdde958c61d6c22e708@kubernetescrd'],
    ['the same with safe names', 'shop_my-api_0_lb@kubernetescrd'],
    ['its own pages', 'dashboard@internal'],
    ['no provider', 'shop-web-80'],
    ['nothing', ''],
  ])('of %s name none', (_, service) => {
    expect(traefik.readCall({ ...scraped, service }, 1)).toBeNull();
  });

  test('of a file are called what somebody called them', () => {
    expect(traefik.readCall({ job: 'traefik', service: 'bank@file', code: '200' }, 1)).toMatchObject({
      host: 'bank',
      source: { namespace: null, service: 'traefik' },
    });
  });
});

describe('a service graph', () => {
  test.each([
    [{ client: 'web', server: 'payment', server_k8s_namespace_name: 'shop' }, 'payment.shop.svc'],
    [{ client: 'web', server: 'payment' }, 'payment'],
    [{ client: 'web', server: 'orders', connection_type: 'database' }, 'orders (database)'],
    [{ client: 'web', server: 'http://bank.example/pay', connection_type: 'virtual_node' }, 'bank.example'],
  ])('%j leads to %s', (labels, host) => {
    expect(serviceGraph.readCall(labels, 1)).toMatchObject({ host, source: { service: 'web' } });
  });

  test('does not take those for callers who are only assumed', () => {
    expect(serviceGraph.readCall({ client: 'user', server: 'web' }, 1)?.source.service).toBeNull();
    expect(serviceGraph.readCall({ client: 'web', server: 'unknown' }, 1)).toBeNull();
  });
});

describe('programs that count their own calls', () => {
  test.each([
    ['its pod', { namespace: 'shop', pod: 'order-1', app: 'order' }, ['shop', 'order', 'order-1']],
    [
      'a Service that is scraped',
      { namespace: 'shop', service: 'order', job: 'order' },
      ['shop', 'order', null],
    ],
    ['nothing but a job', { job: 'shop/order' }, [null, 'order', null]],
    [
      'a collector, whose pod is not the program’s',
      { exported_job: 'shop/order', namespace: 'observability', pod: 'collector-0' },
      [null, 'order', null],
    ],
    [
      'OpenTelemetry’s resource',
      { service_name: 'order', k8s_namespace_name: 'shop', k8s_pod_name: 'order-1', pod: 'collector-0' },
      ['shop', 'order', 'order-1'],
    ],
  ])('are known by %s', (_, labels, [namespace, service, instance]) => {
    expect(programOf(labels)).toMatchObject({ namespace, service, instance });
  });

  test.each([
    [{ http_response_status_code: '200' }, '200'],
    [{ http_response_status_code: '404', error_type: '404' }, '404'],
    [{ error_type: 'ECONNREFUSED' }, '0'],
    [{}, null],
  ])('of OpenTelemetry: %j is %s', (labels, responseCode) => {
    expect(otelClient.readCall({ ...labels, server_address: 'payment' }, 1)?.responseCode).toBe(responseCode);
  });

  test('of Micrometer name the callee as either version does, and no answer as one', () => {
    const named = { client_name: 'payment', status: 'CLIENT_ERROR', error: 'IllegalStateException' };
    expect(micrometerClient.readCall(named, 1)).toMatchObject({ host: 'payment', responseCode: '0' });
    expect(micrometerClient.readCall({ clientName: 'payment', status: '200' }, 1)?.host).toBe('payment');
    expect(micrometerClient.readCall({ client_name: 'none', status: '200' }, 1)).toBeNull();
  });
});
