import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isOnPath, runCommand } from '../command.ts';

const minute = 60_000;
// Two cores shared with other work can take a quarter of an hour for the API server alone.
const buildLimitMs = 60 * minute;
const downloadLimitMs = 10 * minute;

const goMod = z.object({
  Replace: z
    .array(z.object({ Old: z.object({ Path: z.string() }), New: z.object({ Path: z.string() }) }))
    .nullish(),
});

/** A module that was downloaded: its folder in Go's module cache and the replace lines of its go.mod. */
export interface GoModule {
  readonly path: string;
  readonly version: string;
  readonly dir: string;
  readonly replaces: readonly { readonly path: string; readonly by: string }[];
}

/** Downloads one module (no dependencies) and says where it lies. */
export async function downloadModule(path: string, version: string): Promise<GoModule> {
  if (!isOnPath('go')) throw new Error('Go is not on the PATH; 1.26 or newer is needed to build it');
  const env = goEnvironment();
  const cache = (await go(['env', 'GOMODCACHE'], tmpdir(), minute)).trim();
  const dir = join(cache, `${path}@${version}`);
  // `go mod download` unpacks a module that wants a newer Go, and only then complains; the files are all we need.
  const downloaded = runCommand('go', ['mod', 'download', `${path}@${version}`], {
    cwd: tmpdir(),
    env,
    timeLimitMs: downloadLimitMs,
  });
  const refusal = await downloaded.then(
    () => null,
    (error: unknown) => error,
  );
  const file = join(dir, 'go.mod');
  const text = await go(['mod', 'edit', '-json', file], tmpdir(), minute).catch((error: unknown) => {
    throw refusal ?? error;
  });
  const replaces = goMod.parse(JSON.parse(text)).Replace ?? [];
  return {
    path,
    version,
    dir,
    replaces: replaces.map((replace) => ({ path: replace.Old.Path, by: replace.New.Path })),
  };
}

export interface GoBuild {
  readonly module: GoModule;
  /** Arguments for `go mod edit`, applied to a copy of the module's own go.mod. */
  readonly edits: readonly string[];
  readonly packages: readonly { readonly path: string; readonly output: string }[];
  readonly tags?: string;
  readonly ldflags?: string;
}

/**
 * Builds programs of a module that `go install` refuses because of replace lines: a copy of its go.mod, which keeps
 * its exclude lines and its sums, is edited and made the main module.
 */
export async function buildPrograms(
  build: GoBuild,
  folder: string,
  say: (text: string) => void,
): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'podium-go-'));
  try {
    for (const file of ['go.mod', 'go.sum']) {
      await copyFile(join(build.module.dir, file), join(work, file));
      await chmod(join(work, file), 0o644);
    }
    const { path, version } = build.module;
    await go(
      ['mod', 'edit', '-module=podium/peers', `-require=${path}@${version}`, ...build.edits],
      work,
      minute,
    );
    for (const { path: program, output } of build.packages) {
      const since = Date.now();
      say(`compiling ${program}`);
      const flags = ['-mod=mod', '-trimpath', '-buildvcs=false', '-ldflags', `-s -w ${build.ldflags ?? ''}`];
      if (build.tags !== undefined) flags.push('-tags', build.tags);
      await go(['build', ...flags, '-o', join(folder, output), program], work, buildLimitMs);
      say(`compiled ${output} in ${Math.round((Date.now() - since) / 1000)} s`);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function go(args: readonly string[], cwd: string, timeLimitMs: number): Promise<string> {
  // Low priority: the machine stays usable while several hundred packages compile.
  return runCommand('nice', ['-n', '10', 'go', ...args], { cwd, env: goEnvironment(), timeLimitMs });
}

function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' };
}
