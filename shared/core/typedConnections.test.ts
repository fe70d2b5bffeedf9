import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Connector } from '../connectors/kit/connector.ts';
import { defaultSettings, type Settings } from '../model/settings.ts';
import { createMemoryVault } from '../node/vault.ts';
import { createSettingsKeeper } from './settings.ts';
import { createTypedConnections } from './typedConnections.ts';

const Form = z
  .object({
    address: z
      .url('is not a URL')
      .meta({ title: 'Address', description: 'Where it listens.', examples: ['http://x'], kind: 'address' }),
    token: z.string().optional().meta({ title: 'Token', kind: 'secret' }),
    skipVerify: z.stringbool().optional().meta({ title: 'Do not check', kind: 'switch' }),
  })
  .transform((typed) => ({ ...typed, parsed: true }));

const registry: Connector<unknown> = {
  id: 'registry',
  title: 'Registry',
  capabilities: [],
  caveat: 'Proven on paper only.',
  settings: z.unknown(),
  form: Form,
  open: () => Promise.reject(new Error('not opened here')),
};
const byFileOnly: Connector<unknown> = { ...registry, id: 'file' };
delete (byFileOnly as { form?: unknown }).form;

async function typedOn(stored: Partial<Settings> = {}, vault = createMemoryVault('this is a test')) {
  const writes: Settings[] = [];
  const settings = await createSettingsKeeper({
    settings: {
      read: () => Promise.resolve({ ...defaultSettings, ...stored }),
      write(next) {
        writes.push(next);
        return Promise.resolve();
      },
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return { typed: createTypedConnections([registry, byFileOnly], settings, vault), writes };
}

const east = { connector: 'registry', title: 'east', values: { address: 'https://east:8501', token: 't-1' } };

describe('connections that are typed', () => {
  test('make their form from the fields of what the connector parses', async () => {
    const { typed } = await typedOn();
    expect(typed.forms()).toEqual([
      {
        connector: 'registry',
        title: 'Registry',
        caveat: 'Proven on paper only.',
        fields: [
          {
            name: 'address',
            label: 'Address',
            note: 'Where it listens.',
            placeholder: 'http://x',
            kind: 'address',
            required: true,
          },
          { name: 'token', label: 'Token', note: null, placeholder: null, kind: 'secret', required: false },
          {
            name: 'skipVerify',
            label: 'Do not check',
            note: null,
            placeholder: null,
            kind: 'switch',
            required: false,
          },
        ],
      },
    ]);
  });

  test('are settings once they are read, without what was left empty', async () => {
    const { typed } = await typedOn();
    const values = { address: ' https://east:8501 ', token: '', skipVerify: 'true', unheardOf: 'x' };
    expect(typed.read({ ...east, values }).settings).toEqual({
      address: 'https://east:8501',
      skipVerify: true,
      parsed: true,
    });
  });

  test('are refused with the name of the field, and never with what stands in it', async () => {
    const { typed } = await typedOn();
    expect(() => typed.read({ ...east, values: {} })).toThrow('Address is missing.');
    expect(() => typed.read({ ...east, values: { address: 's3cret' } })).toThrow('Address: is not a URL');
    expect(() => typed.read({ ...east, connector: 'file' })).toThrow('cannot open file by an address');
  });

  test('do not take the name that another system is remembered by', async () => {
    const remembered = [{ connector: 'nacos', title: 'east', values: {}, secrets: [] }];
    const { typed } = await typedOn({ remembered });
    expect(() => typed.read(east)).toThrow('Another system is called east already.');
  });

  test('are remembered without their secrets, and open again with them while Podium runs', async () => {
    const { typed, writes } = await typedOn();
    await typed.remember(east);
    expect(JSON.stringify(writes)).not.toContain('t-1');
    const [candidate] = typed.candidates(() => 'other');
    expect(candidate).toMatchObject({
      title: 'east',
      typed: { values: { address: 'https://east:8501' }, secrets: [] },
    });
    const again = typed.read({ ...east, values: candidate?.typed?.values ?? {} });
    expect(again.settings).toMatchObject({ token: 't-1' });
  });

  test('say after a restart which secrets must be given again', async () => {
    const remembered = [
      { connector: 'registry', title: 'east', values: { address: 'https://east' }, secrets: ['token'] },
    ];
    const { typed } = await typedOn({ remembered });
    expect(typed.candidates(() => 'other')[0]?.typed?.secrets).toEqual(['token']);
  });

  test.each(['https://west:8501', 'http://east:8501', 'https://east:8502'])(
    'drop their secrets when the address becomes %s',
    async (address) => {
      const { typed } = await typedOn();
      await typed.remember(east);
      expect(typed.read({ ...east, values: { address } }).settings).not.toHaveProperty('token');
      await typed.remember({ ...east, values: { address } });
      expect(typed.read({ ...east, values: { address: 'https://east:8501' } }).settings).not.toHaveProperty(
        'token',
      );
    },
  );

  test('are forgotten with their secrets', async () => {
    const { typed } = await typedOn();
    await typed.remember(east);
    await typed.forget('east');
    expect(typed.candidates(() => 'other')).toEqual([]);
    expect(typed.read({ ...east, values: { address: 'https://east:8501' } }).settings).not.toHaveProperty(
      'token',
    );
  });

  test('find their secrets again after a restart where they were to be kept, and only there', async () => {
    const vault = createMemoryVault('this is a test');
    const first = await typedOn({}, vault);
    await first.typed.remember({ ...east, keep: true });
    await first.typed.remember({ ...east, title: 'west' });
    const { remembered = [] } = first.writes.at(-1) ?? {};
    expect(JSON.stringify(first.writes)).not.toContain('t-1');

    const { typed } = await typedOn({ remembered }, vault);
    const missing = () =>
      typed.candidates(() => 'other').map(({ title, typed: it }) => [title, it?.secrets] as const);
    expect(missing()).toEqual([
      ['west', ['token']],
      ['east', ['token']],
    ]);
    expect(await typed.recall()).toBe(true);
    expect(missing()).toEqual([
      ['west', ['token']],
      ['east', []],
    ]);
    expect(await typed.recall(), 'there is nothing more to be found').toBe(false);
    const values = { address: 'https://east:8501' };
    expect(typed.read({ ...east, values }).settings).toMatchObject({ token: 't-1' });
  });

  test.each([
    ['they are not to be kept any more', { ...east, keep: false }],
    ['the address became another', { ...east, keep: true, values: { address: 'https://west' } }],
  ])('leave no secret in the vault once %s', async (_, next) => {
    const vault = createMemoryVault('this is a test');
    const { typed } = await typedOn({}, vault);
    await typed.remember({ ...east, keep: true });
    expect(await vault.read('connection:east')).toContain('t-1');
    await typed.remember(next);
    expect(await vault.read('connection:east')).toBeNull();
  });

  test('keep their secrets for ever once they were to be kept, however often they are opened without a word about it', async () => {
    const vault = createMemoryVault('this is a test');
    const first = await typedOn({}, vault);
    await first.typed.remember({ ...east, keep: true });
    const untold = { ...east, values: { address: 'https://east:8501' } };

    const second = await typedOn({ remembered: first.writes.at(-1)?.remembered ?? [] }, vault);
    await second.typed.recall();
    await second.typed.remember(untold);

    const third = await typedOn({ remembered: second.writes.at(-1)?.remembered ?? [] }, vault);
    // Before the keyring was unlocked, nothing is known of them.
    await third.typed.remember(untold);
    expect(third.typed.candidates(() => 'other')[0]?.typed?.secrets).toEqual(['token']);

    const fourth = await typedOn({ remembered: third.writes.at(-1)?.remembered ?? [] }, vault);
    expect(await fourth.typed.recall()).toBe(true);
    expect(fourth.typed.read(untold).settings).toMatchObject({ token: 't-1' });
    await fourth.typed.remember({ ...untold, values: { address: 'https://west:8501' } });
    expect(await vault.read('connection:east')).toBeNull();
    expect(fourth.writes.at(-1)?.remembered[0]).not.toHaveProperty('keep');
  });

  test('that are forgotten, or too many, leave no secret in the vault', async () => {
    const vault = createMemoryVault('this is a test');
    const others = Array.from({ length: 99 }, (_, i) => ({ ...east, title: `other ${i}`, secrets: [] }));
    const { typed } = await typedOn(
      { remembered: [...others, { ...east, keep: true, secrets: ['token'] }] },
      vault,
    );
    await vault.put('connection:east', 'sealed');
    await typed.remember({ ...east, title: 'one more' });
    expect(await vault.read('connection:east')).toBeNull();
    await typed.remember({ ...east, keep: true });
    await typed.forget('east');
    expect(await vault.read('connection:east')).toBeNull();
  });

  test('take nothing from a vault that holds something else', async () => {
    const vault = createMemoryVault('this is a test');
    await vault.put('connection:east', '{"of": "another Podium"}');
    const { typed } = await typedOn({ remembered: [{ ...east, keep: true, secrets: ['token'] }] }, vault);
    expect(await typed.recall()).toBe(false);
  });
});
