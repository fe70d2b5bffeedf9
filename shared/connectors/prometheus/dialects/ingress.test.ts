import { describe, expect, test } from 'vitest';
import { selector } from '../promql.ts';
import { contour } from './contour.ts';
import { haproxy } from './haproxy.ts';
import { kong } from './kong.ts';
import { nginxIngress } from './nginxIngress.ts';
import { springGateway } from './springGateway.ts';

const scraped = { namespace: 'edge', pod: 'edge-1', app: 'edge' };
const payment = 'payment.shop.svc.cluster.local';

describe('who counted', () => {
  test('is told by the scrape, never by what says whom it called', () => {
    const own = { service: 'shop.payment.80', route: 'shop.web.payment.shop.example.80', code: '200' };
    expect(kong.readCall({ job: 'monitoring/gateway', ...own }, 1)).toMatchObject({
      host: payment,
      source: { namespace: null, service: 'gateway', instance: null },
    });
    const { service, ...more } = own;
    expect(
      kong.readCall({ ...more, exported_service: service, service: 'kong-proxy', namespace: 'edge' }, 1),
    ).toMatchObject({ host: payment, source: { namespace: 'edge', service: 'kong-proxy' } });
    expect(kong.readCall(own, 1)?.source).toMatchObject({ service: 'kong', instance: null });
  });

  test('is not the pod that answered', () => {
    const labels = { service: 'payment', resource_namespace: 'shop', pod_name: 'payment-1', code: '200' };
    expect(nginxIngress.requests.by).not.toContain('pod_name');
    expect(nginxIngress.readCall({ ...scraped, ...labels }, 1)).toMatchObject({
      host: payment,
      source: { namespace: 'edge', instance: 'edge-1' },
    });
  });
});

describe('what was answered', () => {
  test.each([
    ['200', '200'],
    ['5xx', '5xx'],
    // No answer came, as programs say it of themselves.
    ['other', '0'],
    ['NA', '0'],
    ['', null],
  ])('%j is %j', (code, responseCode) => {
    expect(haproxy.readCall({ ...scraped, proxy: 'shop_payment_80', code }, 1)?.responseCode).toBe(
      responseCode,
    );
  });
});

describe('clusters of Contour’s Envoys', () => {
  test.each([
    ['shop_payment_8080', payment],
    ['a-b_c-d_80', 'c-d.a-b.svc.cluster.local'],
    ['contour', null],
    ['extension_shop_limits', null],
    ['shop/payment/8080/da39a3ee5e', null],
    ['my_own_cluster_80', null],
    ['', null],
  ])('%j lead to %j', (envoy_cluster_name, host) => {
    const row = contour.readCall({ ...scraped, envoy_cluster_name, envoy_response_code: '200' }, 1);
    expect(row?.host ?? null).toBe(host);
  });
});

test('neither calls nor times of Contour’s Envoys are asked of those that Consul steers', () => {
  const others = { label: 'consul_destination_service', is: 'equal', values: [''] };
  expect(contour.requests.matchers).toContainEqual(others);
  expect(contour.latency?.matchers).toContainEqual(others);
});

describe('backends of HAProxy', () => {
  test.each([
    ['shop_svc_payment_http', payment],
    ['shop_web_svc_payment_8080', payment],
    ['shop_web.example_svc_payment_8080', payment],
    ['shop_payment_8080', payment],
    // Anybody's may be called so.
    ['shop_payment_http', null],
    ['shop-payment-80', null],
    ['_error404', null],
    ['_auth_0a1b2c3d4e5f_8080', null],
    ['stats', null],
  ])('%j lead to %j', (proxy, host) => {
    expect(haproxy.readCall({ ...scraped, proxy, code: '2xx' }, 1)?.host ?? null).toBe(host);
  });
});

describe('Kong’s Services', () => {
  test.each([
    ['shop.payment.80', 'shop.web.payment.shop.example.80', payment],
    ['shop.payment.http', 'shop.web.payment._.shop.example.http', payment],
    ['shop.payment.80', 'shop.web.refunds.shop.example.80', null],
    ['api.bank.example', 'bank', null],
    ['httproute.shop.payment.0', 'httproute.shop.payment.0.0', null],
    ['shop.payment.svc.facade', 'shop.web..payment.svc.facade', null],
    ['payment', 'payment', null],
  ])('%j by route %j lead to %j', (service, route, host) => {
    expect(kong.readCall({ ...scraped, service, route, code: '200' }, 1)?.host ?? null).toBe(host);
  });
});

describe('routes of a Spring Cloud Gateway', () => {
  test.each([
    ['lb://PAYMENT', 'payment'],
    ['lb:ws://payment', 'payment'],
    [`https://${payment}:8443/pay`, payment],
    ['forward:/fallback', null],
    ['no://op', null],
    ['fn:uppercase', null],
    ['http://localhost:8080', null],
    ['', null],
  ])('%j lead to %j', (routeUri, host) => {
    expect(springGateway.readCall({ ...scraped, routeUri, httpStatusCode: '200' }, 1)?.host ?? null).toBe(
      host,
    );
  });
});

test.each([
  [contour, '{envoy_cluster_name=~"(shop)_(payment)_[0-9]+"}'],
  [haproxy, '{proxy=~"(shop)_(([^_]+_)?svc_(payment)_[^_]+|(payment)_[0-9]+)"}'],
  [kong, '{service=~"(shop)\\\\.(payment)\\\\.[^.]+"}'],
  [nginxIngress, '{service="payment",resource_namespace="shop"}'],
  [springGateway, '{routeUri=~"(?i)(lb|(lb:)?(https?|wss?))://(payment\\\\.shop|payment)(:[0-9]+)?(/.*)?"}'],
])('the chart of one service asks for its series alone: $id', ({ toHosts }, expected) => {
  expect(selector('', toHosts(['payment.shop'])[0])).toBe(expected);
});
