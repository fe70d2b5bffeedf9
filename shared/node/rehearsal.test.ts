import { expect, test } from 'vitest';
import type { Log } from '../core/ports.ts';
import type { FleetProcess } from './fleetProcess.ts';
import { createRehearsal } from './rehearsal.ts';

const silent = (): void => undefined;
const log: Log = { info: silent, warn: silent, error: silent };

test(
  'the fleet starts once for all who ask, plays incidents and ends with us',
  { timeout: 40_000 },
  async () => {
    const rehearsal = createRehearsal(log);
    const [first, second] = await Promise.all([rehearsal.start(), rehearsal.start()]);
    expect(second).toEqual(first);
    const { kubeconfig } = first[0]?.settings as { readonly kubeconfig: { readonly text: string } };
    const server = /server: (http:\/\/127\.0\.0\.1:\d+)/.exec(kubeconfig.text)?.[1] ?? '';
    expect((await fetch(`${server}/version`)).status).toBeLessThan(500);
    await rehearsal.trigger('calm');
    await expect(rehearsal.trigger('earthquake')).rejects.toThrow('no such incident');
    await rehearsal[Symbol.asyncDispose]();
    await expect(fetch(`${server}/version`)).rejects.toThrow();
  },
);

test('a fleet that dies before it is ready is said to have, and the next start gets a new one', async () => {
  const started: ReturnType<typeof scripted>[] = [];
  const rehearsal = createRehearsal(log, () => {
    const process = scripted();
    started.push(process);
    return process.fleet;
  });
  const first = rehearsal.start();
  started[0]?.end('it ended with code 3');
  await expect(first).rejects.toThrow('it ended with code 3');
  const second = rehearsal.start();
  started[1]?.say('a line that is none of ours');
  started[1]?.say('{"ready":true,"kubeconfig":"kind: Config"}');
  expect(await second).toMatchObject([
    { connector: 'kubernetes', title: 'Rehearsal', settings: { kubeconfig: { text: 'kind: Config' } } },
  ]);
});

test('partners of the fleet are a registry of their own, whose actuators want other credentials', async () => {
  const process = scripted();
  const rehearsal = createRehearsal(log, () => process.fleet);
  const started = rehearsal.start();
  const spring = {
    address: 'http://127.0.0.1:8761',
    user: 'podium',
    password: 'made up',
    within: '127.0.0.1/32',
    actuatorAuthorization: 'Basic of something else',
    configServer: { address: 'http://127.0.0.1:8888', folder: '/tmp/made-up' },
  };
  process.say(JSON.stringify({ ready: true, kubeconfig: 'kind: Config', spring }));
  const { actuatorAuthorization, ...registry } = spring;
  expect(await started).toMatchObject([
    { connector: 'kubernetes' },
    {
      connector: 'eureka',
      title: 'Rehearsal partners',
      settings: {
        ...registry,
        actuatorHeaders: [{ name: 'Authorization', value: actuatorAuthorization }],
      },
    },
  ]);
});

test('a fleet with a second data centre is two systems, Kubernetes first', async () => {
  const process = scripted();
  const rehearsal = createRehearsal(log, () => process.fleet);
  const started = rehearsal.start();
  const consul = {
    address: 'http://127.0.0.1:8500',
    datacenter: 'dc2',
    token: 'made up',
    prometheusUrl: 'http://127.0.0.1:9090',
  };
  process.say(JSON.stringify({ ready: true, kubeconfig: 'kind: Config', consul }));
  expect(await started).toMatchObject([
    { connector: 'kubernetes' },
    {
      connector: 'consul',
      title: 'Rehearsal dc2',
      settings: { datacenter: 'dc2', prometheus: { url: 'http://127.0.0.1:9090', headers: [] } },
    },
  ]);
});

/** A process whose lines the test speaks. */
function scripted() {
  const listeners: ((line: string) => void)[] = [];
  let end: (why: string) => void = silent;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const fleet: FleetProcess = {
    onLine: (listener) => void listeners.push(listener),
    onComplaint: silent,
    send: silent,
    ended,
    stop: () => end('stopped'),
  };
  const say = (line: string): void => listeners.forEach((listener) => listener(line));
  return { fleet, say, end: (why: string) => end(why) };
}
