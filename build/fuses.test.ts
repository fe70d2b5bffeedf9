import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import forgeConfig from '../forge.config.ts';
import { fuses } from './fuses.ts';
import { readFuses } from './readFuses.ts';

test('both packagers flip the same fuses', () => {
  const builder = parse(readFileSync(join(import.meta.dirname, 'electron-builder.yml'), 'utf8')) as {
    readonly electronFuses: unknown;
  };
  expect(builder.electronFuses).toEqual(fuses);
  const { version, strictlyRequireAllFuses, ...flipped } = forgeConfig.plugins[0].config;
  expect({ version, strictlyRequireAllFuses }).toEqual({ version: '1', strictlyRequireAllFuses: true });
  // Nine numbers and nothing else: a name would be passed over without a word.
  expect(Object.keys(flipped)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
  expect(Object.values(flipped)).toEqual([...Object.values(fuses), true]);
  const folder = mkdtempSync(join(tmpdir(), 'podium-fuses-'));
  const file = join(folder, 'electron');
  const wire = Object.values(flipped).map((isOn) => (isOn ? '1' : '0'));
  writeFileSync(file, `dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\u0001\u0009${wire.join('')}`);
  expect(readFuses(file), 'by their places in the binary').toEqual(fuses);
  rmSync(folder, { recursive: true });
});

test('the packaged program cannot be run as plain Node nor be given code from outside', () => {
  expect(fuses.runAsNode).toBe(false);
  expect(fuses.enableNodeOptionsEnvironmentVariable).toBe(false);
  expect(fuses.enableNodeCliInspectArguments).toBe(false);
  expect(fuses.onlyLoadAppFromAsar).toBe(true);
});
