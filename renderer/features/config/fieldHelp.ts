/** What a field of a document does, in a sentence or two. */
export interface FieldHelp {
  /** "spec.http.timeout". */
  readonly path: string;
  readonly text: string;
  /** The fields that may stand inside it, as far as they are known here. */
  readonly inside: readonly string[];
}

/** Help for the innermost field of a path that is known for this kind; null where none is. */
export function fieldHelp(kind: string, path: readonly string[]): FieldHelp | null {
  const known = helps[kind];
  if (known === undefined) return null;
  for (let length = path.length; length > 0; length -= 1) {
    const name = path.slice(0, length).join('.');
    const text = known[name] ?? metadata[name];
    if (text === undefined) continue;
    const inside = Object.keys(known).flatMap((each) => {
      const rest = each.startsWith(`${name}.`) ? each.slice(name.length + 1) : '';
      return rest === '' || rest.includes('.') ? [] : [rest];
    });
    return { path: name, text, inside };
  }
  return null;
}

type Helps = Readonly<Record<string, string>>;

const metadata: Helps = {
  'metadata.labels': 'Words by which other documents select this one.',
  'metadata.annotations': 'Notes for tools and people; nothing selects by them.',
};

const virtualService: Helps = {
  spec: 'How requests to some hosts are routed.',
  'spec.hosts': 'The hosts that clients ask for. A short name means this document’s own namespace.',
  'spec.gateways':
    'Which proxies obey: “mesh” for sidecars, else gateways as namespace/name. Left out, sidecars only; once named, “mesh” must be named too.',
  'spec.exportTo': 'The namespaces that see this document: “.” for its own, “*” for all.',
  'spec.http': 'Routes for HTTP, tried from the first: the first whose match holds takes the request.',
  'spec.http.name': 'A name for people and metrics.',
  'spec.http.match':
    'Conditions. Those of one entry must all hold, of several entries one suffices; none takes every request.',
  'spec.http.match.uri': 'The path: exact, prefix or regex (RE2, the whole path).',
  'spec.http.match.headers': 'By header name in lower case: exact, prefix or regex.',
  'spec.http.match.sourceLabels':
    'Labels of the calling workload. Only sidecars know them: a gateway ignores the route.',
  'spec.http.match.sourceNamespace': 'The namespace of the calling workload.',
  'spec.http.match.ignoreUriCase': 'Whether the path is compared without regard to case.',
  'spec.http.route': 'Where requests go. Several destinations divide them by weight.',
  'spec.http.route.weight':
    'This destination’s part; its share is weight / sum of weights. Older versions of Istio insist on a sum of 100.',
  'spec.http.route.destination': 'A host and, with a DestinationRule, one of its subsets.',
  'spec.http.route.destination.host': 'A host of the service registry. A short name means this namespace.',
  'spec.http.route.destination.subset':
    'A subset of the host’s DestinationRule. One that is not declared answers every call with 503.',
  'spec.http.route.destination.port': 'Needed where the service has several ports.',
  'spec.http.timeout': 'How long a request may take, retries included: “2s”. Unset means no limit.',
  'spec.http.retries':
    'How failed requests are tried again. Unset, Istio tries twice more; retries of callers and callees multiply.',
  'spec.http.retries.attempts': 'How often it is tried again; 0 never.',
  'spec.http.retries.perTryTimeout': 'How long each try may take; unset it is the route’s time-out.',
  'spec.http.retries.retryOn': 'On what: “5xx,reset,connect-failure,…”, Envoy’s own words.',
  'spec.http.fault':
    'Failures made on purpose. Any fault, also one of 0 %, switches off time-out and retries of its route.',
  'spec.http.fault.abort': 'Answers a share of requests with a status without calling anyone.',
  'spec.http.fault.delay': 'Holds a share of requests up.',
  'spec.http.mirror': 'Sends a copy of each request there as well; its answers are thrown away.',
  'spec.http.mirrorPercentage': 'Which share is copied; unset means all.',
  'spec.http.directResponse': 'Answers with a fixed status and body; nothing is called.',
  'spec.http.redirect': 'Answers with a redirect.',
  'spec.http.rewrite': 'Changes path or authority before the call.',
  'spec.http.headers': 'Sets, adds or removes headers of requests and responses.',
  'spec.http.corsPolicy': 'What browsers of other origins may do.',
  'spec.tcp': 'Routes for TCP: by port and source, divided by weight.',
  'spec.tls': 'Routes for TLS that passes through: by SNI.',
};

const policy = {
  connectionPool: 'Limits of what each proxy has open to the host at once, not of all proxies together.',
  'connectionPool.tcp': 'Limits for connections.',
  'connectionPool.tcp.maxConnections': 'Most connections of one proxy to the host. 0 means no limit.',
  'connectionPool.tcp.connectTimeout': 'How long a connection may take to open; 10s unless said.',
  'connectionPool.http': 'Limits for requests.',
  'connectionPool.http.http1MaxPendingRequests':
    'Most requests of one proxy that wait for a connection; what is above gets 503 (UO). 0 means no limit.',
  'connectionPool.http.http2MaxRequests':
    'Most requests of one proxy at once; what is above gets 503 (UO). 0 means no limit.',
  'connectionPool.http.maxRequestsPerConnection':
    'After so many a connection is opened anew. 0 means no limit.',
  'connectionPool.http.maxRetries': 'Most retries of one proxy at once.',
  'connectionPool.http.idleTimeout': 'An idle connection is closed after so long; an hour unless said.',
  outlierDetection:
    'Takes instances that keep failing out of the traffic for a while; each proxy for itself.',
  'outlierDetection.consecutive5xxErrors':
    'Failures in a row before an instance is ejected. 0 switches it off.',
  'outlierDetection.consecutiveGatewayErrors': 'The same for 502, 503 and 504 alone. 0 switches it off.',
  'outlierDetection.interval': 'How often it is looked; 10s unless said.',
  'outlierDetection.baseEjectionTime':
    'How long the first ejection lasts; each further one is longer. 30s unless said.',
  'outlierDetection.maxEjectionPercent':
    'Most of the instances that may be out; 10 % unless said, but always one.',
  'outlierDetection.minHealthPercent': 'Below this share of healthy instances nothing is ejected any more.',
  loadBalancer: 'How one of the instances is chosen.',
  'loadBalancer.simple': 'ROUND_ROBIN, LEAST_REQUEST, RANDOM or PASSTHROUGH.',
  'loadBalancer.consistentHash': 'The same header, cookie or address leads to the same instance.',
  tls: 'How the proxy secures the connection: DISABLE, SIMPLE, MUTUAL or ISTIO_MUTUAL.',
} as const;

const destinationRule: Helps = {
  spec: 'What holds for calls to one host once it is chosen.',
  'spec.host': 'The host it is about. Of several rules for one host only the oldest is obeyed.',
  'spec.exportTo': 'The namespaces that see this document: “.” for its own, “*” for all.',
  'spec.trafficPolicy': 'Limits, ejection, balancing and TLS for all calls to the host.',
  ...under('spec.trafficPolicy', policy),
  'spec.subsets': 'Named parts of the instances, by label; routes name them.',
  'spec.subsets.name': 'What routes call it.',
  'spec.subsets.labels': 'Labels that its instances carry; all must match.',
  'spec.subsets.trafficPolicy': 'Overrides the host’s for this subset.',
  ...under('spec.subsets.trafficPolicy', policy),
};

const helps: Readonly<Record<string, Helps>> = {
  VirtualService: virtualService,
  DestinationRule: destinationRule,
  ServiceEntry: {
    'spec.hosts': 'Hosts that are added to the registry of the mesh.',
    'spec.location': 'MESH_EXTERNAL for what lies outside, MESH_INTERNAL for what is part of the mesh.',
    'spec.resolution': 'How addresses are found: NONE, STATIC or DNS.',
    'spec.ports': 'Ports with their protocol; the protocol decides which routes apply.',
    'spec.endpoints': 'Addresses, where they are not looked up.',
  },
  Gateway: {
    'spec.selector': 'Labels of the gateway’s pods.',
    'spec.servers': 'What it listens to: port, hosts and TLS.',
    'spec.servers.hosts': 'The hosts it takes, namespace/host; routes must name them too.',
    'spec.servers.tls': 'How it ends or passes TLS; credentialName names a Secret.',
  },
  AuthorizationPolicy: {
    'spec.selector': 'Which workloads it is for; none means all of the namespace.',
    'spec.action': 'ALLOW, DENY, AUDIT or CUSTOM. DENY is looked at first.',
    'spec.rules': 'When it holds; one suffices. ALLOW without rules allows nothing.',
    'spec.rules.from': 'Who calls: principals, namespaces, addresses.',
    'spec.rules.to': 'What is asked: hosts, ports, methods, paths.',
    'spec.rules.when': 'Further conditions, such as headers.',
  },
  Sidecar: {
    'spec.egress': 'Which hosts these workloads can reach at all.',
    'spec.ingress': 'How calls come in.',
    'spec.outboundTrafficPolicy': 'ALLOW_ANY or REGISTRY_ONLY for hosts nobody declared.',
  },
};

function under(path: string, fields: Helps): Helps {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [`${path}.${name}`, text]));
}
