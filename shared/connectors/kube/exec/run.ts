import { type ChildProcess, execFile, spawn } from 'node:child_process';

/** What to run, and within what bounds. */
export interface Run {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** How a program ended. */
export interface Ended {
  readonly how: 'exit' | 'timeout' | 'tooMuch' | 'notStarted';
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  /** The end of what it complained. */
  readonly stderr: string;
}

const keptErrorBytes = 64 * 1024;
/** What a program leaves running may hold its pipes open; nobody waits for that. */
const afterExitMs = 1_000;

/** Runs a program without a shell and without a terminal. Rejects only with the signal's reason. */
export async function runProgram(run: Run): Promise<Ended> {
  run.signal.throwIfAborted();
  const child = spawn(run.path, [...run.args], {
    env: run.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: false,
    windowsHide: true,
    // A group of its own, so that what it starts goes with it.
    detached: process.platform !== 'win32',
  });
  const out: Buffer[] = [];
  let outBytes = 0;
  let complaint = Buffer.alloc(0);
  const ended = Promise.withResolvers<Pick<Ended, 'how' | 'code' | 'signal'>>();
  const end = (how: Ended['how'], code: number | null = null, signal: string | null = null): void =>
    ended.resolve({ how, code, signal });

  child.stdout?.on('data', (chunk: Buffer) => {
    outBytes += chunk.length;
    if (outBytes > run.maxBytes) return end('tooMuch');
    out.push(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = Buffer.concat([complaint, chunk]).subarray(-keptErrorBytes);
  });
  let late: NodeJS.Timeout | undefined;
  child.once('error', () => end('notStarted'));
  child.once('exit', (code, signal) => {
    late = setTimeout(() => end('exit', code, signal), afterExitMs);
  });
  child.once('close', (code, signal) => end('exit', code, signal));
  const timer = setTimeout(() => end('timeout'), run.timeoutMs);
  const stop = (): void => ended.reject(run.signal.reason);
  run.signal.addEventListener('abort', stop, { once: true });
  try {
    const how = await ended.promise;
    if (how.how === 'timeout' || how.how === 'tooMuch') killTree(child);
    return { ...how, stdout: Buffer.concat(out).toString('utf8'), stderr: complaint.toString('utf8') };
  } catch (reason) {
    killTree(child);
    throw reason;
  } finally {
    clearTimeout(timer);
    clearTimeout(late);
    run.signal.removeEventListener('abort', stop);
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.unref();
  }
}

function killTree(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32')
      execFile('taskkill', ['/pid', String(pid), '/t', '/f'], () => undefined);
    else process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
