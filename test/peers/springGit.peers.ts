import { execFileSync } from 'node:child_process';
import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EditDocument } from '../../shared/model/operation.ts';
import { realClock } from '../conformance/cluster.ts';
import { configOf, edited, setting } from '../conformance/config.ts';
import { openSpringConfig } from '../conformance/springConfig.ts';
import { eventually } from '../conformance/springShop.ts';
import { changeOf } from '../conformance/weights.ts';
import { instanceNamed, springShop } from './springRun.ts';
import type { SpringPeer } from './start/spring.ts';
import { gitSettings, springInstances, springRange } from './start/springShop.ts';

const label = 'release/7';
const western = 'payment:\n  greeting: hello west   # to the west\n';
let peer: SpringPeer;

function git(...args: readonly string[]): string {
  return execFileSync('git', ['-C', peer.configFolder, ...args], { encoding: 'utf8' }).trim();
}

/** A work tree with a file for one profile on the release's branch alone. */
function makeRepository(folder: string): void {
  const run = (...args: readonly string[]) => execFileSync('git', ['-C', folder, ...args]);
  run('init', '--quiet', '--initial-branch=main');
  run('config', 'user.name', 'ana');
  run('config', 'user.email', 'ana@example.com');
  run('add', '.');
  run('commit', '--quiet', '-m', 'first');
  run('checkout', '--quiet', '-b', label);
  writeFileSync(join(folder, 'payment-west.yml'), western);
  run('add', '.');
  run('commit', '--quiet', '-m', 'release');
  run('checkout', '--quiet', 'main');
  run('tag', 'v1');
}

// Four JVMs begin at once on two cores.
beforeAll(async () => {
  peer = await springShop({
    instances: springInstances.filter(({ app }) => app === 'payment'),
    more: { 'spring.profiles.active': 'west', 'spring.cloud.config.label': label },
    backend: (folder) => {
      makeRepository(folder);
      return Promise.resolve(gitSettings(folder));
    },
  });
}, 300_000);
afterAll(() => peer[Symbol.asyncDispose]());

/** As another application asks, which has that branch or tag checked out. */
async function askFor(other: string): Promise<number> {
  const answer = await fetch(`${peer.configUrl}/other/default/${other.replaceAll('/', '(_)')}`, {
    signal: AbortSignal.timeout(30_000),
  });
  return answer.status;
}

const greetings = () =>
  Promise.all(
    ['payment-1', 'payment-2'].map(async (id) => {
      const answer = await fetch(`http://${instanceNamed(id).address}:8080/pay/1`, {
        signal: AbortSignal.timeout(30_000),
      });
      return ((await answer.json()) as { greeting?: string }).greeting ?? null;
    }),
  );

test('a Config Server on a Git work tree: profile and label are followed, and a change is committed where they lead', async () => {
  await using open = await openSpringConfig({
    settings: {
      address: peer.eurekaUrl,
      within: springRange,
      actuatorHeaders: [],
      configServer: { address: peer.configUrl, headers: [], folder: realpathSync(peer.configFolder) },
    },
    clock: realClock,
  });
  const signal = AbortSignal.timeout(290_000);
  const control = configOf(open.session);
  const known = await eventually(
    async () => (await open.read('payment')).filter(({ kind }) => kind === 'configServer'),
    (files) => files.length === 3,
    60_000,
  );
  expect(known.map(({ document }) => document.name)).toEqual([
    'payment-west.yml',
    'payment.yml',
    'application.yml',
  ]);
  expect(await greetings()).toEqual(['hello west', 'hello west']);
  const main = git('rev-parse', 'main');

  /** Writes it, and waits until every instance has it. */
  async function carry(plan: Awaited<ReturnType<typeof control.plan>>): Promise<string> {
    const since = Date.now();
    const receipt = await control.apply(plan, signal);
    const seen = await eventually(
      async () => await open.session.proof?.loaded(plan.expectation, since, signal),
      (proof) => proof?.state === 'seen',
      90_000,
    );
    expect(seen?.detail).toBe('2 of 2 instances have it in effect');
    return receipt.revisions[0]?.revision ?? '';
  }

  // Somebody else's branch is checked out meanwhile: what is asked for here is checked out again.
  expect(await askFor('main')).toBe(200);
  const file = await open.document('payment', 'configServer', 'payment-west.yml');
  const operation: EditDocument = edited(file, setting('payment.greeting', 'good evening'));
  const plan = await control.plan(operation, signal);
  expect(plan.target).toContain(`committed to ${label}`);
  expect(await askFor('main')).toBe(200);
  expect(git('symbolic-ref', '--short', 'HEAD')).toBe('main');
  const commit = await carry(plan);
  expect(git('rev-parse', label)).toContain(commit);
  expect(git('show', `${label}:payment-west.yml`)).toContain('greeting: good evening   # to the west');
  expect(await greetings()).toEqual(['good evening', 'good evening']);
  expect(git('rev-parse', 'main')).toBe(main);
  expect(git('status', '--porcelain')).toBe('');

  // While another branch or a tag is there, what was written can be neither seen nor denied.
  for (const other of ['main', 'v1']) {
    expect(await askFor(other)).toBe(200);
    await expect(control.verify(changeOf(plan), signal)).rejects.toThrow(/checks out|checked out/);
  }
  const undo = await control.planUndo(operation, plan.changes, signal);
  await carry(undo);
  expect(await greetings()).toEqual(['hello west', 'hello west']);
  expect(git('show', `${label}:payment-west.yml`)).toBe(western.trim());
  expect(git('log', '--format=%s', label).split('\n').slice(0, 3)).toEqual([
    'payment-west.yml: change payment.greeting',
    'payment-west.yml: change payment.greeting',
    'release',
  ]);
}, 300_000);
