import { lstat, mkdtemp, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, parse, relative, sep } from 'node:path';
import type { FileChange, NamedFolder, OpenFolder } from '../core/ports.ts';
import { commitOnto, runGit } from './gitRepositories.ts';

/** Larger files are no configuration that people write. */
const maxBytes = 256 * 1024;

/** Opens a folder that the operator named: its files of configuration, and nothing that lies elsewhere. */
export const openNamedFolder: OpenFolder = async (path) => {
  if (!isAbsolute(path)) throw new Error(`${path} is not the full path of a folder.`);
  const folder = await realpath(path).catch(() => null);
  const isFolder = folder !== null && (await lstat(folder)).isDirectory();
  if (!isFolder) throw new Error(`There is no folder ${path} on this machine.`);
  if (folder === parse(folder).root || folder === homedir())
    throw new Error(`${path} is more than a folder of configuration: name the folder itself.`);
  return openFolder(folder, await branchOf(folder));
};

function openFolder(folder: string, branch: string | null): NamedFolder {
  return {
    path: folder,
    branch,
    async read(file) {
      const place = await placeOf(folder, file);
      return place === null ? null : await readFile(place, 'utf8');
    },
    async write(change) {
      const place = await placeOf(folder, change.file);
      if (place === null) throw new Error(`There is no file ${change.file} in ${folder}.`);
      if (branch !== null) await refuseUncommitted(folder, change);
      if (!(await replace(place, change.was, change.text))) return false;
      if (branch === null) return { commit: null };
      try {
        return { commit: await commitFile(folder, branch, change) };
      } catch (error) {
        await replace(place, change.text, change.was);
        throw error;
      }
    },
  };
}

/** Where a file is; null for one that is absent, too large, none of configuration, a link, or elsewhere. */
async function placeOf(folder: string, file: string): Promise<string | null> {
  const parts = file.split(/[\\/]/);
  if (!/\.(ya?ml|properties)$/.test(file) || parts.some((part) => part === '' || part.startsWith('.')))
    return null;
  const place = join(folder, ...parts);
  const real = await realpath(place).catch(() => null);
  // A link leads elsewhere, or would be replaced by a file.
  if (real !== place || relative(folder, real).startsWith(`..${sep}`)) return null;
  const { size, isFile } = await lstat(place).then((found) => ({ size: found.size, isFile: found.isFile() }));
  return isFile && size <= maxBytes ? place : null;
}

/** Writes beside it and renames, so that nobody ever reads half of it. */
async function replace(place: string, was: string, text: string): Promise<boolean> {
  const { mode } = await lstat(place);
  const scratch = await mkdtemp(join(dirname(place), `.${basename(place)}-`));
  const beside = join(scratch, 'new');
  try {
    const file = await open(beside, 'wx', mode & 0o7777);
    try {
      await file.chmod(mode & 0o7777);
      await file.writeFile(text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    if ((await readFile(place, 'utf8')) !== was) return false;
    await rename(beside, place);
    return true;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Null outside a work tree. Throws where no branch is checked out: a commit there would belong to none. */
async function branchOf(folder: string): Promise<string | null> {
  const isTree = await runGit(folder, ['rev-parse', '--is-inside-work-tree']).catch(() => 'false');
  if (isTree.trim() !== 'true') return null;
  const branch = await runGit(folder, ['symbolic-ref', '--short', 'HEAD']).catch(() => null);
  if (branch !== null) return branch.trim();
  throw new Error(
    `${folder} is on no branch now: a tag or a commit is checked out, as a Config Server does that is asked for one.`,
  );
}

/** What somebody has not committed yet would be committed with it. */
async function refuseUncommitted(folder: string, { file, was }: FileChange): Promise<void> {
  const committed = await runGit(folder, ['cat-file', 'blob', `HEAD:./${file}`]).catch(() => null);
  const staged = await runGit(folder, ['cat-file', 'blob', `:./${file}`]).catch(() => null);
  if (committed !== was || staged !== was)
    throw new Error(
      `${file} has changes in ${folder} that nobody committed. Commit them or take them back first.`,
    );
}

/** This file alone, onto the branch that is checked out; what is staged besides stays staged. */
async function commitFile(
  folder: string,
  branch: string,
  { file, text, message }: FileChange,
): Promise<string> {
  const prefix = (await runGit(folder, ['rev-parse', '--show-prefix'])).trim();
  const { commit, parent, entry } = await commitOnto(folder, { file: prefix + file, text, message });
  await runGit(folder, ['update-ref', '-m', 'podium', `refs/heads/${branch}`, commit, parent]);
  await runGit(folder, ['update-index', '--cacheinfo', entry]);
  return commit;
}
