import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The folder that holds everything Podium keeps, made if it is not there and closed to other users of the machine. */
export function openDataFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: string = process.platform,
): string {
  const folder = dataFolderPath(env, platform, homedir());
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // A folder that was there before keeps its old mode, and mkdir's own is cut by the umask.
    chmodSync(folder, 0o700);
  } catch (cause) {
    throw notUsable('the data folder', cause, 'Set PODIUM_DATA to a folder of yours, and start again.');
  }
  return folder;
}

/** What of the data folder cannot be used, the system's reason, and what to do. */
export function notUsable(what: string, cause: unknown, advice: string): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${what} cannot be used: ${why}. ${advice}`, { cause });
}

/** Where the data folder is: `PODIUM_DATA`, else where the platform keeps such things. */
export function dataFolderPath(env: NodeJS.ProcessEnv, platform: string, home: string): string {
  const named = env['PODIUM_DATA'];
  if (named !== undefined && named !== '') {
    if (!isAbsolute(named)) throw new Error(`PODIUM_DATA is "${named}"; give it the full path of a folder.`);
    return named;
  }
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Podium');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Podium');
  const base = env['XDG_DATA_HOME'];
  // The XDG rules say that a relative path here is to be ignored.
  return join(base !== undefined && isAbsolute(base) ? base : join(home, '.local', 'share'), 'podium');
}
