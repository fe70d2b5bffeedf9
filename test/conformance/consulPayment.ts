import { randomUUID } from 'node:crypto';
import { consul, type ConsulSettings } from '../../shared/connectors/consul/connector.ts';
import type { Split } from '../../shared/model/weights.ts';
import { hostOf } from './cluster.ts';
import type { PaymentUnderTest } from './payment.ts';

/** A Consul, simulated or real, that a suite may change as somebody with all rights. */
export interface ConsulUnderTest {
  readonly settings: ConsulSettings;
  call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly text: string }>;
}

interface Splitter {
  readonly Splits: readonly { readonly Weight: number }[];
  readonly ModifyIndex: number;
  readonly [field: string]: unknown;
}

/** Registers payment under a name of its own, for Consul's community edition has no namespaces; it is taken away at the end. */
export async function startConsulPayment(under: ConsulUnderTest): Promise<PaymentUnderTest> {
  const service = `payment-${randomUUID().slice(0, 8)}`;
  const nowhere = `nowhere-${service}`;
  const put = async (path: string, body?: unknown): Promise<string> => {
    const { status, text } = await under.call('PUT', path, body);
    if (status !== 200) throw new Error(`PUT ${path}: ${status} ${text}`);
    return text;
  };
  const subset = (version: string) => ({ Filter: `Service.Meta.version == ${version}` });
  const resolver = { Kind: 'service-resolver', Name: service, DefaultSubset: 'v1' };
  await put('/v1/config', { Kind: 'service-defaults', Name: service, Protocol: 'http' });
  await put('/v1/config', { ...resolver, Subsets: { v1: subset('v1'), v2: subset('v2') } });
  await put('/v1/config', {
    Kind: 'service-splitter',
    Name: service,
    Meta: { note: 'kept as it is' },
    Splits: [
      { Weight: 70, ServiceSubset: 'v1', RequestHeaders: { Set: { 'x-side': 'stable' } } },
      { Weight: 30, ServiceSubset: 'v2' },
    ],
  });
  const instances: string[] = [];
  const register = async (id: string, name: string, version: string, port: number): Promise<void> => {
    instances.push(id);
    await put('/v1/agent/service/register', {
      ID: id,
      Name: name,
      Port: port,
      Address: '127.0.0.1',
      Meta: { version, team: 'money' },
    });
  };
  await register(`${service}-v1-1`, service, 'v1', 1);
  await register(`${service}-v1-2`, service, 'v1', 2);
  await register(`${service}-v2-1`, service, 'v2', 3);
  const read = async (): Promise<Splitter> => {
    const { status, text } = await under.call('GET', `/v1/config/service-splitter/${service}?consistent`);
    if (status !== 200) throw new Error(`reading the splitter: ${status} ${text}`);
    return JSON.parse(text) as Splitter;
  };
  const session = await consul.open(under.settings, hostOf());
  const deregister = (id: string) => put(`/v1/agent/service/deregister/${id}`);
  return {
    topology: session,
    weights: session,
    namespace: 'default',
    service,
    workloads: { v1: `${service} v1`, v2: `${service} v2` },
    host: `${service}.service.dc1.consul`,
    isSplit: (split: Split) => split.document.name === service,
    async written() {
      const { Splits, ModifyIndex, Hash: _, ...rest } = await read();
      return {
        weights: Splits.map(({ Weight }) => Weight),
        rest: { ...rest, Splits: Splits.map(({ Weight: _weight, ...line }) => line) },
        revision: String(ModifyIndex),
      };
    },
    async annotate() {
      const { ModifyIndex: _, Hash: _hash, CreateIndex: _created, ...entry } = await read();
      await put('/v1/config', { ...entry, Meta: { note: 'changed by another' } });
    },
    async breakV2() {
      // Consul keeps anybody from undeclaring a subset in use, but not from dividing calls to a service that is not there.
      const { ModifyIndex: _, Hash: _hash, CreateIndex: _created, ...entry } = await read();
      const [first] = entry.Splits;
      await put('/v1/config', { Kind: 'service-defaults', Name: nowhere, Protocol: 'http' });
      await put('/v1/config', { ...entry, Splits: [first, { Weight: 30, Service: nowhere }] });
      return `service ${nowhere} is not registered`;
    },
    async stopV2() {
      await deregister(`${service}-v2-1`);
    },
    addService: (name) => register(name, name, 'v1', 4),
    async removeService(name) {
      await deregister(name);
    },
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      for (const kind of ['service-splitter', 'service-resolver', 'service-defaults'])
        await under.call('DELETE', `/v1/config/${kind}/${service}`);
      await under.call('DELETE', `/v1/config/service-defaults/${nowhere}`);
      for (const id of instances) await under.call('PUT', `/v1/agent/service/deregister/${id}`);
    },
  };
}
