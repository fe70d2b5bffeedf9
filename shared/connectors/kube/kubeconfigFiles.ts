import { stat } from 'node:fs/promises';
import type { ConnectorHost } from '../kit/connector.ts';

const lookEveryMs = 2_000;

/**
 * Yields whenever one of these files has become another: written, replaced by a rename, taken away or put there. They are looked
 * at now and then, for no notice of the file system outlives a rename, or comes at all from a network's.
 */
export async function* followFiles(
  paths: () => readonly string[],
  clock: ConnectorHost['clock'],
  signal: AbortSignal,
): AsyncGenerator<void> {
  let seen = await signs(paths());
  while (!signal.aborted) {
    try {
      await clock.sleep(lookEveryMs, signal);
    } catch {
      return;
    }
    const now = await signs(paths());
    if (now === seen) continue;
    seen = now;
    yield;
  }
}

async function signs(paths: readonly string[]): Promise<string> {
  const all = paths.map(async (path) => {
    try {
      const { ino, size, mtimeMs } = await stat(path);
      return [path, ino, size, mtimeMs].join(' ');
    } catch {
      return path;
    }
  });
  return (await Promise.all(all)).join('\n');
}
