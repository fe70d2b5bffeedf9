import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { parseArgs } from 'node:util';
import { createPackage } from '@electron/asar';
import { parse } from 'yaml';
import { z } from 'zod';
import { billOfMaterials } from './billOfMaterials.ts';
import { licencesText, packagesIn, readLockfile } from './licences.ts';

const root = join(import.meta.dirname, '..');
const Builder = z.object({ files: z.array(z.string()) });

/** The files of a built tree that the installed program is made of, by the patterns of electron-builder.yml; with a `!` they leave out. */
export function filesToPack(folder: string, patterns: readonly string[]): string[] {
  const leftOut = patterns.filter((one) => one.startsWith('!')).map((one) => one.slice(1));
  const taken = patterns.filter((one) => !one.startsWith('!'));
  return globSync(taken, { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !leftOut.some((pattern) => matchesGlob(path, pattern)))
    .sort();
}

/**
 * Makes what needs no binary of Electron's: `app.asar` from the built scripts, the licences that come with them, and a bill of
 * materials (CycloneDX). electron-builder reads the same list when it makes installers.
 */
export async function pack(to: string): Promise<{ readonly archive: string; readonly bill: string }> {
  const packages = packagesIn(readLockfile(root));
  const billText = `${JSON.stringify(billOfMaterials(root, packages), null, 2)}\n`;
  // Where the packagers take them from.
  writeFileSync(join(root, 'dist/licences.txt'), licencesText(root, packages));
  writeFileSync(join(root, 'dist/podium.cdx.json'), billText);
  const text = readFileSync(join(root, 'build/electron-builder.yml'), 'utf8');
  const { files } = Builder.parse(parse(text));
  const staged = join(to, 'app');
  rmSync(staged, { recursive: true, force: true });
  for (const path of filesToPack(root, files)) {
    mkdirSync(dirname(join(staged, path)), { recursive: true });
    cpSync(join(root, path), join(staged, path));
  }
  writeFileSync(join(staged, 'package.json'), ownPackage());
  const [archive, bill] = [join(to, 'app.asar'), join(to, 'podium.cdx.json')];
  await createPackage(staged, archive);
  writeFileSync(bill, billText);
  return { archive, bill };
}

/** What the program reads of its package.json; scripts and dependencies are for whoever builds it. */
function ownPackage(): string {
  const Own = z.object({
    name: z.string(),
    version: z.string(),
    description: z.string(),
    license: z.string(),
    type: z.literal('module'),
    main: z.string(),
  });
  const own = Own.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  return `${JSON.stringify(own, null, 2)}\n`;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { to: { type: 'string', default: join(root, 'out') } } });
  const { archive, bill } = await pack(values.to);
  process.stdout.write(`${archive}\n${bill}\n`);
}
