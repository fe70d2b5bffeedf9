import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { openConsole, rungOf } from './console.ts';
import { readCoordinates } from './coordinates.ts';
import { withFrozenIstiod } from './faults.ts';
import { noteFigure } from './figures.ts';
import { setLoad } from './measure.ts';
import { restoreWeights, usualLoad } from './payment.ts';

const peers = readCoordinates();
if (peers.envoys === null) throw new Error('this run has no mesh');

beforeEach(() => restoreWeights(peers));
afterEach(() => restoreWeights(peers));
afterAll(() => setLoad(peers, usualLoad));

const envoyOf = (sources: readonly { readonly connector: string; readonly detail: string }[]) =>
  sources.find(({ connector }) => connector === 'envoy')?.detail;

test('proxies are found beside applications, and prove by port-forward that a shift is loaded', async () => {
  await using console = await openConsole(peers);
  const state = await console.open('admin', {}, ({ sources }) => envoyOf(sources) !== undefined);
  expect(envoyOf(state.sources)).toMatch(/^2 proxies beside applications, by port-forward/);
  const operationId = await console.apply(await console.plan([40, 60]));
  const record = await console.follow(operationId, (one) => rungOf(one, 'loaded').state !== 'waiting');
  expect(rungOf(record, 'loaded')).toMatchObject({
    state: 'seen',
    detail: '2 of 2 callers’ proxies hold it, read from Envoy itself',
  });
  const took = (rungOf(record, 'loaded').at ?? NaN) - record.at;
  noteFigure(
    peers,
    'istioEnvoy',
    `a shift was held by 2 of 2 proxies, read by port-forward, after ${took} ms`,
  );
}, 120_000);

test('a shift that istiod does not pass on is not called loaded', async () => {
  await using console = await openConsole(peers);
  await console.open('admin', {}, ({ sources }) => envoyOf(sources) !== undefined);
  const plan = await console.plan([40, 60]);
  await using _frozen = await withFrozenIstiod(peers);
  const operationId = await console.apply(plan);
  const record = await console.follow(operationId, (one) => /hold/.test(rungOf(one, 'loaded').detail));
  expect(rungOf(record, 'loaded').state).toBe('waiting');
  expect(rungOf(record, 'loaded').detail).toMatch(/0 of 2 callers’ proxies hold it/);
}, 120_000);

test('who may not port-forward is told what cannot be seen for it', async () => {
  await using console = await openConsole(peers);
  const state = await console.open('viewer', {}, ({ sources }) => envoyOf(sources) !== undefined);
  expect(envoyOf(state.sources)).toMatch(/You may not port-forward to pods/);
}, 60_000);
