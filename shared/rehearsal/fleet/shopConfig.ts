import type { KubeInput } from '../kube/store.ts';
import { fieldsAt, listAt, textOf, type Fields } from '../traffic/reading.ts';
import { timeOf } from './time.ts';

/** How one Deployment's program is configured. */
interface Configured {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly env?: readonly Fields[];
  readonly envFrom?: readonly Fields[];
  readonly volumes?: readonly Fields[];
  readonly volumeMounts?: readonly Fields[];
}

const fromMap = (name: string, map: string, key: string): Fields => ({
  name,
  valueFrom: { configMapKeyRef: { name: map, key } },
});
const fromSecret = (name: string, secret: string, key: string): Fields => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});
const mapVolume = (name: string, map: string): Fields => ({ name, configMap: { name: map } });
const plain = (name: string, value: string): Fields => ({ name, value });

/** By namespace and Deployment: every way in which a configuration gets into a program is there once. */
const configured: Readonly<Record<string, Configured | undefined>> = {
  'edge/edge-gateway': {
    env: [plain('GATEWAY_WORKERS', '8')],
    volumes: [mapVolume('pages', 'edge-gateway-pages')],
    volumeMounts: [{ name: 'pages', mountPath: '/etc/edge-gateway/pages', readOnly: true }],
  },
  'shop/order': {
    env: [
      fromMap('PAYMENT_TIMEOUT', 'order-settings', 'payment.timeout'),
      fromSecret('ORDER_DB_PASSWORD', 'order-database', 'password'),
    ],
    volumes: [mapVolume('settings', 'order-settings')],
    volumeMounts: [{ name: 'settings', mountPath: '/etc/order', readOnly: true }],
  },
  'shop/payment-v1': payment('info'),
  'shop/payment-v2': payment('debug'),
  'shop/refunds': {
    volumes: [{ name: 'certificate', secret: { secretName: 'refunds-tls' } }],
    volumeMounts: [{ name: 'certificate', mountPath: '/etc/refunds/tls', readOnly: true }],
  },
  'shop/inventory': {
    // A name that ends with its content's hash, as kustomize makes them.
    envFrom: [{ configMapRef: { name: 'inventory-settings-7k2f9mtb5c' } }],
  },
  'shop/catalog': {
    annotations: { 'reloader.stakater.com/auto': 'true' },
    volumes: [mapVolume('settings', 'catalog-settings')],
    volumeMounts: [{ name: 'settings', mountPath: '/etc/catalog', readOnly: true }],
  },
  'shop/recommend': {
    env: [plain('RECOMMEND_MODEL', 'winter-24'), plain('RECOMMEND_LIMIT', '12')],
    // Not there, and allowed not to be.
    envFrom: [{ configMapRef: { name: 'recommend-overrides', optional: true } }],
  },
  'finance/ledger': {
    volumes: [mapVolume('rules', 'ledger-rules-2026')],
    volumeMounts: [{ name: 'rules', mountPath: '/etc/ledger', readOnly: true }],
  },
  'logistics/logistics': {
    volumes: [
      {
        name: 'all',
        projected: {
          sources: [{ configMap: { name: 'logistics-settings' } }, { secret: { name: 'logistics-carrier' } }],
        },
      },
    ],
    volumeMounts: [{ name: 'all', mountPath: '/etc/logistics', readOnly: true }],
  },
};

function payment(level: string): Configured {
  return {
    env: [plain('LOG_LEVEL', level), fromSecret('BANK_API_KEY', 'payment-bank', 'api-key')],
    envFrom: [{ configMapRef: { name: 'payment-settings' } }],
    volumes: [mapVolume('features', 'payment-features')],
    // One file of it only: such a mount is never brought up to date.
    volumeMounts: [{ name: 'features', mountPath: '/etc/payment/features.yaml', subPath: 'features.yaml' }],
  };
}

/** The shop's objects with their configuration in them, and the ConfigMaps, Secrets and the autoscaler beside them. */
export function withShopConfig(objects: readonly KubeInput[], now: number): KubeInput[] {
  return [...shopConfiguration(now), ...objects.map(withOwn)];
}

function withOwn(object: KubeInput): KubeInput {
  const own = configured[`${object.metadata.namespace ?? ''}/${workloadOf(object) ?? ''}`];
  if (own === undefined) return object;
  const spec = fieldsAt(object, 'spec');
  if (object.kind === 'Pod') return { ...object, spec: withParts(spec, own) };
  const template = fieldsAt(spec, 'template');
  const configuredSpec = {
    ...spec,
    template: { ...template, spec: withParts(fieldsAt(template, 'spec'), own) },
  };
  if (object.kind !== 'Deployment') return { ...object, spec: configuredSpec };
  const annotations = { ...fieldsAt(object, 'metadata', 'annotations'), ...own.annotations };
  return {
    ...object,
    metadata: { ...object.metadata, annotations },
    // A release that does not get ready is told within the minute.
    spec: { ...configuredSpec, progressDeadlineSeconds: 60 },
  };
}

/** The Deployment that an object is or belongs to. */
function workloadOf({ kind, metadata }: KubeInput): string | null {
  if (kind === 'Deployment') return metadata.name;
  if (kind !== 'ReplicaSet' && kind !== 'Pod') return null;
  const hash = textOf(fieldsAt(metadata, 'labels')['pod-template-hash']);
  const owner =
    kind === 'ReplicaSet' ? metadata.name : textOf(fieldsAt(listAt(metadata, 'ownerReferences')[0])['name']);
  return hash === null || owner === null ? null : owner.slice(0, -hash.length - 1);
}

/** The program's own container is the first. */
function withParts(spec: Fields, { env, envFrom, volumes, volumeMounts }: Configured): Fields {
  const [first, ...others] = listAt(spec, 'containers');
  const container = {
    ...fieldsAt(first),
    ...(envFrom === undefined ? {} : { envFrom }),
    ...(env === undefined ? {} : { env }),
    ...(volumeMounts === undefined ? {} : { volumeMounts }),
  };
  return { ...spec, ...(volumes === undefined ? {} : { volumes }), containers: [container, ...others] };
}

function shopConfiguration(now: number): KubeInput[] {
  const day = 86_400_000;
  const made = (
    kind: string,
    namespace: string,
    name: string,
    daysAgo: number,
    content: Fields,
  ): KubeInput => ({
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/part-of': 'shop' },
      creationTimestamp: timeOf(now - daysAgo * day),
    },
    ...content,
  });
  const map = (
    namespace: string,
    name: string,
    data: Readonly<Record<string, string>>,
    more: Fields = {},
  ): KubeInput => made('ConfigMap', namespace, name, 40, { data, ...more });
  const secret = (
    namespace: string,
    name: string,
    stringData: Readonly<Record<string, string>>,
    type = 'Opaque',
  ): KubeInput => made('Secret', namespace, name, 60, { type, stringData });
  return [
    map(
      'edge',
      'edge-gateway-pages',
      { 'maintenance.html': '<h1>Back in a moment</h1>\n' },
      { binaryData: { 'logo.png': logo } },
    ),
    map('shop', 'order-settings', {
      'payment.timeout': '2s',
      'application.yaml': [
        'server:',
        '  port: 8080',
        'payment:',
        '  url: http://payment.shop:8080',
        '  timeout: 2s',
        'inventory:',
        '  url: http://inventory.shop:8080',
        '  reserveSeconds: 900',
        '',
      ].join('\n'),
    }),
    map('shop', 'payment-settings', {
      BANK_URL: 'https://bank-api.example.com/v3',
      BANK_POOL_SIZE: '4',
      BANK_TIMEOUT: '2s',
      CURRENCIES: 'EUR,GBP,USD',
    }),
    map('shop', 'payment-features', {
      'features.yaml': 'instalments: false\nbankRetry: true\nriskCheck: strict\n',
    }),
    map('shop', 'inventory-settings-7k2f9mtb5c', { STOCK_CACHE: '30s', RESERVE_LIMIT: '200' }),
    map('shop', 'catalog-settings', {
      'catalog.properties': 'page.size=48\nimages.host=https://images.example.com\nrecommend.enabled=true\n',
    }),
    map(
      'finance',
      'ledger-rules-2026',
      { 'rules.json': '{"rounding":"half-even","closing":"23:00"}\n' },
      { immutable: true },
    ),
    map('logistics', 'logistics-settings', { 'carriers.yaml': 'default: north\nfallback: post\n' }),
    secret('shop', 'order-database', { user: 'order', password: 'rehearsal-only-1' }),
    secret('shop', 'payment-bank', { 'api-key': 'rehearsal-only-2' }),
    secret(
      'shop',
      'refunds-tls',
      { 'tls.crt': 'rehearsal-only-3', 'tls.key': 'rehearsal-only-4' },
      'kubernetes.io/tls',
    ),
    secret('logistics', 'logistics-carrier', { token: 'rehearsal-only-5' }),
    autoscaler(now - 20 * day),
  ];
}

const autoscaler = (createdAt: number): KubeInput => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'catalog', namespace: 'shop', creationTimestamp: timeOf(createdAt) },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'catalog' },
    minReplicas: 3,
    maxReplicas: 8,
  },
});

/** A picture of one transparent pixel. */
const logo =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
