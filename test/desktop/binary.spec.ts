import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fuses } from '../../build/fuses.ts';
import { readFuses } from '../../build/readFuses.ts';
import { killedAtExit } from '../support/leaveNothing.ts';
import { expect, test } from './desktop.ts';

// What only an installed Podium with Electron's own binary can prove. PODIUM_PACKAGED names its executable: on Linux
// `out/linux-unpacked/podium`, on Windows `out\win-unpacked\Podium.exe`, on macOS `Podium.app/Contents/MacOS/Podium`.
const packaged = process.env['PODIUM_PACKAGED'];
test.skip(packaged === undefined, 'PODIUM_PACKAGED names no installed Podium');
const executable = packaged ?? '';

/** Starts it and gives what it wrote, once it has made its data folder or ended. */
async function startOnce(
  program: string,
  dataFolder: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly said: string; readonly code: number | null }> {
  const child = killedAtExit(
    spawn(program, args, {
      env: { ...process.env, PODIUM_DATA: dataFolder, KUBECONFIG: join(dataFolder, 'none'), ...env },
    }),
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += String(text)));
  await expect
    .poll(
      () =>
        child.exitCode !== null || child.signalCode !== null || existsSync(join(dataFolder, 'podium.sqlite')),
      {
        timeout: 60_000,
      },
    )
    .toBe(true);
  const code = child.exitCode;
  child.kill('SIGKILL');
  return { said, code };
}

test('E01 the installed program has the fuses of the table', () => {
  const framework = 'Frameworks/Electron Framework.framework/Versions/A/Electron Framework';
  const file = process.platform === 'darwin' ? join(dirname(executable), '..', framework) : executable;
  expect(readFuses(file)).toEqual(fuses);
});

test('E01 the installed program is no Node: it runs no code it is given, loads none, and cannot be inspected', async ({
  dataFolder,
}) => {
  const [marker, script] = [join(dataFolder, 'ran'), join(dataFolder, 'run.cjs')];
  const code = `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`;
  await writeFile(script, code);
  const given = [
    { args: ['-e', code], env: { ELECTRON_RUN_AS_NODE: '1' } },
    { args: [], env: { NODE_OPTIONS: `--require ${script}` } },
    { args: ['--inspect=0'], env: {} },
  ];
  for (const [i, { args, env }] of given.entries()) {
    const { said } = await startOnce(executable, join(dataFolder, String(i)), args, env);
    expect(existsSync(marker), args.join(' ')).toBe(false);
    expect(said).not.toContain('Debugger listening');
  }
});

test('E05 an installed program of which one byte was changed does not start', async ({ dataFolder }) => {
  test.skip(
    process.platform === 'linux',
    'Electron checks its archive on macOS and Windows; on Linux the package is signed',
  );
  const folder = await mkdtemp(join(tmpdir(), 'podium-tampered-'));
  try {
    const depth = process.platform === 'darwin' ? dirname(dirname(dirname(executable))) : dirname(executable);
    const copy = join(folder, basename(depth));
    await cp(depth, copy, { recursive: true, verbatimSymlinks: true });
    const archive = join(
      copy,
      process.platform === 'darwin' ? 'Contents/Resources' : 'resources',
      'app.asar',
    );
    const bytes = await readFile(archive);
    // In a script, far behind the archive's own index.
    const at = bytes.length - 1_000;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(archive, bytes);
    const { code } = await startOnce(executable.replace(depth, copy), dataFolder);
    expect(code).not.toBeNull();
    expect(existsSync(join(dataFolder, 'podium.sqlite'))).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
