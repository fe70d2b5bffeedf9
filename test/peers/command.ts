import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The command and everything it started is killed after this time. */
  readonly timeLimitMs: number;
  /** Output goes to this file instead of memory; its last lines are quoted when the command fails. */
  readonly logFile?: string;
}

/** Runs a command to its end and gives its standard output; throws with the last lines of output when it fails. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const log = options.logFile === undefined ? null : openSync(options.logFile, 'a');
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'],
    detached: true,
  });
  let output = '';
  let complaint = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const stop = () => killGroup(child.pid);
  process.once('exit', stop);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    stop();
  }, options.timeLimitMs);
  const ended = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? null : `ended with ${code ?? signal}`));
  });
  clearTimeout(limit);
  process.off('exit', stop);
  if (log !== null) closeSync(log);
  if (ended === null) return output;
  const said = options.logFile === undefined ? complaint || output : await readFile(options.logFile, 'utf8');
  const reason = late ? `took longer than ${options.timeLimitMs / 1000} s` : ended;
  throw new Error(`${command} ${args.slice(0, 3).join(' ')}: ${reason}: ${lastLines(said, 6)}`);
}

/** Kills a detached child together with what it started; silent when it is gone already. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the group has ended by itself.
  }
}

/** The last non-empty lines of a text, joined by ` | `. */
export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join(' | ');
}

/** True when a command of this name can be found. */
export function isOnPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));
}
