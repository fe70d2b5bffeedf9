import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import forgeConfig from '../forge.config.ts';
import { fuses } from './fuses.ts';

test('both packagers flip the same fuses', () => {
  const builder = parse(readFileSync(join(import.meta.dirname, 'electron-builder.yml'), 'utf8')) as {
    readonly electronFuses: unknown;
  };
  expect(builder.electronFuses).toEqual(fuses);
  expect(forgeConfig.plugins[0]?.config).toEqual({
    version: '1',
    RunAsNode: fuses.runAsNode,
    EnableCookieEncryption: fuses.enableCookieEncryption,
    EnableNodeOptionsEnvironmentVariable: fuses.enableNodeOptionsEnvironmentVariable,
    EnableNodeCliInspectArguments: fuses.enableNodeCliInspectArguments,
    EnableEmbeddedAsarIntegrityValidation: fuses.enableEmbeddedAsarIntegrityValidation,
    OnlyLoadAppFromAsar: fuses.onlyLoadAppFromAsar,
    LoadBrowserProcessSpecificV8Snapshot: fuses.loadBrowserProcessSpecificV8Snapshot,
    GrantFileProtocolExtraPrivileges: fuses.grantFileProtocolExtraPrivileges,
  });
});

test('the packaged program cannot be run as plain Node nor be given code from outside', () => {
  expect(fuses.runAsNode).toBe(false);
  expect(fuses.enableNodeOptionsEnvironmentVariable).toBe(false);
  expect(fuses.enableNodeCliInspectArguments).toBe(false);
  expect(fuses.onlyLoadAppFromAsar).toBe(true);
});
