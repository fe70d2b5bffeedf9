import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Repository } from '../core/ports.ts';

/** More than this of a file is no manifest that people write. */
const maxBytes = 1024 * 1024;
const maxFiles = 200;

/** Git work trees that the operator named when starting. A page or a cluster can name none. */
export function openRepositories(folders: readonly string[]): readonly Repository[] {
  return [...new Set(folders.map((folder) => resolve(folder)))].map(openRepository);
}

function openRepository(folder: string): Repository {
  const git = (args: readonly string[], more?: GitOptions) => runGit(folder, args, more);
  return {
    folder,
    async head() {
      const commit = (await git(['rev-parse', '--verify', 'HEAD'])).trim();
      const branch = (await git(['rev-parse', '--abbrev-ref', 'HEAD'])).trim();
      return { commit, branch };
    },
    async filesNaming(name) {
      const files = await git(
        [
          'grep',
          '--files-with-matches',
          '--no-textconv',
          '-I',
          '-z',
          '--fixed-strings',
          '-e',
          name,
          'HEAD',
          '--',
          '*.yaml',
          '*.yml',
          '*.json',
        ],
        { noneFound: 1 },
      );
      // "HEAD:path", each ended by a zero byte, so that no file name can be taken for two.
      return files
        .split('\0')
        .filter((line) => line !== '')
        .map((line) => line.slice('HEAD:'.length))
        .slice(0, maxFiles);
    },
    read: (file) => git(['cat-file', 'blob', `HEAD:${file}`]),
    async commit({ file, text, branch, message }) {
      const { commit } = await commitOnto(folder, { file, text, message });
      // All zeros: only where there is no such branch yet.
      await git(['update-ref', `refs/heads/${branch}`, commit, '0'.repeat(commit.length)]);
      return commit;
    },
  };
}

/** Makes a commit of one file's new text on HEAD, by its path from the root, that no branch has yet; no filter and no hook runs. */
export async function commitOnto(
  folder: string,
  { file, text, message }: { readonly file: string; readonly text: string; readonly message: string },
): Promise<{ readonly commit: string; readonly parent: string; readonly entry: string }> {
  const git = (args: readonly string[], more?: GitOptions) => runGit(folder, args, more);
  const scratch = await mkdtemp(join(tmpdir(), 'podium-git-'));
  const env = { GIT_INDEX_FILE: join(scratch, 'index') };
  try {
    const parent = (await git(['rev-parse', '--verify', 'HEAD'])).trim();
    const mode = (await git(['ls-tree', '--full-tree', 'HEAD', '--', file])).split(' ')[0] ?? '';
    const blob = (await git(['hash-object', '-w', '--stdin', '--no-filters'], { input: text })).trim();
    const entry = `${mode === '' ? '100644' : mode},${blob},${file}`;
    await git(['read-tree', parent], { env });
    await git(['update-index', '--cacheinfo', entry], { env });
    const tree = (await git(['write-tree'], { env })).trim();
    const commit = (await git(['commit-tree', tree, '-p', parent, '-F', '-'], { input: message })).trim();
    return { commit, parent, entry };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface GitOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Exit code that means "none", not "failed". */
  readonly noneFound?: number;
}

/** Runs Git without a shell, without hooks, and without ever asking. What the repository's own configuration would start is off. */
export function runGit(
  folder: string,
  args: readonly string[],
  { env = {}, input, noneFound }: GitOptions = {},
): Promise<string> {
  const safe = [
    '-c',
    'core.hooksPath=/dev/null',
    '-c',
    'core.fsmonitor=false',
    '-c',
    'core.pager=cat',
    '-c',
    'protocol.allow=never',
  ];
  return new Promise((done, fail) => {
    const child = execFile(
      'git',
      ['-C', folder, ...safe, ...args],
      {
        env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', ...env },
        maxBuffer: 16 * maxBytes,
        timeout: 30_000,
        encoding: 'utf8',
      },
      (error, stdout, stderr) => {
        if (error === null || (noneFound !== undefined && error.code === noneFound)) done(stdout);
        else
          fail(
            new Error(
              `Git could not ${args[0] ?? ''} in ${folder}: ${stderr.trim().slice(0, 300) || error.message}`,
            ),
          );
      },
    );
    // Git that ends before it reads says why by its exit; the pipe's own complaint adds nothing.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}
