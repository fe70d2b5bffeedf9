import { createRouterClient, type RouterClient } from '@orpc/server';
import { afterEach, expect, test } from 'vitest';
import { createFakeClock, createMemoryPorts } from '../../test/support/memoryPorts.ts';
import { createPaper, paperConnector } from '../../test/support/paperConnector.ts';
import { instance } from '../analysis/told.fixture.ts';
import type { Connector, Session } from '../connectors/kit/connector.ts';
import type { InstanceObservation, TopologyObservation } from '../model/topology.ts';
import { createConsole, type Console } from './console.ts';
import type { ConsoleRouter } from './router.ts';

const open: Console[] = [];
afterEach(async () => {
  for (const console of open.splice(0)) await console[Symbol.asyncDispose]();
});

/** A system on paper that lists these instances of payment; `kind` is that of what runs them. */
function system(
  id: string,
  title: string,
  kind: string,
  instances: readonly InstanceObservation[],
  more: (session: Session) => Partial<Session> = () => ({}),
): Connector<unknown> {
  const paper = paperConnector(createPaper(), title);
  const listed: Pick<TopologyObservation, 'workloads' | 'instances'> = {
    workloads: [
      {
        namespace: 'shop',
        name: 'payment-v1',
        kind,
        services: [{ namespace: 'shop', name: 'payment' }],
        canonicalService: 'payment',
        version: null,
        labels: {},
        desiredInstances: null,
        readyInstances: null,
        image: null,
        deployments: [],
      },
    ],
    instances: instances.map((one) => ({ ...one, workload: 'payment-v1' })),
  };
  return {
    ...paper,
    id,
    capabilities: [...paper.capabilities, 'workloads'],
    open: async (settings, host) => {
      const session = await paper.open(settings, host);
      return {
        ...session,
        topology: {
          async *watch(signal, onState) {
            for await (const told of session.topology?.watch(signal, onState) ?? [])
              yield { ...told, ...listed };
          },
        },
        ...more(session),
      };
    },
  };
}

async function watched(...systems: readonly Connector<unknown>[]) {
  const clock = createFakeClock();
  const console = await createConsole(systems, createMemoryPorts({ clock }));
  open.push(console);
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  const { candidates } = await client.connections.discover();
  for (const { key } of candidates) await client.connections.open({ key });
  await clock.advance(10);
  const stop = new AbortController();
  for await (const found of await client.findings.watch(undefined, { signal: stop.signal })) {
    stop.abort();
    return found;
  }
  throw new Error('nothing was ever looked at');
}

test('an application that a registry lets drain is no less a registry: what it does not list is found', async () => {
  const running = [instance('a', '10.0.0.1'), instance('b', '10.0.0.2')];
  const { findings } = await watched(
    system('kubernetes', 'east', 'Deployment', running),
    // Its session has workloads too: applications, whose instances can be taken out.
    // Its session has workloads too: applications, whose instances can be taken out.
    system('eureka', 'spring', 'instances', [instance('r', '10.0.0.1:80')], () => ({
      workloads: { read: () => Promise.resolve([]) } as unknown as NonNullable<Session['workloads']>, // never written by
    })),
  );
  expect(findings).toEqual([
    {
      rule: 'not-registered',
      serviceId: 'east/shop/payment',
      otherId: null,
      text: '1 of 2 instances in Paper east are not known to Paper spring: b.',
    },
  ]);
});

test('an instance unlike its siblings is found where a source counts them, and whom nobody counts is not idle', async () => {
  const all = ['a', 'b', 'c', 'd', 'e'].map((name, i) => instance(name, `10.0.0.${i + 1}`));
  const rates: Readonly<Record<string, number>> = { a: 10, b: 11, c: 10, d: 44 };
  const { findings, problems } = await watched(
    system('kubernetes', 'east', 'Deployment', all, ({ signals }) => ({
      signals: {
        ...signals!,
        instanceRates: (asked) =>
          Promise.resolve({
            source: 'Paper figures',
            windowSeconds: 20,
            rates: asked.flatMap(({ namespace, name }) => {
              const requestsPerSecond = rates[name];
              return requestsPerSecond === undefined ? [] : [{ namespace, name, requestsPerSecond }];
            }),
            problems: ['one pod is not scraped'],
          }),
      },
    })),
  );
  expect(findings).toEqual([
    {
      rule: 'uneven-load',
      serviceId: 'east/shop/payment',
      otherId: null,
      text: 'd answers 44 requests a second, its 3 siblings 10 in the median; over 20 s, by Paper figures.',
    },
  ]);
  expect(problems).toEqual(['one pod is not scraped']);
});
