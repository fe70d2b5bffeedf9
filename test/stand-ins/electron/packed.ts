import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { extractAll } from '@electron/asar';
import { readFuses } from '../../../build/readFuses.ts';

// What a packed program does as its fuses let it: `packed.ts <its executable> [arguments]`. It shows what they are set to, and nothing
// of how Electron keeps to them.
const [program = '', ...args] = process.argv.slice(2);
const executable = realpathSync(program);
const fuses = readFuses(executable);
const { STAND_IN_OPTIONS: options = '', ...env } = process.env;

if (fuses.runAsNode === true && env['ELECTRON_RUN_AS_NODE'] !== undefined) run(args);
else runArchive();

function runArchive(): void {
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-packed-'));
  extractAll(join(dirname(executable), 'resources', 'app.asar'), folder);
  const isInspected = fuses.enableNodeCliInspectArguments === true;
  const own = args.filter((arg) => isInspected || !/^--inspect/.test(arg));
  const launch = join(import.meta.dirname, 'launch.ts');
  const flags = isInspected ? own.filter((arg) => /^--inspect/.test(arg)) : [];
  run([...flags, launch, folder, ...own], () => rmSync(folder, { recursive: true, force: true }));
}

function run(given: readonly string[], after: () => void = () => undefined): void {
  const isHeard = fuses.enableNodeOptionsEnvironmentVariable === true && options !== '';
  const child = spawn(process.execPath, given, {
    env: isHeard ? { ...env, NODE_OPTIONS: options } : env,
    stdio: 'inherit',
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => void child.kill(signal));
  child.once('exit', (code) => {
    after();
    process.exitCode = code ?? 1;
  });
}
