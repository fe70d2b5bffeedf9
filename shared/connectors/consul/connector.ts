import { z } from 'zod';
import { createOriginTransport } from '../http/originTransport.ts';
import type { Connector, ConnectorHost, Session } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { createAddressSource } from './addresses.ts';
import { type ConsulApi, createApi } from './api.ts';
import { createIsolation } from './isolation/isolation.ts';
import { createKeyControl } from './keys/control.ts';
import { createKeySource } from './keys/source.ts';
import { createEntryControl } from './entryWrites/control.ts';
import { findOffers } from './offers.ts';
import { createProtectionSource } from './protections/declared.ts';
import { createProtectionProposer } from './protections/proposer.ts';
import { readPermissions } from './permissions.ts';
import { createRegistry } from './registry.ts';
import { type ConsulSettings, Form, Settings } from './settings.ts';
import { createTopologySource } from './topology.ts';
import { createRouting } from './routing/routing.ts';
import { createWeights } from './weights.ts';

export type { ConsulSettings } from './settings.ts';

/** One data centre of Consul: services, instances and checks, splits and their weights. */
export const consul: Connector<ConsulSettings> = {
  id: 'consul',
  title: 'Consul',
  capabilities: [
    'topology',
    'addresses',
    'weights',
    'isolation',
    'protections',
    'protectionEdits',
    'routing',
    'configuration',
    'config',
  ],
  settings: Settings,
  form: Form,
  open,
};

async function open(settings: ConsulSettings, host: ConnectorHost): Promise<Session> {
  const { address, token, datacenter = null, namespace = null, partition = null } = settings;
  const headers = token === undefined || token === '' ? [] : [{ name: 'X-Consul-Token', value: token }];
  const transport = await createOriginTransport(
    {
      address,
      headers,
      ...(settings.authority === undefined ? {} : { authority: settings.authority }),
      ...(settings.skipVerify === true ? { skipVerify: true } : {}),
    },
    host,
  );
  try {
    const api = createApi(transport, { datacenter, namespace, partition });
    const signal = AbortSignal.timeout(30_000);
    const about = await readAbout(api, signal);
    const chosen = datacenter ?? about.datacenter;
    if (chosen === null)
      throw new PeerError(
        'refused',
        `Consul ${transport.route} does not tell this token which data centre it is in (that takes agent:read). Name the data centre.`,
      );
    if (about.all.length > 0 && !about.all.includes(chosen))
      throw new PeerError(
        'refused',
        `Consul ${transport.route} knows no data centre “${chosen}”; it knows ${about.all.join(', ')}.`,
      );
    const user = await readUser(api, token ?? '', signal);
    const permissions = await readPermissions(api, signal);
    const registry = createRegistry(api, chosen, host);
    return {
      peer: { product: 'Consul', version: about.version ?? '' },
      server: transport.route.replace(/^at /, ''),
      user,
      permissions,
      warnings: warningsOf(settings, chosen, about.all),
      namespaces: namespace === null ? null : [namespace],
      topology: createTopologySource(registry),
      addresses: createAddressSource(registry),
      weights: createWeights(registry),
      isolation: createIsolation(registry),
      protections: createProtectionSource(registry),
      protectionEdits: createEntryControl(registry, createProtectionProposer(registry)),
      routing: createRouting(registry),
      configuration: createKeySource(registry),
      config: createKeyControl(registry),
      offers: { find: (stop) => findOffers(settings, registry, stop) },
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

interface About {
  readonly version: string | null;
  readonly datacenter: string | null;
  /** All data centres that it knows of. */
  readonly all: readonly string[];
}

const agentShape = z.object({ Config: z.object({ Datacenter: z.string(), Version: z.string() }) });

/** Any Consul tells its leader to anybody; what it is takes agent:read, and is left out where that is missing. */
async function readAbout(api: ConsulApi, signal: AbortSignal): Promise<About> {
  const leader = await api.leader(signal);
  if (typeof leader !== 'string')
    throw new PeerError('notThePeer', `What answers ${api.route} is not Consul: it names no leader.`);
  const all = z.array(z.string()).safeParse(await api.datacenters(signal).catch(() => null)).data ?? [];
  const agent = await api.agent(signal).catch((error: unknown) => {
    if (error instanceof PeerError && error.kind === 'forbidden') return null;
    throw error;
  });
  const said = agentShape.safeParse(agent).data?.Config;
  // With a single data centre there is no doubt which one.
  const only = all.length === 1 ? (all[0] ?? null) : null;
  return { version: said?.Version ?? null, datacenter: said?.Datacenter ?? only, all };
}

const tokenShape = z.object({ AccessorID: z.string(), Description: z.string().default('') });

/** Who the token says this is. Throws where Consul does not know it: nothing would be seen, and it would look like nothing is there. */
async function readUser(api: ConsulApi, token: string, signal: AbortSignal): Promise<string | null> {
  if (token === '') return 'anonymous';
  try {
    const read = tokenShape.safeParse(await api.token(signal)).data;
    if (read === undefined) return null;
    return read.Description === '' ? `token ${read.AccessorID.slice(0, 8)}` : read.Description.slice(0, 80);
  } catch (error) {
    if (!(error instanceof PeerError) || signal.aborted) throw error;
    if (/ACL support disabled/i.test(error.message)) return null;
    if (error.kind === 'unauthenticated') throw error;
    return null;
  }
}

function warningsOf(
  { address, token, skipVerify }: ConsulSettings,
  datacenter: string,
  all: readonly string[],
): string[] {
  const others = all.filter((one) => one !== datacenter);
  const plain = address.startsWith('http:') && !/^http:\/\/(127\.|localhost|\[::1\])/.test(address);
  return [
    ...(plain && token !== undefined && token !== ''
      ? ['The token travels unencrypted: the address is http and not this computer.']
      : []),
    ...(skipVerify === true
      ? ['The certificate is not verified: everybody on the way can read and change what is sent.']
      : []),
    ...(others.length === 0
      ? []
      : [`Only ${datacenter} is looked at; Consul also knows ${others.join(', ')}.`]),
  ];
}
