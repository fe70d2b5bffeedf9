import type { KubeObject } from '../kube/store.ts';
import type { AskedRequest } from './matching.ts';
import { fieldsAt, listAt, textOf, textsOf, type Fields } from './reading.ts';

/** An AuthorizationPolicy that sidecars enforce. */
export interface Policy {
  readonly action: 'ALLOW' | 'DENY';
  /** Whether it holds for a workload. */
  governs(namespace: string, labels: Readonly<Record<string, string>>): boolean;
  /** Whether one of its rules names this request. */
  names(caller: CallerIdentity | null, asked: AskedRequest): boolean;
}

/** Who calls, by its certificate; nobody's is null. */
export interface CallerIdentity {
  readonly namespace: string;
  /** `spiffe://…` */
  readonly principal: string;
}

/** Policies of this namespace hold everywhere. */
const rootNamespace = 'istio-system';

/** Reads a policy; null for one that no sidecar enforces: for waypoints, by an external authorizer, audit only or tried out. */
export function policyOf(object: KubeObject): Policy | null {
  const spec = fieldsAt(object, 'spec');
  const action = textOf(spec['action']) ?? 'ALLOW';
  if (action !== 'ALLOW' && action !== 'DENY') return null;
  if (object.metadata.annotations?.['istio.io/dry-run'] === 'true') return null;
  if ('targetRef' in spec || listAt(spec, 'targetRefs').length > 0) return null;
  const own = object.metadata.namespace ?? '';
  const selector = Object.entries(textsOf(fieldsAt(spec, 'selector')['matchLabels']));
  const rules = listAt(spec, 'rules').map((rule) => compileRule(fieldsAt(rule), own));
  return {
    action,
    governs: (namespace, labels) =>
      (own === namespace || own === rootNamespace) &&
      selector.every(([name, value]) => labels[name] === value),
    names: (caller, asked) => rules.some((rule) => rule(caller, asked)),
  };
}

/** Envoy's order: what is denied is refused; where anything is allowed by name, everything else is refused. */
export function isRefused(
  policies: readonly Policy[],
  caller: CallerIdentity | null,
  asked: AskedRequest,
): boolean {
  const of = (action: Policy['action']): readonly Policy[] => policies.filter((one) => one.action === action);
  if (of('DENY').some((policy) => policy.names(caller, asked))) return true;
  const allowed = of('ALLOW');
  return allowed.length > 0 && !allowed.some((policy) => policy.names(caller, asked));
}

type Test = (caller: CallerIdentity | null, asked: AskedRequest) => boolean;

function compileRule(rule: Fields, namespace: string): Test {
  const from = listAt(rule, 'from').map((one) => compileSource(fieldsAt(one, 'source'), namespace));
  const to = listAt(rule, 'to').map((one) => compileOperation(fieldsAt(one, 'operation')));
  const when = listAt(rule, 'when').map((one) => compileCondition(fieldsAt(one), namespace));
  const any = (tests: readonly Test[], ...args: Parameters<Test>): boolean =>
    tests.length === 0 || tests.some((test) => test(...args));
  return (caller, asked) =>
    any(from, caller, asked) && any(to, caller, asked) && when.every((test) => test(caller, asked));
}

/** Reads an attribute of a request; null when it has none. */
type Attribute = (caller: CallerIdentity | null, asked: AskedRequest) => string | null;

const principalOf: Attribute = (caller) => caller?.principal.replace(/^spiffe:\/\//, '') ?? null;
const namespaceOf: Attribute = (caller) => caller?.namespace ?? null;
const accountOf: Attribute = (caller) =>
  /\/ns\/(.+)\/sa\/(.+)$/
    .exec(caller?.principal ?? '')
    ?.slice(1)
    .join('/') ?? null;
/** What the fleet's requests never have: a token of an end user, an address that is known ahead. */
const never: Attribute = () => null;

function compileSource(source: Fields, namespace: string): Test {
  return all([
    ...both(source, 'principals', 'notPrincipals', principalOf),
    ...both(source, 'namespaces', 'notNamespaces', namespaceOf),
    ...both(source, 'serviceAccounts', 'notServiceAccounts', accountOf, (account) =>
      account.includes('/') ? account : `${namespace}/${account}`,
    ),
    ...both(source, 'requestPrincipals', 'notRequestPrincipals', never),
    ...both(source, 'ipBlocks', 'notIpBlocks', never),
    ...both(source, 'remoteIpBlocks', 'notRemoteIpBlocks', never),
    ...both(source, 'trustDomains', 'notTrustDomains', (caller) =>
      caller === null ? null : 'cluster.local',
    ),
  ]);
}

function compileOperation(operation: Fields): Test {
  return all([
    ...both(operation, 'hosts', 'notHosts', (_, asked) => asked.authority),
    ...both(operation, 'ports', 'notPorts', (_, asked) => String(asked.port)),
    ...both(operation, 'methods', 'notMethods', (_, asked) => asked.method),
    ...both(operation, 'paths', 'notPaths', (_, asked) => asked.path),
  ]);
}

function compileCondition(condition: Fields, namespace: string): Test {
  const key = textOf(condition['key']) ?? '';
  const header = /^request\.headers\[(.+)\]$/.exec(key)?.[1]?.toLowerCase();
  if (header !== undefined) {
    return all(both(condition, 'values', 'notValues', (_, asked) => asked.headers[header] ?? null));
  }
  switch (key) {
    case 'source.namespace':
      return all(both(condition, 'values', 'notValues', namespaceOf));
    case 'source.principal':
      return all(both(condition, 'values', 'notValues', principalOf));
    case 'source.serviceAccount':
      return compileSource(
        { serviceAccounts: condition['values'], notServiceAccounts: condition['notValues'] },
        namespace,
      );
    case 'destination.port':
      return all(both(condition, 'values', 'notValues', (_, asked) => String(asked.port)));
    default:
      return () => false;
  }
}

function all(given: Iterable<Test>): Test {
  const tests = [...given];
  return (caller, asked) => tests.every((test) => test(caller, asked));
}

/** The tests of a field and of its opposite; a field that is not there tests nothing. */
function* both(
  from: Fields,
  wanted: string,
  unwanted: string,
  attribute: Attribute,
  written: (text: string) => string = (text) => text,
): Iterable<Test> {
  const values = (name: string): ((text: string) => boolean)[] =>
    listAt(from, name).flatMap((value) => (typeof value === 'string' ? [compileValue(written(value))] : []));
  const named = values(wanted);
  const excluded = values(unwanted);
  const read = (tests: typeof named, ...args: Parameters<Test>): boolean => {
    const value = attribute(...args);
    return value !== null && tests.some((test) => test(value));
  };
  if (named.length > 0) yield (...args) => read(named, ...args);
  if (excluded.length > 0) yield (...args) => !read(excluded, ...args);
}

/** `*` is anything that is there; else whole, by its start (`abc*`), its end (`*abc`), or a path template (`{*}`, `{**}`). */
function compileValue(value: string): (text: string) => boolean {
  if (value === '*') return (text) => text !== '';
  if (/\{\*{1,2}\}/.test(value)) {
    const pattern = value
      .split(/(\{\*{1,2}\})/)
      .map((part) => (part === '{**}' ? '.*' : part === '{*}' ? '[^/]+' : RegExp.escape(part)))
      .join('');
    const whole = new RegExp(`^${pattern}$`);
    return (text) => whole.test(text);
  }
  if (value.endsWith('*')) return (text) => text.startsWith(value.slice(0, -1));
  if (value.startsWith('*')) return (text) => text.endsWith(value.slice(1));
  return (text) => text === value;
}
