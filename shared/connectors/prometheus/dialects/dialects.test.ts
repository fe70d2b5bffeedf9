import { describe, expect, test } from 'vitest';
import { consul } from './consul.ts';
import { envoy, parseCluster } from './envoy.ts';
import { istio } from './istio.ts';

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
