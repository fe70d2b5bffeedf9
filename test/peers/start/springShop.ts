/** Where the programs of the Spring shop are: addresses of this machine in the tier's own network namespace. */
export const springRange = '10.79.0.0/16';

export const eurekaUrl = 'http://10.79.0.1:8761';
export const configUrl = 'http://10.79.0.2:8888';
export const gatewayUrl = 'http://10.79.3.1:8080';

/** One running copy of a service. */
export interface SpringInstance {
  /** As Eureka knows it. */
  readonly id: string;
  readonly app: 'payment' | 'order' | 'gateway';
  readonly version: string;
  readonly address: string;
  /** What its actuator hangs below. */
  readonly actuator: string;
}

const instance = (
  app: SpringInstance['app'],
  number: number,
  host: string,
  version: string,
): SpringInstance => ({
  id: `${app}-${number}`,
  app,
  version,
  address: host,
  // Payment's actuator has a port and a path of its own, as many have.
  actuator: app === 'payment' ? `http://${host}:8081/manage` : `http://${host}:8080/actuator`,
});

/** Two of each from the start; more join later where a suite asks for them. */
export const springInstances = [
  instance('payment', 1, '10.79.1.1', 'v1'),
  instance('payment', 2, '10.79.1.2', 'v2'),
  instance('order', 1, '10.79.2.1', 'v1'),
  instance('order', 2, '10.79.2.2', 'v1'),
] as const;

export const thirdOrder = instance('order', 3, '10.79.2.3', 'v1');
export const gatewayInstance = instance('gateway', 1, '10.79.3.1', 'v1');

/** What the Config Server hands out at the start, by file of its folder. */
export const configFiles: Readonly<Record<string, string>> = {
  'application.yml': 'shop:\n  note: from the config server\n',
  'payment.yml': 'payment:\n  greeting: hello\n  fail-ratio: 0\n',
};

/** Settings of Eureka's server; `fast` lets tests see within seconds what takes a minute and a half by default. */
export const eurekaSettings = {
  server: { port: 8761, address: '10.79.0.1' },
  spring: { application: { name: 'eureka' } },
  eureka: {
    // Its pages need a starter that the registry lacks.
    dashboard: { enabled: false },
    instance: { hostname: '10.79.0.1' },
    client: { 'register-with-eureka': false, 'fetch-registry': false },
    server: {
      'enable-self-preservation': false,
      'eviction-interval-timer-in-ms': 2_000,
      'response-cache-update-interval-ms': 1_000,
    },
  },
} as const;

/** Settings of the Config Server on a folder. */
export const configSettings = (folder: string) => ({
  server: { port: 8888, address: '10.79.0.2' },
  spring: {
    application: { name: 'config' },
    profiles: { active: 'native' },
    cloud: { config: { server: { native: { 'search-locations': `file:${folder}/` } } } },
  },
});

/** Settings of the Config Server on a Git work tree, which it reads where it lies. */
export const gitSettings = (folder: string) => ({
  server: { port: 8888, address: '10.79.0.2' },
  spring: {
    application: { name: 'config' },
    cloud: { config: { server: { git: { uri: `file://${folder}`, 'default-label': 'main' } } } },
  },
});

/** Settings of one running copy, as Spring reads them from one environment variable. */
export function instanceSettings({ id, app, version, address }: SpringInstance, more: object): unknown {
  return {
    server: { port: 8080, address },
    spring: {
      application: { name: app },
      config: { import: `optional:configserver:${configUrl}` },
      cloud: { loadbalancer: { cache: { ttl: '1s' } }, ...(app === 'gateway' ? gatewayRoutes : {}) },
    },
    shop: { version, instance: id },
    eureka: {
      client: {
        'service-url': { defaultZone: `${eurekaUrl}/eureka/` },
        'registry-fetch-interval-seconds': 2,
        'initial-instance-info-replication-interval-seconds': 1,
        healthcheck: { enabled: false },
      },
      instance: {
        'prefer-ip-address': true,
        'ip-address': address,
        hostname: address,
        'instance-id': id,
        // Eureka is told another path only where it is said so once more.
        ...(app === 'payment'
          ? { 'health-check-url-path': '/manage/health', 'status-page-url-path': '/manage/info' }
          : {}),
        'lease-renewal-interval-in-seconds': 2,
        'lease-expiration-duration-in-seconds': 6,
        'metadata-map': {
          version,
          zone: id.endsWith('1') ? 'west' : 'east',
          team: app === 'payment' ? 'money' : 'shop',
        },
      },
    },
    management: {
      ...(app === 'payment' ? { server: { port: 8081, address } } : {}),
      endpoints: {
        web: { exposure: { include: '*' }, ...(app === 'payment' ? { 'base-path': '/manage' } : {}) },
      },
      endpoint: {
        health: { 'show-details': 'always' },
        env: { 'show-values': 'always', post: { enabled: true } },
        gateway: { access: 'unrestricted' },
      },
      health: { circuitbreakers: { enabled: true } },
      // Buckets of the calls that a gateway passes on; it counts them in any case.
      metrics: { distribution: { 'percentiles-histogram': { 'spring.cloud.gateway.requests': true } } },
    },
    ...(app === 'order' ? { resilience4j: breakers } : {}),
    ...more,
  };
}

const breakers = {
  circuitbreaker: {
    instances: {
      payment: {
        registerHealthIndicator: true,
        slidingWindowSize: 20,
        minimumNumberOfCalls: 10,
        failureRateThreshold: 50,
        waitDurationInOpenState: '5s',
        permittedNumberOfCallsInHalfOpenState: 3,
        automaticTransitionFromOpenToHalfOpenEnabled: true,
        eventConsumerBufferSize: 50,
      },
    },
  },
};

const gatewayRoutes = {
  gateway: {
    server: {
      webflux: {
        routes: [1, 2].map((number) => ({
          id: `payment-v${number}`,
          uri: `http://10.79.1.${number}:8080`,
          predicates: ['Path=/pay/**', `Weight=payment, ${number === 1 ? 80 : 20}`],
        })),
      },
    },
  },
};
