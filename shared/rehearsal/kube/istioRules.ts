import { isRecord } from './jsonPatch.ts';
import type { StatusCause } from './status.ts';

/** What a CRD's schema asks of a field besides its type. */
type Condition =
  | 'required'
  | 'duration'
  | { readonly oneOf: readonly string[] }
  | { readonly anyOf: readonly string[] }
  | { readonly from: number; readonly to: number };

/** Where fields are (`[]` is every element, `{}` every value of a map) and what is asked of them. */
type Rules = readonly (readonly [path: string, condition: Condition])[];

const most = 4_294_967_295;
const anyNumber: Condition = { from: 0, to: most };
const textMatch: Condition = { oneOf: ['exact', 'prefix', 'regex'] };

const policyRules = (at: string): Rules => [
  [`${at}.connectionPool.tcp.connectTimeout`, 'duration'],
  [`${at}.connectionPool.tcp.idleTimeout`, 'duration'],
  [`${at}.connectionPool.tcp.maxConnectionDuration`, 'duration'],
  [`${at}.connectionPool.http.idleTimeout`, 'duration'],
  [`${at}.connectionPool.http.h2UpgradePolicy`, { anyOf: ['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE'] }],
  [`${at}.outlierDetection.interval`, 'duration'],
  [`${at}.outlierDetection.baseEjectionTime`, 'duration'],
  [`${at}.outlierDetection.consecutive5xxErrors`, anyNumber],
  [`${at}.outlierDetection.consecutiveGatewayErrors`, anyNumber],
  [`${at}.outlierDetection.consecutiveLocalOriginFailures`, anyNumber],
  [`${at}.tls.mode`, { anyOf: ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'] }],
];

const rules: Readonly<Record<string, Rules>> = {
  virtualservices: [
    ['http[].route[].destination', 'required'],
    ['http[].route[].destination.host', 'required'],
    ['http[].mirror.host', 'required'],
    ['http[].mirrors[].destination', 'required'],
    ['http[].mirrors[].destination.host', 'required'],
    ['http[].directResponse.status', 'required'],
    ['http[].directResponse.status', anyNumber],
    ['http[].directResponse.body', { oneOf: ['string', 'bytes'] }],
    ['http[].redirect', { oneOf: ['port', 'derivePort'] }],
    ['http[].fault.abort', { oneOf: ['httpStatus', 'grpcStatus', 'http2Error'] }],
    ['http[].fault.delay', { oneOf: ['fixedDelay', 'exponentialDelay'] }],
    ['http[].fault.delay.fixedDelay', 'duration'],
    ['http[].timeout', 'duration'],
    ['http[].retries.perTryTimeout', 'duration'],
    ['http[].retries.backoff', 'duration'],
    ['http[].match[].port', anyNumber],
    ...['uri', 'scheme', 'method', 'authority', 'headers{}', 'withoutHeaders{}', 'queryParams{}'].map(
      (field) => [`http[].match[].${field}`, textMatch] as const,
    ),
    ['tcp[].route[].destination', 'required'],
    ['tcp[].route[].destination.host', 'required'],
    ['tls[].match', 'required'],
    ['tls[].match[].sniHosts', 'required'],
    ['tls[].route[].destination', 'required'],
    ['tls[].route[].destination.host', 'required'],
  ],
  destinationrules: [
    ['host', 'required'],
    ['subsets[].name', 'required'],
    ...policyRules('trafficPolicy'),
    ...policyRules('subsets[].trafficPolicy'),
    ...policyRules('trafficPolicy.portLevelSettings[]'),
  ],
  authorizationpolicies: [
    ['action', { anyOf: ['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'] }],
    ['rules[].when[].key', 'required'],
    ['targetRef.kind', 'required'],
    ['targetRef.name', 'required'],
    ['targetRefs[].kind', 'required'],
    ['targetRefs[].name', 'required'],
  ],
  peerauthentications: [['mtls.mode', { anyOf: ['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT'] }]],
};

/** What the schema itself refuses: what is missing, out of range, not among what may be said, or said twice. */
export function schemaCauses(plural: string, spec: unknown): StatusCause[] {
  return causesOf(plural, spec, (condition) => condition !== 'duration');
}

/** What the schema's rules (CEL) refuse; a server only gets to them when nothing else is wrong. */
export function ruleCauses(plural: string, spec: unknown): StatusCause[] {
  const causes = causesOf(plural, spec, (condition) => condition === 'duration');
  if (plural !== 'authorizationpolicies' || !isRecord(spec)) return causes;
  const scopes = ['selector', 'targetRef', 'targetRefs'].filter((name) => name in spec);
  if (scopes.length < 2) return causes;
  return [...causes, invalidValue('object', 'only one of targetRefs or selector can be set', 'spec')];
}

function causesOf(plural: string, spec: unknown, asked: (condition: Condition) => boolean): StatusCause[] {
  return (rules[plural] ?? [])
    .filter(([, condition]) => asked(condition))
    .flatMap(([path, condition]) =>
      [...placesOf(spec, path.split('.'), 'spec')].flatMap((place) => causeOf(place, condition) ?? []),
    );
}

interface Place {
  readonly value: unknown;
  readonly path: string;
}

/** Every place that a path leads to; a last field that is missing is a place without a value. */
function* placesOf(from: unknown, [step, ...rest]: readonly string[], path: string): Iterable<Place> {
  if (step === undefined) {
    yield { value: from, path };
    return;
  }
  if (!isRecord(from)) return;
  const name = step.replace(/\[\]|\{\}/, '');
  const value = from[name];
  const at = `${path}.${name}`;
  if (step.endsWith('[]') && Array.isArray(value)) {
    for (const [index, element] of value.entries()) yield* placesOf(element, rest, `${at}[${index}]`);
  } else if (step.endsWith('{}') && isRecord(value)) {
    for (const [key, element] of Object.entries(value)) yield* placesOf(element, rest, `${at}.${key}`);
  } else if (step === name && (value !== undefined || rest.length === 0)) yield* placesOf(value, rest, at);
}

function causeOf({ value, path }: Place, condition: Condition): StatusCause | null {
  if (condition === 'required') {
    return value === undefined
      ? { reason: 'FieldValueRequired', message: 'Required value', field: path }
      : null;
  }
  if (value === undefined) return null;
  if (condition === 'duration') {
    return typeof value === 'string' && isLongEnough(value)
      ? null
      : invalidValue(value, 'must be a valid duration greater than 1ms', path);
  }
  if ('anyOf' in condition) {
    if (typeof value !== 'string' || condition.anyOf.includes(value)) return null;
    const supported = condition.anyOf.map((one) => JSON.stringify(one)).join(', ');
    const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
    return { reason: 'FieldValueNotSupported', message, field: path };
  }
  if ('oneOf' in condition) {
    const said = condition.oneOf.filter((name) => isRecord(value) && name in value).length;
    const told = `${JSON.stringify(path)} must validate one and only one schema (oneOf). Found ${said} valid alternatives`;
    return said > 1 ? invalidValue('', told, path) : null;
  }
  if (typeof value !== 'number' || (value >= condition.from && value <= condition.to)) return null;
  const bound =
    value < condition.from
      ? `greater than or equal to ${condition.from}`
      : `less than or equal to ${condition.to}`;
  return invalidValue(value, `${path} in body should be ${bound}`, path);
}

const invalidValue = (value: unknown, told: string, field: string): StatusCause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${told}`,
  field,
});

/** A duration in Go's spelling of at least a millisecond. */
function isLongEnough(text: string): boolean {
  const unitMs: Readonly<Record<string, number>> = {
    ns: 1e-6,
    us: 1e-3,
    µs: 1e-3,
    ms: 1,
    s: 1e3,
    m: 6e4,
    h: 3.6e6,
  };
  if (!/^(?:\d*\.?\d+(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return false;
  let totalMs = 0;
  for (const [, count, unit] of text.matchAll(/(\d*\.?\d+)(ns|us|µs|ms|s|m|h)/g)) {
    totalMs += Number(count) * (unitMs[unit ?? ''] ?? 0);
  }
  return totalMs >= 1;
}
