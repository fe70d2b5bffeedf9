import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { ConsulMeshUnderTest } from './consulTrips.ts';
import { startSimulatedMesh } from './simulatedConsul.ts';
import { guardsOf, signal } from './weights.ts';

let mesh: ConsulMeshUnderTest;
let session: Session;
beforeAll(async () => {
  mesh = await startSimulatedMesh();
  await mesh.call('PUT', '/v1/kv/shop/payment/level', 'info');
  session = await mesh.openAs('operator');
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await mesh[Symbol.asyncDispose]();
});

test('M26 a key’s value that its reader may evaluate wants a tick, and a plain placeholder does not', async () => {
  const { config, configuration } = session;
  const [folder] =
    (await configuration?.read({ namespace: 'default', name: 'payment', hosts: [] }, signal)) ?? [];
  if (config === undefined || folder === undefined) throw new Error('payment has no keys');
  const verdictFor = async (value: string) => {
    const plan = await config.plan(
      {
        kind: 'editDocument',
        connectionId: folder.document.connectionId,
        serviceId: null,
        document: folder.document,
        revision: folder.revision,
        edit: { kind: 'entries', set: [{ key: 'level', value }], remove: [] },
        restart: [],
      },
      signal,
    );
    return guardsOf(plan)['expressions'];
  };
  for (const value of [
    '#{T(java.lang.Runtime)}',
    '${jndi:ldap://x/a}',
    '${${lower:j}ndi:ldap://x/a} ${x:-jndi:}',
  ])
    expect(await verdictFor(value)).toBe('tick');
  for (const value of ['${payment.limit:5}', '# {not one}', 'warn'])
    expect(await verdictFor(value)).toBeUndefined();
});
