import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Licences under which a package may be part of Podium. */
const accepted: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'OFL-1.1',
  'PSF-2.0',
  'Unlicense',
  '(MIT OR CC0-1.0)',
]);

const Lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      peer: z.boolean().optional(),
    }),
  ),
});
type Lockfile = z.infer<typeof Lockfile>;

/** A package that is part of the installed program, by its place in node_modules. */
export interface ShippedPackage {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** As npm writes it: "sha512-…". */
  readonly integrity: string | null;
}

/** What package-lock.json says. */
export function readLockfile(root: string): Lockfile {
  return Lockfile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
}

/** What Podium's own code may have been built with: what is for tests, for tools and for one platform's Node is not in it. */
export function packagesIn(lock: Lockfile): ShippedPackage[] {
  return Object.entries(lock.packages).flatMap(([path, one]) => {
    if (path === '' || one.dev === true || one.optional === true || one.devOptional === true) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    // Types leave nothing behind in what is built.
    if (name.startsWith('@types/')) return [];
    const { version = '', license = 'unknown', integrity = null } = one;
    return [{ path, name, version, licence: license, integrity }];
  });
}

/** The notices that must come with the program. Throws on a licence that nobody has looked at. */
export function licencesText(root: string, packages: readonly ShippedPackage[]): string {
  const unknown = packages.filter(({ licence }) => !accepted.has(licence));
  if (unknown.length > 0)
    throw new Error(
      `Not looked at yet: ${unknown.map(({ name, licence }) => `${name} (${licence})`).join(', ')}. See build/licences.ts.`,
    );
  const one = ({ path, name, version, licence }: ShippedPackage): string =>
    [`${name} ${version} (${licence})`, ...noticesIn(join(root, path))].join('\n\n');
  return `Podium is made with these packages.\n\n${packages.map(one).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function noticesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)(\.|-|$)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
}
