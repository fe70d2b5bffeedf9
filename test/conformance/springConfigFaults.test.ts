import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileOf, isSameFile } from '../../shared/connectors/spring/config/configServer.ts';
import { readEnvironment, readProperty } from '../../shared/connectors/spring/config/environment.ts';
import { looksSecret } from '../../shared/connectors/spring/config/secrets.ts';
import { testFolder } from '../support/testFolder.ts';
import { configOf, edited, setting } from './config.ts';
import { simulatedSpringConfig } from './simulatedSpringConfig.ts';
import { configTexts, openSpringConfig } from './springConfig.ts';
import { eventually, proofOf } from './springShop.ts';
import { changeOf, guardsOf, signal } from './weights.ts';

const recorded = (name: string): { status: number; body: unknown } => {
  const file = new URL(`../fixtures/spring/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { response: { status: number; body: unknown } }).response;
};

const known = (open: Awaited<ReturnType<typeof openSpringConfig>>) =>
  eventually(
    async () => (await open.session.configuration?.search('shop.instance', signal))?.hits ?? [],
    (hits) => hits.length === 2,
  );

describe('answers of real programs', () => {
  test('give a property with its source, and none where it is masked', () => {
    expect(readProperty(recorded('env-property-posted').body)).toMatchObject({
      value: 'hey',
      source: 'manager',
    });
    const masked = readProperty(recorded('env-property-masked').body);
    expect(masked?.value).toBeNull();
    expect(masked?.sources.map(({ value }) => value)).not.toContain('******');
    expect(recorded('env-unknown')).toMatchObject({ status: 404 });
  });

  test('are simulated in the shape in which they were recorded', async () => {
    await using shop = await simulatedSpringConfig();
    const { environment, actuator } = shop.instances.get('payment-1') ?? {};
    if (environment === undefined || actuator === undefined) throw new Error('there is no payment-1');
    const ask = (path: string, method = 'GET', body?: unknown) =>
      fetch(`http://127.0.0.1:${actuator.port}/actuator${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const property = (await (await ask('/env/payment.greeting')).json()) as object;
    expect(Object.keys(property)).toEqual(Object.keys(recorded('env-property').body as object));
    expect((await ask('/env/no.such.key')).status).toBe(recorded('env-unknown').status);
    expect((await ask('/loggers/ROOT', 'POST', { configuredLevel: null })).status).toBe(
      recorded('logger-root-reset').status,
    );
    expect((await ask('/loggers/x', 'POST', { configuredLevel: 'LOUD' })).status).toBe(
      recorded('logger-nonsense').status,
    );
    environment.writable = false;
    expect((await ask('/env', 'POST', { name: 'a', value: 'b' })).status).toBe(
      recorded('env-post-disabled').status,
    );
    const served = (await (
      await fetch(`http://127.0.0.1:${shop.server.port}/payment/default`)
    ).json()) as object;
    expect(Object.keys(served)).toEqual(Object.keys(recorded('config-payment').body as object));
  });

  test('name files in three ways, and the instance names the same as the server', () => {
    const odd = recorded('config-odd-prod').body as { propertySources: { name: string }[] };
    const files = odd.propertySources.map(({ name }) => fileOf(name));
    expect(files.map(({ document }) => document).slice(0, 2)).toEqual([1, 0]);
    expect(files[0]?.path).toMatch(/^\/.*\/odd\.yml$/);
    expect(isSameFile(fileOf('configserver:file:/srv/payment.yml'), fileOf('file:/srv/payment.yml'))).toBe(
      true,
    );
    expect(fileOf('https://git.example.com/shop.git/payment.yml').path).toBe(
      'https://git.example.com/shop.git/payment.yml',
    );
  });

  test('H06: properties that mean something to JavaScript are properties like any other', () => {
    const body: unknown = JSON.parse(
      '{"activeProfiles":[],"propertySources":[{"name":"s","properties":{"__proto__":{"value":"1"},"constructor":{"value":{"polluted":1}}}}]}',
    );
    const read = readEnvironment(body);
    expect([...(read?.sources[0]?.properties ?? [])].map(([key, { value }]) => [key, value])).toEqual([
      ['__proto__', '1'],
      ['constructor', '{"polluted":1}'],
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('C10: what looks secret is known by its name, or by what its value carries', () => {
    for (const key of [
      'db.password',
      'DB_PASSWD',
      'jwt.secret',
      'github.token',
      'aws.credentials.id',
      'api-key',
      'encrypt.key',
      'SPRING_APPLICATION_JSON',
    ])
      expect(looksSecret(key, null), key).toBe(true);
    for (const key of ['payment.greeting', 'keyboard.layout', 'donkey', 'spring.jackson.indent'])
      expect(looksSecret(key, 'x'), key).toBe(false);
    expect(looksSecret('db.url', 'jdbc:postgresql://app:hunter2@db/shop')).toBe(true);
    expect(looksSecret('tls.own', '-----BEGIN PRIVATE KEY-----')).toBe(true);
  });
});

describe('with a Config Server in trouble', () => {
  test('what each instance has is still shown, with the reason', async () => {
    await using shop = await simulatedSpringConfig();
    await using open = await openSpringConfig(shop);
    shop.server.fault = 'fails';
    const all = await open.read('payment');
    expect(all.map(({ kind }) => kind)).toEqual(['configServer', 'overrides', 'loggers']);
    expect(all[0]?.readOnly).toContain('one of its files cannot be read');
    expect(all[1]?.entries.find(({ key }) => key === 'payment.greeting')?.value).toBe('hello');
  });

  test('that still hands out what was, nobody is refreshed, and the change is not called loaded', async () => {
    await using shop = await simulatedSpringConfig();
    await using open = await openSpringConfig(shop);
    await known(open);
    const file = await open.document('payment', 'configServer', 'payment.yml');
    const plan = await configOf(open.session).plan(edited(file, setting('payment.greeting', 'x')), signal);
    shop.server.fault = 'stands still';
    await configOf(open.session).apply(plan, signal);
    expect(readFileSync(join(shop.folder, 'payment.yml'), 'utf8')).toContain('greeting: x');
    expect(shop.instances.get('payment-1')?.actuator.asked).not.toContain('POST /actuator/refresh');
    expect(await proofOf(open.session, plan.expectation, 0)).toMatchObject({
      state: 'waiting',
      detail: expect.stringMatching(/^0 of 2 instances/) as unknown,
    });
  });

  test('whose files are others than those of the folder, nothing is changed', async () => {
    await using shop = await simulatedSpringConfig();
    const elsewhere = testFolder('podium-config-');
    writeFileSync(join(elsewhere, 'payment.yml'), 'payment:\n  greeting: another\n');
    const given = shop.settings.configServer;
    if (given === undefined) throw new Error('no Config Server');
    const settings = { ...shop.settings, configServer: { ...given, folder: elsewhere } };
    await using open = await openSpringConfig({ ...shop, settings });
    const [file, shared] = await open.read('payment');
    expect(file?.readOnly).toContain(
      'is not what the Config Server hands out: payment.greeting is another there',
    );
    expect(shared?.readOnly).toContain('Nothing in');
    if (file === undefined) throw new Error('no file');
    await expect(
      configOf(open.session).plan(edited(file, setting('payment.greeting', 'x')), signal),
    ).rejects.toMatchObject({ kind: 'refused' });
  });

  test('none at all, what instances have of it is shown, and only read', async () => {
    await using shop = await simulatedSpringConfig();
    const { configServer: _none, ...settings } = shop.settings;
    await using open = await openSpringConfig({ ...shop, settings });
    const [file] = await open.read('payment');
    expect(file?.entries.find(({ key }) => key === 'payment.greeting')?.value).toBe('hello');
    expect(file?.readOnly).toContain('no address of the Config Server was given');
  });
});

/** Makes a folder a Git work tree with all that is in it. */
function workTree(folder: string): (...args: readonly string[]) => string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'ana');
  git('config', 'user.email', 'ana@example.com');
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
  return git;
}

describe('with instances that differ', () => {
  test('a Git work tree gets a commit of the change, and one of its undo', async () => {
    await using shop = await simulatedSpringConfig();
    const git = workTree(shop.folder);
    await using open = await openSpringConfig(shop);
    await known(open);
    const file = await open.document('payment', 'configServer', 'payment.yml');
    const operation = edited(file, setting('payment.greeting', 'hi'));
    const plan = await configOf(open.session).plan(operation, signal);
    expect(plan.target).toContain('committed to main');
    const receipt = await configOf(open.session).apply(plan, signal);
    expect(git('rev-parse', 'HEAD')).toContain(receipt.revisions[0]?.revision);
    const undo = await configOf(open.session).planUndo(operation, plan.changes, signal);
    await configOf(open.session).apply(undo, signal);
    expect(git('log', '--format=%s')).toBe(
      'payment.yml: change payment.greeting\npayment.yml: change payment.greeting\nfirst\n',
    );
    expect(git('show', 'HEAD:payment.yml')).toBe(configTexts['payment.yml']);
    expect(git('status', '--porcelain')).toBe('');
  });

  test('what was reviewed for one branch is not written to another that the Config Server checked out', async () => {
    await using shop = await simulatedSpringConfig();
    const git = workTree(shop.folder);
    await using open = await openSpringConfig(shop);
    await known(open);
    const control = configOf(open.session);
    const file = await open.document('payment', 'configServer', 'payment.yml');
    const operation = edited(file, setting('payment.greeting', 'hi'));
    const plan = await control.plan(operation, signal);
    git('checkout', '--quiet', '-b', 'release');
    await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
    expect(git('log', '--all', '--format=%s')).toBe('first\n');
    git('checkout', '--quiet', 'main');
    await control.apply(plan, signal);
    git('checkout', '--quiet', 'release');
    git('rm', '--quiet', 'payment.yml');
    git('commit', '--quiet', '-m', 'none');
    for (const elsewhere of [['release'], ['--detach', 'release']]) {
      git('checkout', '--quiet', ...elsewhere);
      await expect(control.verify(changeOf(plan), signal)).rejects.toThrow(/checks out|checked out/);
    }
    git('checkout', '--quiet', 'main');
    expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });
  });

  test('an override that stands above the file is told of before, and afterwards', async () => {
    await using shop = await simulatedSpringConfig();
    await using open = await openSpringConfig(shop);
    await known(open);
    await shop.overrideByHand('payment-2', 'payment.greeting', 'mine');
    const file = await open.document('payment', 'configServer', 'payment.yml');
    const plan = await configOf(open.session).plan(edited(file, setting('payment.greeting', 'hi')), signal);
    expect(guardsOf(plan)).toMatchObject({ overridden: 'tick' });
    await configOf(open.session).apply(plan, signal);
    const proof = await eventually(
      () => proofOf(open.session, plan.expectation, 0),
      ({ state }) => state !== 'waiting',
    );
    expect(proof).toEqual({
      state: 'contradicted',
      detail: '1 of 2 instances have it in effect; payment-2 has it, but manager stands above it',
    });
  });

  test('nothing is dropped where masked overrides could not be written back', async () => {
    await using shop = await simulatedSpringConfig();
    await using open = await openSpringConfig(shop);
    await known(open);
    const environment = await open.document('payment', 'overrides', 'payment');
    const operation = edited(environment, setting('payment.greeting', 'hi'));
    const plan = await configOf(open.session).plan(operation, signal);
    await configOf(open.session).apply(plan, signal);
    await shop.overrideByHand('payment-1', 'shop.theirs', 'kept');
    const masking = shop.instances.get('payment-1')?.environment;
    if (masking === undefined) throw new Error('there is no payment-1');
    masking.masks = true;
    const undo = await configOf(open.session).planUndo(operation, plan.changes, signal);
    expect(guardsOf(undo)).toMatchObject({ 'masked-overrides': 'block' });
    expect(await shop.overridesIn('payment-1')).toEqual({ 'payment.greeting': 'hi', 'shop.theirs': 'kept' });
  });

  test('a secret that somebody set in memory gets into no plan, and so into no journal', async () => {
    await using shop = await simulatedSpringConfig();
    await using open = await openSpringConfig(shop);
    await known(open);
    await shop.overrideByHand('payment-1', 'db.password', 'hunter2');
    await shop.overrideByHand('payment-1', 'db.url', 'jdbc:postgresql://app:hunter2@db/shop');
    const environment = await open.document('payment', 'overrides', 'payment');
    expect(JSON.stringify(environment)).not.toContain('hunter2');
    for (const key of ['db.password', 'db.url'])
      await expect(
        configOf(open.session).plan(edited(environment, { kind: 'entries', set: [], remove: [key] }), signal),
      ).rejects.toThrow('would stand in the journal');
    const file = await open.document('payment', 'configServer', 'payment.yml');
    const without = edited(file, { kind: 'entries', set: [], remove: ['payment.api-key'] });
    await expect(configOf(open.session).plan(without, signal)).rejects.toThrow('looks secret');
  });

  test('an instance that joins later is named by the proof', async () => {
    await using shop = await simulatedSpringConfig();
    await using open = await openSpringConfig(shop);
    await known(open);
    const loggers = await open.document('order', 'loggers', 'order');
    const plan = await configOf(open.session).plan(edited(loggers, setting('podium.peers', 'DEBUG')), signal);
    await configOf(open.session).apply(plan, signal);
    await shop.joinMasking();
    const proof = await eventually(
      () => proofOf(open.session, plan.expectation, 0),
      ({ detail }) => detail.startsWith('2 of 3'),
    );
    expect(proof.detail).toContain('order-3 podium.peers is without a level of its own');
  });
});
