import { z } from 'zod';
import { createOriginTransport } from '../http/originTransport.ts';
import { parseRanges } from '../http/ranges.ts';
import { Header, headerLines, headersIn } from '../http/typedFields.ts';
import type { Connector, ConnectorHost, Found, Session } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { createAddressSource } from './addresses.ts';
import { createApi } from './api.ts';
import { readApplications } from './applications.ts';
import { createRegistry, type Registry } from './registry.ts';
import { createProof } from './proof.ts';
import { createTopologySource } from './topology.ts';
import { createWorkloads } from './workloads.ts';

const Settings = z.object({
  /** "http://10.0.0.1:8761"; without a path `/eureka` is meant, where Spring has it. */
  address: z.string(),
  user: z.string().optional(),
  password: z.string().optional(),
  authority: z.string().optional(),
  skipVerify: z.boolean().optional(),
  /** Where actuators of registered instances may lie; nobody is asked anything elsewhere. */
  within: z.string().default(''),
  /** Sent to actuators, and never to Eureka. */
  actuatorHeaders: z.array(Header).default([]),
  configServer: z
    .object({
      address: z.string(),
      headers: z.array(Header).default([]),
      /** Of its backend, on this machine; null where it is not to be changed from here. */
      folder: z.string().nullable().default(null),
    })
    .optional(),
});
export type EurekaSettings = z.infer<typeof Settings>;

const optional = z.string().trim().default('');
const headers = headerLines.default('');

/** What is typed: texts by field. Throws for ranges that cannot be read. */
const Form = z
  .object({
    address: z
      .string()
      .trim()
      .min(1)
      .meta({
        title: 'Address',
        description: 'Of the Eureka server. Without a path, /eureka is meant.',
        examples: ['http://eureka.example.com:8761'],
        kind: 'address',
      }),
    user: optional.meta({
      title: 'User',
      description: 'Where it asks for one (HTTP Basic).',
      examples: ['reader'],
    }),
    password: optional.meta({ title: 'Password', kind: 'secret' }),
    authority: optional.meta({
      title: 'Certificate authority',
      description: 'In PEM form, where it is not one of the system’s.',
      kind: 'lines',
    }),
    within: optional.meta({
      title: 'May lead to',
      description:
        'Addresses and ports of the actuators that instances register. Podium asks them nothing anywhere else; empty: it asks none.',
      examples: ['10.0.0.0/8:8080,9000-9010'],
      kind: 'lines',
    }),
    actuatorHeaders: headers.meta({
      title: 'Headers for actuators',
      description:
        'One a line, as “Authorization: Basic …”. They go to the addresses above and not to Eureka.',
      kind: 'secretLines',
    }),
    configServer: optional.meta({
      title: 'Config Server',
      description: 'Address of Spring Cloud Config, where services get their configuration of one.',
      examples: ['http://config.example.com:8888'],
      kind: 'address',
    }),
    configHeaders: headers.meta({
      title: 'Headers for the Config Server',
      description: 'One a line, as “Authorization: Basic …”.',
      kind: 'secretLines',
    }),
    configFolder: optional.meta({
      title: 'Folder of its files',
      description:
        'On this computer, where they may be changed from here: a folder, or one of a Git work tree, where a change is a commit.',
      examples: ['/srv/config'],
    }),
  })
  .transform((typed, context): EurekaSettings => {
    try {
      parseRanges(typed.within);
    } catch (error) {
      context.addIssue({
        code: 'custom',
        path: ['within'],
        message: error instanceof Error ? error.message : '',
      });
    }
    const { configServer } = typed;
    return {
      address: typed.address,
      ...(typed.user === '' ? {} : { user: typed.user, password: typed.password }),
      ...(typed.authority === '' ? {} : { authority: typed.authority }),
      within: typed.within,
      actuatorHeaders: headersIn(typed.actuatorHeaders),
      ...(configServer === ''
        ? {}
        : {
            configServer: {
              address: configServer,
              headers: headersIn(typed.configHeaders),
              folder: typed.configFolder === '' ? null : typed.configFolder,
            },
          }),
    };
  });

/** A Eureka server: applications, their instances, and the actuators behind them where the operator lets Podium ask them. */
export const eureka: Connector<EurekaSettings> = {
  id: 'eureka',
  title: 'Eureka',
  capabilities: ['topology', 'addresses', 'workloads', 'proof'],
  settings: Settings,
  form: Form,
  open,
};

async function open(settings: EurekaSettings, host: ConnectorHost): Promise<Session> {
  const { user, password = '', authority, skipVerify } = settings;
  const login = user === undefined ? null : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const transport = await createOriginTransport(
    {
      address: withPath(settings.address),
      headers: login === null ? [] : [{ name: 'Authorization', value: login }],
      ...(authority === undefined ? {} : { authority }),
      ...(skipVerify === true ? { skipVerify } : {}),
    },
    host,
  );
  try {
    const api = createApi(transport);
    if (readApplications(await api.applications(AbortSignal.timeout(30_000))) === null)
      throw new PeerError(
        'notThePeer',
        `What answers ${transport.route} is not Eureka: it lists no applications.`,
      );
    const registry = createRegistry(api, host);
    return {
      // It tells nobody its version.
      peer: { product: 'Eureka', version: '' },
      server: transport.route.replace(/^at /, ''),
      user: user ?? 'anonymous',
      permissions: [],
      warnings: warningsOf(settings),
      namespaces: null,
      topology: createTopologySource(registry),
      addresses: createAddressSource(registry),
      workloads: createWorkloads(registry),
      proof: createProof(registry),
      offers: { find: () => Promise.resolve(findActuators(settings, registry)) },
      async [Symbol.asyncDispose]() {
        await registry[Symbol.asyncDispose]();
        transport.close();
      },
    };
  } catch (error) {
    transport.close();
    throw error;
  }
}

/** Spring serves it below /eureka, Netflix below /eureka/v2, and who gave a path meant it. */
function withPath(address: string): string {
  const url = URL.parse(address);
  return url !== null && url.pathname === '/' ? `${address.replace(/\/$/, '')}/eureka` : address;
}

function warningsOf({ address, user, skipVerify }: EurekaSettings): string[] {
  const plain = address.startsWith('http:') && !/^http:\/\/(127\.|localhost|\[::1\])/.test(address);
  return [
    ...(plain && user !== undefined
      ? ['The password travels unencrypted: the address is http and not this computer.']
      : []),
    ...(skipVerify === true
      ? ['The certificate is not verified: everybody on the way can read and change what is sent.']
      : []),
  ];
}

/** Instances say where their actuators are; whether Podium goes there is for the operator to say. */
function findActuators({ within, actuatorHeaders, configServer }: EurekaSettings, registry: Registry): Found {
  const title = 'Spring actuators';
  const consequence = 'Breakers, health, configuration and what each instance says of itself.';
  if (within.trim() === '')
    return {
      offers: [],
      absent: [
        {
          connector: 'spring',
          title,
          detail: 'No addresses are approved for this connection: fill in “May lead to”.',
          consequence: `Without them: no ${consequence.charAt(0).toLowerCase()}${consequence.slice(1)}`,
        },
      ],
    };
  return {
    offers: [
      {
        connector: 'spring',
        title,
        detail: `of the instances that Eureka lists, within ${parseRanges(within).words}`,
        consequence,
        settings: {
          within,
          headers: actuatorHeaders,
          ...(configServer === undefined ? {} : { configServer }),
        },
        lent: { instances: registry.feed },
      },
    ],
    absent: [],
  };
}
