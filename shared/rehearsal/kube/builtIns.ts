import { isDeepStrictEqual } from 'node:util';
import { isRecord } from './jsonPatch.ts';
import { fields, list, map, type Shape } from './schema.ts';
import type { StatusCause } from './status.ts';

type Fields = Readonly<Record<string, unknown>>;

const anyOf = (names: string): Record<string, Shape> =>
  Object.fromEntries(names.split(' ').map((name) => [name, 'any' as const]));
const whole = (more: Record<string, Shape>): Shape =>
  fields({ apiVersion: 'any', kind: 'any', metadata: 'any', ...more });

const container = fields(
  anyOf(
    'name image command args workingDir ports envFrom env resources resizePolicy restartPolicy volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty',
  ),
);
const podSpec = fields({
  ...anyOf(
    'volumes initContainers ephemeralContainers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount automountServiceAccountToken nodeName hostNetwork hostPID hostIPC shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity schedulerName tolerations hostAliases priorityClassName priority dnsConfig readinessGates runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources',
  ),
  containers: list(container),
});

/** The kinds whose fields are known here, to the depth at which somebody mistypes them. */
export const builtInShapes: Readonly<Record<string, Shape | undefined>> = {
  configmaps: whole({ data: map('string'), binaryData: map('string'), immutable: 'boolean' }),
  secrets: whole({
    data: map('string'),
    stringData: map('string'),
    immutable: 'boolean',
    type: 'string',
  }),
  deployments: whole({
    status: 'any',
    spec: fields({
      ...anyOf('selector strategy'),
      replicas: 'integer',
      minReadySeconds: 'integer',
      revisionHistoryLimit: 'integer',
      progressDeadlineSeconds: 'integer',
      paused: 'boolean',
      template: fields({ metadata: 'any', spec: podSpec }),
    }),
  }),
};

/** What the server says no to before anything is stored: for the kinds that an operator changes here. */
export function causesAgainst(
  kind: string,
  next: Fields,
  current: Fields | undefined,
): readonly StatusCause[] {
  switch (kind) {
    case 'ConfigMap':
    case 'Secret':
      return [...contentCauses(kind, next), ...frozenCauses(next, current)];
    case 'Deployment':
      return deploymentCauses(next, current);
    default:
      return [];
  }
}

const badKey =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

function contentCauses(kind: string, next: Fields): StatusCause[] {
  const causes: StatusCause[] = [];
  const binary = fieldsOf(next['binaryData']);
  const say = (field: string, key: string, why: string): void =>
    void causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(key)}: ${why}`,
      field,
    });
  for (const key of Object.keys(fieldsOf(next['data']))) {
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) say(`data[${key}]`, key, badKey);
    if (kind === 'ConfigMap' && Object.hasOwn(binary, key))
      say(`data[${key}]`, key, 'duplicate of key present in binaryData');
  }
  for (const key of Object.keys(binary))
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) say(`binaryData[${key}]`, key, badKey);
  return causes;
}

function frozenCauses(next: Fields, current: Fields | undefined): StatusCause[] {
  const causes: StatusCause[] = [];
  const forbid = (field: string): void =>
    void causes.push({
      reason: 'FieldValueForbidden',
      message: 'Forbidden: field is immutable when `immutable` is set',
      field,
    });
  if (current?.['kind'] === 'Secret' && current['type'] !== next['type'])
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(next['type'])}: field is immutable`,
      field: 'type',
    });
  if (current?.['immutable'] !== true) return causes;
  if (next['immutable'] !== true) forbid('immutable');
  for (const part of ['data', 'binaryData'])
    if (!isDeepStrictEqual(fieldsOf(next[part]), fieldsOf(current[part]))) forbid(part);
  return causes;
}

function deploymentCauses(next: Fields, current: Fields | undefined): StatusCause[] {
  const causes: StatusCause[] = [];
  const invalid = (field: string, value: unknown, why: string): void =>
    void causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
      field,
    });
  const spec = fieldsOf(next['spec']);
  const { replicas } = spec;
  if (typeof replicas === 'number' && replicas < 0)
    invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
  const selector = fieldsOf(spec['selector']);
  const labels = fieldsOf(fieldsOf(fieldsOf(spec['template'])['metadata'])['labels']);
  const wanted = Object.entries(fieldsOf(selector['matchLabels']));
  if (wanted.some(([name, value]) => labels[name] !== value))
    invalid('spec.template.metadata.labels', sorted(labels), '`selector` does not match template `labels`');
  const before = fieldsOf(current?.['spec'])['selector'];
  if (current !== undefined && !isDeepStrictEqual(before, spec['selector']))
    invalid(
      'spec.selector',
      { ...selector, matchLabels: sorted(fieldsOf(selector['matchLabels'])) },
      'field is immutable',
    );
  return causes;
}

const sorted = (of: Fields): Fields =>
  Object.fromEntries(Object.entries(of).toSorted(([left], [right]) => (left < right ? -1 : 1)));

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
