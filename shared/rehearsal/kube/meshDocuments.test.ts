import { describe, expect, test } from 'vitest';
import { splits, startTestCluster, type TestCluster } from './testCluster.ts';

const paths = {
  VirtualService: splits,
  DestinationRule: splits.replace('virtualservices', 'destinationrules'),
  AuthorizationPolicy: '/apis/security.istio.io/v1/namespaces/shop/authorizationpolicies',
} as const;
type Kind = keyof typeof paths;

interface Answer {
  readonly status: number;
  readonly body: {
    readonly message?: string;
    readonly reason?: string;
    readonly details?: {
      readonly causes?: readonly {
        readonly reason: string;
        readonly message: string;
        readonly field: string;
      }[];
    };
  };
}

async function create(cluster: TestCluster, kind: Kind, spec: unknown, query = ''): Promise<Answer> {
  const apiVersion = kind === 'AuthorizationPolicy' ? 'security.istio.io/v1' : 'networking.istio.io/v1';
  const json = { apiVersion, kind, metadata: { name: 'tried' }, spec };
  const response = await cluster.ask(`${paths[kind]}${query}`, { method: 'POST', json });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const destination = { host: 'payment' };
const http = (route: object): object => ({ hosts: ['payment'], http: [route] });
const routed = (more: object): object => http({ route: [{ destination }], ...more });
const pool = (trafficPolicy: object): object => ({ host: 'payment', trafficPolicy });
const policy = (...rules: readonly object[]): object => ({ action: 'DENY', rules });

describe('what is written of the mesh', () => {
  test.each<[Kind, string, object]>([
    [
      'VirtualService',
      'a fault',
      routed({ fault: { abort: { percentage: { value: 100 }, httpStatus: 503 } } }),
    ],
    [
      'VirtualService',
      'a fault without a status',
      routed({ fault: { abort: { percentage: { value: 1 } } } }),
    ],
    ['VirtualService', 'a gRPC fault', routed({ fault: { abort: { grpcStatus: 'UNAVAILABLE' } } })],
    [
      'VirtualService',
      'an answer of the proxy',
      http({ directResponse: { status: 503, body: { string: 'later' } } }),
    ],
    ['VirtualService', 'a redirect', http({ redirect: { authority: 'fallback', redirectCode: 307 } })],
    ['VirtualService', 'copies', routed({ mirrors: [{ destination, percentage: { value: 10 } }] })],
    [
      'VirtualService',
      'a match',
      routed({ match: [{ headers: { cookie: { regex: '(.*; )?a=b' } }, sourceLabels: { app: 'order' } }] }),
    ],
    ['VirtualService', 'no retries', routed({ retries: { attempts: 0 } })],
    [
      'VirtualService',
      'a status code to retry on',
      routed({ retries: { attempts: 2, retryOn: 'reset,503' } }),
    ],
    [
      'DestinationRule',
      'limits and ejection',
      pool({
        connectionPool: { tcp: { maxConnections: 1 }, http: { http2MaxRequests: 0 } },
        outlierDetection: { consecutive5xxErrors: 0 },
      }),
    ],
    ['DestinationRule', 'ejection with all defaults', pool({ outlierDetection: {} })],
    [
      'AuthorizationPolicy',
      'a denial of a caller',
      policy({
        from: [{ source: { principals: ['cluster.local/ns/shop/sa/order'] } }],
        to: [{ operation: { paths: ['/pay*'] } }],
      }),
    ],
    ['AuthorizationPolicy', 'a denial of everything', policy({})],
    ['AuthorizationPolicy', 'nothing at all', {}],
  ])('%s: %s is accepted', async (kind, _, spec) => {
    await using cluster = await startTestCluster();
    const { status, body } = await create(cluster, kind, spec, '?fieldValidation=Strict');
    expect([status, body.message]).toEqual([201, undefined]);
  });

  test.each<[Kind, object, string]>([
    [
      'VirtualService',
      routed({ directResponse: { status: 503 } }),
      'HTTP route cannot contain both route and direct_response',
    ],
    [
      'VirtualService',
      http({ directResponse: { status: 503 }, fault: { delay: { fixedDelay: '1s' } } }),
      'HTTP route cannot contain both fault and direct_response',
    ],
    ['VirtualService', http({ directResponse: { status: 700 } }), 'HTTP status 700 is not in range 200-599'],
    [
      'VirtualService',
      routed({ redirect: { uri: '/' } }),
      'HTTP route cannot contain both route and redirect',
    ],
    [
      'VirtualService',
      http({ redirect: { uri: '/', redirectCode: 200 } }),
      '200 is not a valid redirect code, must be 3xx',
    ],
    ['VirtualService', http({ redirect: {} }), 'redirect must specify URI, authority, scheme, or port'],
    [
      'VirtualService',
      routed({ fault: { abort: { percentage: { value: 150 }, httpStatus: 503 } } }),
      'percentage 150 is neither 0.0, nor in range [0.0001, 100.0]',
    ],
    [
      'VirtualService',
      routed({ fault: { abort: { httpStatus: 1000 } } }),
      'HTTP status 1000 is not in range 200-599',
    ],
    ['VirtualService', routed({ fault: {} }), 'HTTP fault injection must have an abort and/or a delay'],
    [
      'VirtualService',
      routed({ fault: { abort: { grpcStatus: 'BROKEN' } } }),
      'gRPC status "BROKEN" is not supported',
    ],
    [
      'VirtualService',
      routed({ mirror: destination, mirrors: [{ destination }] }),
      'HTTP route cannot contain both mirror and mirrors',
    ],
    [
      'VirtualService',
      routed({ mirror: destination, mirrorPercentage: { value: 101 } }),
      'mirror_percentage must have a max value of 100',
    ],
    [
      'VirtualService',
      routed({ retries: { attempts: 0, retryOn: '5xx' } }),
      'http retry policy configured when attempts are set to 0 (disabled)',
    ],
    [
      'VirtualService',
      routed({ retries: { attempts: 1, retryOn: 'sometimes' } }),
      '"sometimes" is not a valid retryOn policy',
    ],
    [
      'VirtualService',
      routed({ match: [{ headers: { cookie: { regex: '(' } } }] }),
      '"headers": error parsing regexp',
    ],
    [
      'VirtualService',
      routed({ match: [{ method: { prefix: '' } }] }),
      '"method": prefix string match should not be empty',
    ],
    [
      'VirtualService',
      { hosts: ['*'], http: [{ route: [{ destination }] }] },
      'wildcard host * is not allowed',
    ],
    [
      'VirtualService',
      http({ route: [{ destination: { ...destination, subset: 'V 2' } }] }),
      'subset name is invalid: V 2',
    ],
    ['DestinationRule', pool({ connectionPool: {} }), 'connection pool must have at least one field'],
    [
      'DestinationRule',
      pool({ connectionPool: { tcp: { maxConnections: -1 } } }),
      'max connections must be non-negative',
    ],
    [
      'DestinationRule',
      pool({ outlierDetection: { maxEjectionPercent: 101 } }),
      'percentage 101 is not in range 0..100',
    ],
    [
      'AuthorizationPolicy',
      { action: 'DENY' },
      'invalid policy tried.shop: DENY action without `rules` is meaningless',
    ],
    [
      'AuthorizationPolicy',
      policy({ from: [] }),
      'invalid policy tried.shop: `from` must not be empty, found at rule 0',
    ],
    [
      'AuthorizationPolicy',
      policy({ from: [{ source: {} }] }),
      '`from.source` must not be empty, found at rule 0',
    ],
    [
      'AuthorizationPolicy',
      policy({ to: [{ operation: { paths: [''] } }] }),
      'empty value not allowed, found in Paths',
    ],
    ['AuthorizationPolicy', policy({ to: [{ operation: { ports: ['web'] } }] }), 'bad port (web)'],
    [
      'AuthorizationPolicy',
      policy({ when: [{ key: 'request.header[x]', values: ['1'] }] }),
      'unknown attribute: request.header[x]',
    ],
    [
      'AuthorizationPolicy',
      { ...policy({}), provider: { name: 'opa' } },
      '`provider` must not be with non CUSTOM action, found DENY',
    ],
  ])('%s %j is refused by the webhook', async (kind, spec, told) => {
    await using cluster = await startTestCluster();
    const { status, body } = await create(cluster, kind, spec);
    expect(status).toBe(400);
    expect(body.message).toContain(
      'admission webhook "validation.istio.io" denied the request: configuration is invalid: ',
    );
    expect(body.message).toContain(told);
    expect(body).not.toHaveProperty('reason');
    cluster.server.faults.webhook = 'absent';
    expect((await create(cluster, kind, spec)).status).toBe(201);
  });

  test.each<[Kind, object, string, string]>([
    [
      'VirtualService',
      http({ route: [{ weight: 1 }] }),
      'spec.http[0].route[0].destination',
      'Required value',
    ],
    [
      'VirtualService',
      routed({ timeout: '0s' }),
      'spec.http[0].timeout',
      'must be a valid duration greater than 1ms',
    ],
    [
      'VirtualService',
      routed({ retries: { attempts: 1, perTryTimeout: 'soon' } }),
      'spec.http[0].retries.perTryTimeout',
      'Invalid value: "soon"',
    ],
    [
      'VirtualService',
      routed({ match: [{ uri: { exact: '/', prefix: '/' } }] }),
      'spec.http[0].match[0].uri',
      '(oneOf)',
    ],
    [
      'VirtualService',
      routed({ fault: { abort: { httpStatus: 503, grpcStatus: 'UNAVAILABLE' } } }),
      'spec.http[0].fault.abort',
      '(oneOf)',
    ],
    ['DestinationRule', { trafficPolicy: {} }, 'spec.host', 'Required value'],
    [
      'DestinationRule',
      pool({ outlierDetection: { consecutive5xxErrors: -1 } }),
      'spec.trafficPolicy.outlierDetection.consecutive5xxErrors',
      'should be greater than or equal to 0',
    ],
    [
      'DestinationRule',
      pool({ outlierDetection: { interval: '100us' } }),
      'spec.trafficPolicy.outlierDetection.interval',
      'must be a valid duration',
    ],
    [
      'AuthorizationPolicy',
      { action: 'BLOCK' },
      'spec.action',
      'Unsupported value: "BLOCK": supported values: "ALLOW", "DENY", "AUDIT", "CUSTOM"',
    ],
    [
      'AuthorizationPolicy',
      { selector: {}, targetRefs: [{ kind: 'Service', name: 'payment' }] },
      'spec',
      'only one of targetRefs or selector can be set',
    ],
    [
      'AuthorizationPolicy',
      { rules: [{ when: [{ values: ['1'] }] }] },
      'spec.rules[0].when[0].key',
      'Required value',
    ],
    [
      'AuthorizationPolicy',
      { rules: [{ from: [{ source: { namespaces: 'shop' } }] }] },
      'spec.rules[0].from[0].source.namespaces',
      'must be of type array: "string"',
    ],
  ])('%s %j is refused by the schema, which names the field', async (kind, spec, field, told) => {
    await using cluster = await startTestCluster();
    const { status, body } = await create(cluster, kind, spec);
    expect([status, body.reason]).toEqual([422, 'Invalid']);
    const cause = body.details?.causes?.find((one) => one.field === field);
    expect(cause?.message).toContain(told);
  });

  test.each<[Kind, object, string]>([
    ['VirtualService', routed({ faults: {} }), 'spec.http[0].faults'],
    ['VirtualService', routed({ fault: { abort: { percent: 1 } } }), 'spec.http[0].fault.abort.percent'],
    [
      'DestinationRule',
      pool({ outlierDetection: { consecutiveErrorz: 1 } }),
      'spec.trafficPolicy.outlierDetection.consecutiveErrorz',
    ],
    [
      'AuthorizationPolicy',
      policy({ from: [{ source: { principal: ['x'] } }] }),
      'spec.rules[0].from[0].source.principal',
    ],
  ])('%s %j names an unknown field where fields are checked strictly', async (kind, spec, field) => {
    await using cluster = await startTestCluster();
    const { status, body } = await create(cluster, kind, spec, '?fieldValidation=Strict');
    expect([status, body.message]).toMatchObject([400, expect.stringContaining(`unknown field "${field}"`)]);
  });

  test('policies are found by discovery', async () => {
    await using cluster = await startTestCluster();
    const response = await cluster.ask('/apis/security.istio.io/v1');
    const { resources } = (await response.json()) as { resources: { name: string; kind: string }[] };
    expect(resources).toContainEqual(
      expect.objectContaining({ name: 'authorizationpolicies', kind: 'AuthorizationPolicy' }),
    );
  });
});
