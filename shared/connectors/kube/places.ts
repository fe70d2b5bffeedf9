import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { type PlatformPath, posix, win32 } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** How paths are written on a platform: a kubeconfig's are those of the machine that it lies on. */
const pathRules = (platform: string): PlatformPath => (platform === 'win32' ? win32 : posix);

/** A path that a file names, which counts from beside that file. */
export function besideFile(file: string, path: string, platform: string = process.platform): string {
  const { dirname, isAbsolute, join } = pathRules(platform);
  return isAbsolute(path) ? path : join(dirname(file), path);
}

/**
 * A file in the home folder's `.kube`. On Windows kubectl takes the first home that has one: HOME, which other shells set, the
 * home drive, which a company may have on a share, and the user's profile.
 */
export function inDotKube(
  name: string,
  env: Environment = process.env,
  platform: string = process.platform,
  isThere: (path: string) => boolean = existsSync,
): string {
  const { join } = pathRules(platform);
  const { HOME, HOMEDRIVE = '', HOMEPATH, USERPROFILE } = env;
  if (platform !== 'win32') return join(HOME ?? homedir(), '.kube', name);
  const onDrive = HOMEPATH === undefined ? undefined : `${HOMEDRIVE}${HOMEPATH}`;
  const homes = [HOME, onDrive, USERPROFILE].filter((home) => home !== undefined && home !== '');
  const paths = (homes.length > 0 ? homes : [homedir()]).map((home) => join(home ?? '', '.kube', name));
  return paths.find(isThere) ?? paths.at(-1) ?? '';
}

/** Whether a command says where it is, rather than to look for it in PATH. */
export const isNamedByPath = (command: string, platform: string = process.platform): boolean =>
  (platform === 'win32' ? /[/\\]/ : /\//).test(command);

/** Where a login program may lie, best first; null for a relative path of which nobody can say from where. */
export function programPlaces(
  command: string,
  kubeconfig: string | null,
  folders: readonly string[],
  platform: string = process.platform,
): readonly string[] | null {
  const { isAbsolute, join } = pathRules(platform);
  const isPath = isNamedByPath(command, platform);
  if (isPath && !isAbsolute(command) && kubeconfig === null) return null;
  // Relative folders in PATH would lead to another place from each working folder.
  const bases = isPath
    ? [besideFile(kubeconfig ?? '', command, platform)]
    : folders.filter((folder) => isAbsolute(folder)).map((folder) => join(folder, command));
  return bases.flatMap((base) => endings(base, platform).map((ending) => base + ending));
}

/** What Windows would add. A file without an ending is no program there, but often a script for another shell beside one. */
function endings(command: string, platform: string): readonly string[] {
  if (platform !== 'win32' || /\.(exe|com)$/i.test(command)) return [''];
  return ['.exe', '.com'];
}

/** The batch files of these names, which Windows starts only through a command shell: Podium lends none. */
export function batchFiles(
  places: readonly string[],
  platform: string = process.platform,
): readonly string[] {
  if (platform !== 'win32') return [];
  const bare = new Set(places.map((place) => place.replace(/\.(exe|com)$/i, '')));
  return [...bare].flatMap((place) =>
    /\.(cmd|bat)$/i.test(place) ? [place] : [`${place}.cmd`, `${place}.bat`],
  );
}
