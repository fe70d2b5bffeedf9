import type { Guard } from '../../model/change.ts';
import type { Permission } from '../../model/connection.ts';
import { createOriginTransport } from '../http/originTransport.ts';
import type { Connector, ConnectorHost, Session } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { guardOf } from '../kit/splitGuards.ts';
import { createAddressSource } from './addresses.ts';
import { defaultGroup, type NacosApi, publicId } from './api.ts';
import { createCall } from './call.ts';
import { createConfigControl } from './config/control.ts';
import { createConfigSource } from './config/source.ts';
import { logIn, type LoggedIn } from './login.ts';
import { numbersOf, probe, type Probe } from './probe.ts';
import { createProof } from './proof.ts';
import { createRegistry } from './registry.ts';
import { Form, type NacosSettings, Settings } from './settings.ts';
import { namespacesOf } from './shapes.ts';
import { createTopologySource } from './topology.ts';
import { createV2 } from './v2.ts';
import { createV3 } from './v3.ts';
import { createWorkloads } from './workloads.ts';

export type { NacosSettings } from './settings.ts';

const caveat =
  'Proven on a simulator only, made from Nacos’ documentation: no Nacos server was available to try it on.';

/**
 * A Nacos server: services, their instances and configuration. It has no weights between versions: each instance has one of its
 * own, which a client may or may not balance by and which a restart resets, so that no set of them is a split that could be
 * kept or proven.
 */
export const nacos: Connector<NacosSettings> = {
  id: 'nacos',
  title: 'Nacos',
  capabilities: ['topology', 'addresses', 'workloads', 'proof', 'configuration', 'config'],
  caveat,
  settings: Settings,
  form: Form,
  open,
};

async function open(settings: NacosSettings, host: ConnectorHost): Promise<Session> {
  const { address, user, password, authority, skipVerify } = settings;
  const transport = await createOriginTransport(
    {
      address,
      headers: [],
      ...(authority === undefined ? {} : { authority }),
      ...(skipVerify === true ? { skipVerify } : {}),
    },
    host,
  );
  try {
    const signal = AbortSignal.timeout(30_000);
    const about = await probe(transport, address, signal);
    const path = `${about.base}${about.dialect === 'v3' ? '/v3/auth/user/login' : '/v1/auth/login'}`;
    const loggedIn =
      user === undefined || password === undefined
        ? null
        : await logIn(transport, { user, password, path }, host, signal);
    const group = settings.group ?? null;
    const call = createCall(loggedIn ?? transport, about.base);
    const api: NacosApi =
      about.dialect === 'v3' ? createV3(call, group) : createV2(call, group, fencesIn(about.version));
    await tryIt(api, about, settings, signal);
    const registry = createRegistry(
      api,
      { namespaces: settings.namespaces ?? null, naming: about.mode !== 'config' },
      host,
    );
    const access = (): Guard => accessGuard(about, loggedIn);
    return {
      peer: { product: 'Nacos', version: about.version },
      server: transport.route.replace(/^at /, ''),
      user: user ?? 'anonymous',
      permissions: permissionsOf(about, loggedIn),
      warnings: warningsOf(settings, about),
      namespaces: settings.namespaces ?? null,
      ...(about.mode === 'config'
        ? {}
        : {
            topology: createTopologySource(registry),
            addresses: createAddressSource(registry),
            workloads: createWorkloads(registry, access),
            proof: createProof(registry),
          }),
      ...(about.mode === 'naming'
        ? {}
        : {
            configuration: createConfigSource(registry),
            config: createConfigControl(registry, access),
          }),
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

/** What is wrong with the rights is better said now than by a map that stays empty. */
async function tryIt(
  api: NacosApi,
  { mode }: Probe,
  { namespaces: chosen }: NacosSettings,
  signal: AbortSignal,
): Promise<void> {
  const known = namespacesOf(await api.namespaces(signal));
  const unknown = (chosen ?? []).filter((id) => !known.some((one) => one.id === id));
  if (unknown.length > 0)
    throw new PeerError(
      'refused',
      `Nacos ${api.route} knows no namespace with the id ${unknown.join(' or ')}; it knows ${known
        .map(({ id, title }) => (id === title ? id : `${id} (${title})`))
        .join(', ')}.`,
    );
  const first = chosen?.[0] ?? known[0]?.id ?? publicId;
  await (mode === 'config' ? api.configs(first, 1, signal) : api.services(first, 1, signal));
}

function fencesIn(version: string): boolean {
  const [major = 0, minor = 0] = numbersOf(version);
  return major > 2 || minor >= 4;
}

/** Nacos says what users may do to administrators alone; of oneself it says whether one is that. */
function mayAll({ authEnabled }: Probe, loggedIn: LoggedIn | null): boolean | null {
  if (authEnabled === false) return true;
  return loggedIn?.isAdmin === true ? true : null;
}

function accessGuard(about: Probe, loggedIn: LoggedIn | null): Guard {
  return mayAll(about, loggedIn) === true
    ? guardOf(
        'access',
        'pass',
        about.authEnabled === false ? 'Anybody may write here' : 'You are an administrator',
      )
    : guardOf('access', 'tick', 'Nacos did not say whether you may do this', 'The write itself will tell.');
}

function permissionsOf(about: Probe, loggedIn: LoggedIn | null): Permission[] {
  const allowed = mayAll(about, loggedIn);
  return [
    {
      verb: 'write',
      resource: 'instances',
      namespace: null,
      allowed,
      purpose: 'taking instances out of service and back',
    },
    { verb: 'write', resource: 'configuration', namespace: null, allowed, purpose: 'changing configuration' },
  ];
}

function warningsOf({ address, user, group, skipVerify }: NacosSettings, about: Probe): string[] {
  const plain = address.startsWith('http:') && !/^http:\/\/(127\.|localhost|\[::1\])/.test(address);
  return [
    caveat,
    ...(plain && user !== undefined
      ? ['The password and the token travel unencrypted: the address is http and not this computer.']
      : []),
    ...(about.authEnabled === false
      ? ['Authorization is off: whoever reaches this address can read and change everything in it.']
      : []),
    ...(skipVerify === true
      ? ['The certificate is not verified: everybody on the way can read and change what is sent.']
      : []),
    ...(about.dialect === 'v2'
      ? [
          `Nacos 2 lists the services of one group: those of ${group ?? defaultGroup} are shown. It does not list instances that are out of service: those that were before this connection was opened are not shown.`,
        ]
      : []),
  ];
}
