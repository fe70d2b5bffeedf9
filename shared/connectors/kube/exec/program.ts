import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { PeerError } from '../../kit/peerError.ts';
import type { SearchPath } from '../../kit/programs.ts';
import type { LoginProgram } from '../../../model/program.ts';
import { batchFiles, isNamedByPath, programPlaces } from '../places.ts';
import type { ExecPlugin } from './plugin.ts';

/** Finds the program and says exactly what would be run. Throws `PeerError` where there is none. */
export async function findProgram(plugin: ExecPlugin, search: SearchPath): Promise<LoginProgram> {
  const { command, args, env, kubeconfig } = plugin;
  const path = await pathOf(plugin, search);
  const sha256 = await hashOf(path);
  const what = { command, path, sha256, args: [...args], env: [...env], kubeconfig };
  return { fingerprint: createHash('sha256').update(JSON.stringify(what)).digest('hex'), ...what };
}

async function pathOf(plugin: ExecPlugin, { folders, problem }: SearchPath): Promise<string> {
  const { command, kubeconfig } = plugin;
  const places = programPlaces(command, kubeconfig, folders);
  if (places === null)
    throw new PeerError(
      'refused',
      `The login program ${command} is named by a relative path, and pasted text lies nowhere. Name it by its full path.`,
    );
  for (const path of places) if (await isProgram(path)) return path;
  for (const path of batchFiles(places)) {
    if (await isProgram(path))
      throw missing(
        plugin,
        `The login program ${path} is a batch file, which Windows runs only through a command shell; Podium gives none, for a shell reads its arguments anew. Name the program that it starts.`,
      );
  }
  if (isNamedByPath(command)) throw missing(plugin, `There is no program at ${places.join(' or ')}.`);
  const where = `It was looked for in ${folders.length === 0 ? 'no folder' : folders.join(', ')}.`;
  throw missing(plugin, `The login program ${command} is not installed. ${problem ?? where}`);
}

const missing = ({ installHint }: ExecPlugin, what: string): PeerError =>
  new PeerError(
    'refused',
    installHint === null ? what : `${what} The kubeconfig says: ${plain(installHint)}`,
  );

const plain = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 300);

async function isProgram(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (cause) {
    throw new PeerError(
      'refused',
      `The login program ${path} cannot be read, so nobody can say what it is.`,
      {
        cause,
      },
    );
  }
  return hash.digest('hex');
}
