import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What became of one peer: a folder with its files, or the reason why it cannot be had on this machine. */
export type Installed =
  | { readonly kind: 'present'; readonly name: string; readonly version: string; readonly dir: string }
  | { readonly kind: 'absent'; readonly name: string; readonly version: string; readonly because: string };

/** One thing to install: `fill` puts its files into an empty folder, which is then kept under name and version. */
export interface Recipe {
  readonly name: string;
  readonly version: string;
  fill(folder: string, say: (text: string) => void): Promise<void>;
}

/** Where built peers are kept, outside any clone, so that a second run starts in seconds. */
export const cacheRoot = process.env['PODIUM_PEERS_CACHE'] ?? join(homedir(), '.cache', 'podium-peers');

const startedAt = Date.now();

/** Prints one line of progress with the seconds since the process started. */
export function progress(text: string): void {
  console.log(`[peers] ${((Date.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${text}`);
}

/** Finds a recipe's files in the cache, and installs nothing. */
export function find({ name, version }: Recipe): Installed {
  const dir = join(cacheRoot, `${name}-${version}`);
  if (existsSync(dir)) return { kind: 'present', name, version, dir };
  return { kind: 'absent', name, version, because: `${dir} does not exist` };
}

/** Installs a recipe once; the folder appears under its final name only when it is complete. */
export async function ensure(recipe: Recipe): Promise<Installed> {
  const found = find(recipe);
  if (found.kind === 'present') return found;
  const { name, version } = recipe;
  const dir = join(cacheRoot, `${name}-${version}`);
  await mkdir(cacheRoot, { recursive: true });
  const folder = await mkdtemp(join(cacheRoot, `.making-${name}-`));
  const since = Date.now();
  progress(`${name} ${version}: installing`);
  const beat = setInterval(
    () => progress(`${name} ${version}: still at it after ${Math.round((Date.now() - since) / 1000)} s`),
    30_000,
  );
  try {
    await recipe.fill(folder, (text) => progress(`${name} ${version}: ${text}`));
    await rename(folder, dir).catch((error: unknown) => {
      // Another run finished the same version first; its files are as good.
      if (!existsSync(dir)) throw error;
    });
    progress(`${name} ${version}: installed in ${Math.round((Date.now() - since) / 1000)} s`);
    return { kind: 'present', name, version, dir };
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    progress(`${name} ${version}: absent because ${because}`);
    return { kind: 'absent', name, version, because };
  } finally {
    clearInterval(beat);
    await rm(folder, { recursive: true, force: true });
  }
}
