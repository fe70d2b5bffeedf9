import { createRouterClient, type RouterClient } from '@orpc/server';
import { serviceId } from '../../shared/analysis/entityIds.ts';
import { connectors } from '../../shared/connectors/index.ts';
import { createConsole } from '../../shared/core/console.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import { openNodePorts } from '../../shared/node/ports.ts';

/**
 * A console on a data folder of its own, in a process that can be killed: opens the cluster and, where it is told to, trips
 * payment and stays. What it has done is told line by line.
 */
const [dataFolder, act] = process.argv.slice(2);
if (dataFolder === undefined) throw new Error('say which data folder');

const console_ = await createConsole(connectors, openNodePorts({ dataFolder }));
const client: RouterClient<ConsoleRouter> = createRouterClient(console_.router);
const tell = (what: string): boolean => process.stdout.write(`${what}\n`);

const { candidates } = await client.connections.discover();
const key = candidates.find(({ title }) => title === 'admin')?.key;
if (key === undefined) throw new Error('the kubeconfig has no context admin');
const { id: connectionId } = await client.connections.open({ key });
for await (const states of await client.connections.watch()) {
  const mesh = states
    .find(({ id }) => id === connectionId)
    ?.sources.find(({ connector }) => connector === 'istio');
  if (mesh?.state === 'live') break;
}
tell('open');

if (act === 'trip') {
  await client.connections.unlock({ id: connectionId });
  const plan = await client.operations.plan({
    operation: {
      kind: 'trip',
      connectionId,
      call: {
        calleeId: serviceId(connectionId, 'shop', 'payment'),
        host: 'payment.shop.svc.cluster.local',
        caller: null,
      },
      mechanism: { kind: 'refuse', status: 503 },
      forSeconds: 30,
    },
  });
  tell('planned');
  await client.operations.apply({
    planId: plan.id,
    reason: 'to be killed',
    ticked: plan.guards.map(({ id }) => id),
    typedName: plan.serviceName,
  });
}
