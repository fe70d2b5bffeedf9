import { fields, list, map, type Shape } from './schema.ts';

const strings = list('string');
const stringMatch = fields({ exact: 'string', prefix: 'string', regex: 'string' });
const percentage = fields({ value: 'number' });
const port = fields({ number: 'integer' });
const destination = fields({ host: 'string', subset: 'string', port });
const headerChange = fields({ set: map('string'), add: map('string'), remove: strings });
const headers = fields({ request: headerChange, response: headerChange });

const httpMatch = fields({
  name: 'string',
  uri: stringMatch,
  scheme: stringMatch,
  method: stringMatch,
  authority: stringMatch,
  headers: map(stringMatch),
  port: 'integer',
  sourceLabels: map('string'),
  gateways: strings,
  queryParams: map(stringMatch),
  ignoreUriCase: 'boolean',
  withoutHeaders: map(stringMatch),
  sourceNamespace: 'string',
  statPrefix: 'string',
});

const fault = fields({
  delay: fields({ percent: 'integer', fixedDelay: 'string', exponentialDelay: 'string', percentage }),
  abort: fields({
    httpStatus: 'integer',
    grpcStatus: 'string',
    http2Error: 'string',
    percentage,
  }),
});

const httpRoute = fields({
  name: 'string',
  match: list(httpMatch),
  route: list(fields({ destination, weight: 'integer', headers })),
  redirect: fields({
    uri: 'string',
    prefixRewrite: 'string',
    authority: 'string',
    port: 'integer',
    derivePort: 'string',
    scheme: 'string',
    redirectCode: 'integer',
  }),
  directResponse: fields({ status: 'integer', body: fields({ string: 'string', bytes: 'string' }) }),
  delegate: fields({ name: 'string', namespace: 'string' }),
  rewrite: fields({
    uri: 'string',
    authority: 'string',
    uriRegexRewrite: fields({ match: 'string', rewrite: 'string' }),
  }),
  timeout: 'string',
  retries: fields({
    attempts: 'integer',
    perTryTimeout: 'string',
    retryOn: 'string',
    retryRemoteLocalities: 'boolean',
    retryIgnorePreviousHosts: 'boolean',
    backoff: 'string',
  }),
  fault,
  mirror: destination,
  mirrors: list(fields({ destination, percentage })),
  mirrorPercent: 'integer',
  mirror_percent: 'integer',
  mirrorPercentage: percentage,
  corsPolicy: fields({
    allowOrigin: strings,
    allowOrigins: list(stringMatch),
    allowMethods: strings,
    allowHeaders: strings,
    exposeHeaders: strings,
    maxAge: 'string',
    allowCredentials: 'boolean',
    unmatchedPreflights: 'string',
  }),
  headers,
});

const streamMatch = {
  destinationSubnets: strings,
  port: 'integer',
  sourceLabels: map('string'),
  gateways: strings,
  sourceNamespace: 'string',
} as const;
const streamRoute = list(fields({ destination, weight: 'integer' }));

const virtualService = fields({
  hosts: strings,
  gateways: strings,
  http: list(httpRoute),
  tls: list(fields({ match: list(fields({ ...streamMatch, sniHosts: strings })), route: streamRoute })),
  tcp: list(fields({ match: list(fields({ ...streamMatch, sourceSubnet: 'string' })), route: streamRoute })),
  exportTo: strings,
});

const connectionPool = fields({
  tcp: fields({
    maxConnections: 'integer',
    connectTimeout: 'string',
    tcpKeepalive: fields({ probes: 'integer', time: 'string', interval: 'string' }),
    maxConnectionDuration: 'string',
    idleTimeout: 'string',
  }),
  http: fields({
    http1MaxPendingRequests: 'integer',
    http2MaxRequests: 'integer',
    maxRequestsPerConnection: 'integer',
    maxRetries: 'integer',
    idleTimeout: 'string',
    h2UpgradePolicy: 'string',
    useClientProtocol: 'boolean',
    maxConcurrentStreams: 'integer',
    http2KeepAlive: fields({ interval: 'string', timeout: 'string' }),
  }),
});

const outlierDetection = fields({
  consecutiveErrors: 'integer',
  splitExternalLocalOriginErrors: 'boolean',
  consecutiveLocalOriginFailures: 'integer',
  consecutiveGatewayErrors: 'integer',
  consecutive5xxErrors: 'integer',
  interval: 'string',
  baseEjectionTime: 'string',
  maxEjectionPercent: 'integer',
  minHealthPercent: 'integer',
  outlierDetectionHttpErrorCodes: list('integer'),
});

const loadBalancer = fields({
  simple: 'string',
  consistentHash: fields({
    httpHeaderName: 'string',
    httpCookie: fields({
      name: 'string',
      path: 'string',
      ttl: 'string',
      attributes: list(fields({ name: 'string', value: 'string' })),
    }),
    useSourceIp: 'boolean',
    httpQueryParameterName: 'string',
    ringHash: fields({ minimumRingSize: 'integer' }),
    maglev: fields({ tableSize: 'integer' }),
    minimumRingSize: 'integer',
  }),
  localityLbSetting: fields({
    distribute: list(fields({ from: 'string', to: map('integer') })),
    failover: list(fields({ from: 'string', to: 'string' })),
    failoverPriority: strings,
    enabled: 'boolean',
  }),
  zoneAwareLbSetting: fields({
    enabled: 'boolean',
    failover: list(fields({ from: 'string', to: 'string' })),
    failoverPriority: strings,
    minClusterSize: 'integer',
  }),
  warmupDurationSecs: 'string',
  warmup: fields({ duration: 'string', minimumPercent: 'number', aggression: 'number' }),
});

const tls = fields({
  mode: 'string',
  clientCertificate: 'string',
  privateKey: 'string',
  caCertificates: 'string',
  credentialName: 'string',
  subjectAltNames: strings,
  sni: 'string',
  insecureSkipVerify: 'boolean',
  caCrl: 'string',
});

const perPort = { loadBalancer, connectionPool, outlierDetection, tls } as const;
const trafficPolicy = fields({
  ...perPort,
  portLevelSettings: list(fields({ ...perPort, port })),
  tunnel: fields({ protocol: 'string', targetHost: 'string', targetPort: 'integer' }),
  proxyProtocol: fields({ version: 'string' }),
  retryBudget: fields({ percent: 'number', minRetryConcurrency: 'integer', budgetInterval: 'string' }),
});

const destinationRule = fields({
  host: 'string',
  trafficPolicy,
  subsets: list(fields({ name: 'string', labels: map('string'), trafficPolicy })),
  exportTo: strings,
  workloadSelector: fields({ matchLabels: map('string') }),
});

const selector = fields({ matchLabels: map('string') });
const targetRef = fields({ group: 'string', kind: 'string', name: 'string', namespace: 'string' });

const source = fields({
  principals: strings,
  notPrincipals: strings,
  requestPrincipals: strings,
  notRequestPrincipals: strings,
  serviceAccounts: strings,
  notServiceAccounts: strings,
  namespaces: strings,
  notNamespaces: strings,
  trustDomains: strings,
  notTrustDomains: strings,
  ipBlocks: strings,
  notIpBlocks: strings,
  remoteIpBlocks: strings,
  notRemoteIpBlocks: strings,
});
const operation = fields({
  hosts: strings,
  notHosts: strings,
  ports: strings,
  notPorts: strings,
  methods: strings,
  notMethods: strings,
  paths: strings,
  notPaths: strings,
});

const authorizationPolicy = fields({
  selector,
  targetRef,
  targetRefs: list(targetRef),
  action: 'string',
  provider: fields({ name: 'string' }),
  rules: list(
    fields({
      from: list(fields({ source })),
      to: list(fields({ operation })),
      when: list(fields({ key: 'string', values: strings, notValues: strings })),
    }),
  ),
});

const peerAuthentication = fields({
  selector,
  mtls: fields({ mode: 'string' }),
  portLevelMtls: map(fields({ mode: 'string' })),
});

/** The `spec` of the kinds whose fields are checked; the others take any field. */
export const specShapes: Readonly<Record<string, Shape>> = {
  virtualservices: virtualService,
  destinationrules: destinationRule,
  authorizationpolicies: authorizationPolicy,
  peerauthentications: peerAuthentication,
};
