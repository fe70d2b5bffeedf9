import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOnPath, runCommand } from '../command.ts';
import type { Recipe } from './cache.ts';

const limits = { timeLimitMs: 5 * 60_000 };
let updated: Promise<unknown> | null = null;

/** Refreshes apt's lists once a run; without root the lists must be there already. */
function updateLists(): Promise<unknown> {
  updated ??= process.getuid?.() === 0 ? runCommand('apt-get', ['update', '-q'], limits) : Promise.resolve();
  return updated;
}

/**
 * Programs out of one of Debian's own packages, unpacked rather than installed: no service is set up, nothing of the system
 * changes, and no root is needed.
 */
const unpacked = (
  pkg: string,
  version: string,
  programs: readonly string[],
  finish?: (root: string, folder: string) => Promise<void>,
): Recipe => ({
  name: pkg.replace(/^prometheus-/, ''),
  version,
  async fill(folder) {
    await updateLists();
    // apt's sandbox user must be able to write here, which a folder below root's home does not allow.
    const work = await mkdtemp(join(tmpdir(), 'podium-apt-'));
    try {
      await runCommand('apt-get', ['download', '-q', pkg], { ...limits, cwd: work });
      const archive = (await readdir(work)).find((file) => file.endsWith('.deb'));
      if (archive === undefined) throw new Error(`apt-get download ${pkg} left no archive`);
      await runCommand('dpkg', ['-x', join(work, archive), join(work, 'root')], limits);
      const files = programs.map((name) => join(work, 'root/usr/bin', name));
      await runCommand('cp', [...files, folder], limits);
      await finish?.(join(work, 'root'), folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    await runCommand(join(folder, programs[0] ?? pkg), ['--version'], limits);
  },
});

export const prometheus = unpacked('prometheus', 'debian-with-promtool', ['prometheus', 'promtool']);
export const alertmanager = unpacked(
  'prometheus-alertmanager',
  'debian-unpacked',
  ['prometheus-alertmanager'],
  readTemplatesHere,
);

/**
 * Debian's build reads its templates at a place of the system where only an installed package has them. The same number of
 * letters leads it to the folder it is started in.
 */
async function readTemplatesHere(root: string, folder: string): Promise<void> {
  const place = '/usr/share/prometheus/alertmanager';
  const program = join(folder, 'prometheus-alertmanager');
  const bytes = await readFile(program);
  for (let at = bytes.indexOf(place); at >= 0; at = bytes.indexOf(place, at + 1)) {
    // Other places begin alike.
    if (bytes[at + place.length] !== '/'.charCodeAt(0)) bytes.write('.'.padEnd(place.length, '/'), at);
  }
  await writeFile(program, bytes);
  const templates = ['default.tmpl', 'email.tmpl'].map((name) => join(root, place, name));
  await runCommand('cp', [...templates, folder], limits);
}

const tools = [
  { command: 'ip', pkg: 'iproute2' },
  { command: 'openssl', pkg: 'openssl' },
  { command: 'unshare', pkg: 'util-linux' },
  { command: 'nsenter', pkg: 'util-linux' },
] as const;

/** Installs packages of the system; throws where that takes rights that this user lacks. */
export async function installPackages(names: readonly string[]): Promise<void> {
  await updateLists();
  await runCommand('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...names], {
    ...limits,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/** Installs the few system tools the tier needs and the machine lacks; gives why when one stays missing. */
export async function ensureTools(): Promise<string | null> {
  const missing = tools.filter((tool) => !isOnPath(tool.command));
  if (missing.length === 0) return null;
  const names = [...new Set(missing.map((tool) => tool.pkg))];
  try {
    await installPackages(names);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `${names.join(', ')} could not be installed: ${reason}`;
  }
  const still = missing.filter((tool) => !isOnPath(tool.command)).map((tool) => tool.command);
  return still.length === 0 ? null : `${still.join(', ')} not found on PATH`;
}
