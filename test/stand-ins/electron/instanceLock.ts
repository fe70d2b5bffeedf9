import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let held: { readonly file: string; readonly server: Server } | null = null;

/** True for the first on a folder, which hears from then on what later ones were started with; false for those. */
export function holdInstanceLock(
  folder: string,
  data: unknown,
  onSecond: (argv: readonly string[], data: unknown) => void,
): boolean {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'instance.lock');
  // The folder's own path may be too long for a socket.
  const socket = join(tmpdir(), `stand-in-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`);
  if (isHeldByAnother(file)) {
    passOn(socket, data);
    return false;
  }
  rmSync(socket, { force: true });
  writeFileSync(file, String(process.pid));
  const server = createServer((line) => {
    let text = '';
    line.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    line.on('end', () => {
      const { argv, given } = JSON.parse(text) as { readonly argv: string[]; readonly given: unknown };
      onSecond(argv, given);
    });
  });
  server.listen(socket).unref();
  held = { file, server };
  return true;
}

export function releaseInstanceLock(): void {
  if (held === null) return;
  held.server.close();
  rmSync(held.file, { force: true });
}

function isHeldByAnother(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch {
    // No file, or one that a killed process left behind.
    return false;
  }
}

/** The real lock is taken and told of before the call returns, so another process does the waiting. */
function passOn(socket: string, given: unknown): void {
  const send = `require('net').connect(process.argv[1]).end(process.argv[2])`;
  spawnSync(process.execPath, ['-e', send, socket, JSON.stringify({ argv: process.argv, given })], {
    timeout: 5_000,
  });
}
