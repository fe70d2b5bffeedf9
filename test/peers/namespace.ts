import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';

/** The address of the one node that kwok plays; not a loopback address, because the API server refuses those. */
export const nodeAddress = '10.77.0.1';

/** Where kwok takes pod addresses from; inside the namespace every one of them is an address of this machine. */
export const podRange = '10.200.0.0/16';

/** Where runs leave their logs, and `latest.json`, the coordinates of the run under way. */
export const resultsDir = fileURLToPath(new URL('../../test-results/peers/', import.meta.url));
const holderFile = `${resultsDir}holder.pid`;

// Every peer is given ten seconds to end by itself.
const stopLimitMs = 60_000;
const inside = 'PODIUM_PEERS_INSIDE';
const isolations = [
  // With a process namespace nothing can outlive the tier: when its first process ends, the kernel ends the rest.
  ['--map-root-user', '--net', '--pid', '--fork', '--mount-proc', '--kill-child'],
  ['--map-root-user', '--net', '--fork', '--kill-child'],
] as const;

/** True when this process already runs in the tier's own network namespace. */
export function isInside(): boolean {
  return process.env[inside] === '1';
}

/**
 * Runs this same script again inside a network namespace of its own and gives its exit code. Traffic of the tier can
 * then not leave the machine, every port is free, and made-up pod addresses can carry real requests. Others can enter
 * only a run that is open to them, so that nobody disturbs a run that measures.
 */
export async function runInside(
  script: string,
  args: readonly string[],
  open: 'open to others' | 'alone',
): Promise<number> {
  const isolation = isolations.find((flags) => spawnSync('unshare', [...flags, 'true']).status === 0);
  if (isolation === undefined) {
    const { stderr } = spawnSync('unshare', [...isolations[1], 'true'], { encoding: 'utf8' });
    throw new Error(`unshare cannot make a network namespace here: ${stderr.trim()}`);
  }
  const child = spawn('unshare', [...isolation, process.execPath, script, ...args], {
    // The channel carries no message; it tells the process inside when this one is gone, however it ended.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [inside]: '1' },
  });
  await mkdir(dirname(holderFile), { recursive: true });
  if (open === 'open to others') await writeFile(holderFile, String(child.pid));
  const forward = (signal: NodeJS.Signals) => {
    // `unshare` waits deaf to signals; the first process inside is its child.
    const first = childOf(child.pid);
    if (first !== null) process.kill(first, signal);
    setTimeout(() => child.kill('SIGKILL'), stopLimitMs).unref();
  };
  process.on('SIGINT', forward);
  process.on('SIGTERM', forward);
  process.once('exit', () => child.kill('SIGKILL'));
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  }).finally(async () => {
    const holder = await readFile(holderFile, 'utf8').catch(() => '');
    if (holder === String(child.pid)) await rm(holderFile, { force: true });
  });
}

/** Runs a command inside the namespace of the run that is under way and gives its exit code. */
export async function enter(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const holder = await readFile(holderFile, 'utf8').catch(() => '');
  // `unshare` itself stays outside the process namespace; its one child is the first process inside.
  const first = childOf(Number(holder));
  if (first === null) throw new Error('no peers are running: start them with node test/peers/start.ts');
  const target = ['-t', String(first), '-U', '-n', '-m', '-p', '--preserve-credentials'];
  // Entering a mount namespace leads to its root folder.
  const inPlace = ['sh', '-c', 'cd "$0" && exec "$@"', process.cwd(), ...command];
  const child = spawn('nsenter', [...target, ...inPlace], {
    stdio: 'inherit',
    env: { ...process.env, ...env, [inside]: '1' },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** The first child of a process, or null when it has none or is gone. */
function childOf(pid: number | undefined): number | null {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? null : Number(children.split(' ')[0]);
  } catch {
    return null;
  }
}

/** Brings up the loopback device, makes the node's and all pod addresses local ones, and ends with the outer process. */
export async function prepareNetwork(): Promise<void> {
  if (!isInside())
    throw new Error('the peers start only inside their own network namespace: run test/peers/start.ts');
  const limits = { timeLimitMs: 10_000 };
  process.once('disconnect', () => process.exit(1));
  await runCommand('ip', ['link', 'set', 'lo', 'up'], limits);
  await runCommand('ip', ['address', 'replace', `${nodeAddress}/32`, 'dev', 'lo'], limits);
  await runCommand('ip', ['route', 'replace', 'local', podRange, 'dev', 'lo'], limits);
}
