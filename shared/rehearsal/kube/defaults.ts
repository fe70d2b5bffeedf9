import { routeDefaults } from './gatewayApi.ts';
import { isRecord } from './jsonPatch.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a server fills in where a writer said nothing, for the kinds that an operator changes here. */
export function withDefaults<T extends Fields & { readonly kind: string }>(object: T): T {
  switch (object.kind) {
    case 'Deployment':
      return { ...object, spec: deploymentSpec(fieldsOf(object['spec'])) };
    case 'ReplicaSet':
      return { ...object, spec: templated({ replicas: 1, ...fieldsOf(object['spec']) }) };
    case 'Secret':
      return secret(object);
    case 'GRPCRoute':
    case 'HTTPRoute':
      return { ...object, spec: routeDefaults(object.kind, fieldsOf(object['spec'])) };
    case 'HorizontalPodAutoscaler':
      return { ...object, spec: { minReplicas: 1, metrics: halfBusy, ...fieldsOf(object['spec']) } };
    default:
      return object;
  }
}

const halfBusy = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
];

/** What is written as text is kept encoded, and the text is forgotten. */
function secret<T extends Fields>(object: T): T {
  const { stringData, ...rest } = object;
  const encoded = Object.entries(fieldsOf(stringData)).map(
    ([key, text]) => [key, Buffer.from(String(text)).toString('base64')] as const,
  );
  const data = { ...fieldsOf(rest['data']), ...Object.fromEntries(encoded) };
  return {
    ...rest,
    ...(Object.keys(data).length > 0 ? { data } : {}),
    type: rest['type'] ?? 'Opaque',
  } as unknown as T; // only `stringData` is gone, which no type here names
}

function deploymentSpec(spec: Fields): Fields {
  const strategy = fieldsOf(spec['strategy']);
  const rolling = { maxUnavailable: '25%', maxSurge: '25%', ...fieldsOf(strategy['rollingUpdate']) };
  return templated({
    replicas: 1,
    ...spec,
    strategy:
      strategy['type'] === 'Recreate'
        ? { type: 'Recreate' }
        : { type: 'RollingUpdate', ...strategy, rollingUpdate: rolling },
    revisionHistoryLimit: spec['revisionHistoryLimit'] ?? 10,
    progressDeadlineSeconds: spec['progressDeadlineSeconds'] ?? 600,
  });
}

function templated(spec: Fields): Fields {
  const template = fieldsOf(spec['template']);
  const pod = fieldsOf(template['spec']);
  const { serviceAccountName } = pod;
  return {
    ...spec,
    template: {
      ...template,
      spec: {
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
        schedulerName: 'default-scheduler',
        ...pod,
        ...(serviceAccountName === undefined ? {} : { serviceAccount: serviceAccountName }),
        ...(pod['volumes'] === undefined ? {} : { volumes: listOf(pod['volumes']).map(volume) }),
        containers: listOf(pod['containers']).map(container),
      },
    },
  };
}

function container(value: unknown): Fields {
  const asked = fieldsOf(value);
  const image = typeof asked['image'] === 'string' ? asked['image'] : '';
  const latest = !image.includes(':') || image.endsWith(':latest');
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: latest ? 'Always' : 'IfNotPresent',
    ...asked,
    ...(asked['ports'] === undefined
      ? {}
      : {
          ports: listOf(asked['ports']).map((port) => ({
            ...fieldsOf(port),
            protocol: fieldsOf(port)['protocol'] ?? 'TCP',
          })),
        }),
  };
}

/** Files of a mounted ConfigMap or Secret are readable by all. */
function volume(value: unknown): Fields {
  const asked = fieldsOf(value);
  const filled = Object.entries(asked).map(([field, inner]) =>
    ['configMap', 'secret', 'projected'].includes(field)
      ? ([field, { defaultMode: 420, ...fieldsOf(inner) }] as const)
      : ([field, inner] as const),
  );
  return Object.fromEntries(filled);
}

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];
