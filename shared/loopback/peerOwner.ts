import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';

/**
 * False when the other end of a loopback connection is known to belong to another user of this machine. A code can
 * be read from the browser's command line by every user of a shared host; this keeps it from being of use to them.
 * Only Linux says who owns a socket; elsewhere, and where /proc is hidden, the code alone decides.
 */
export async function isOwnProcess(clientPort: number, serverPort: number): Promise<boolean> {
  const owner = await socketOwner(clientPort, serverPort);
  // Root may read our memory anyway, and forwarders (WSL's, a container's) run as root.
  return owner === null || owner === 0 || owner === userInfo().uid;
}

/** The user id that owns the client's end, or null when this machine does not say. */
export async function socketOwner(clientPort: number, serverPort: number): Promise<number | null> {
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const owner = ownerIn(await readTable(table), clientPort, serverPort);
    if (owner !== null) return owner;
  }
  return null;
}

/** Finds the line of the client's end in the kernel's table: `sl local remote st … uid` (proc_net_tcp(5)). */
export function ownerIn(table: string, clientPort: number, serverPort: number): number | null {
  const local = `:${hex(clientPort)}`;
  const remote = `:${hex(serverPort)}`;
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (!fields[1]?.endsWith(local) || !fields[2]?.endsWith(remote)) continue;
    const owner = Number(fields[7]);
    if (Number.isInteger(owner)) return owner;
  }
  return null;
}

async function readTable(path: string): Promise<string> {
  if (process.platform !== 'linux') return '';
  return readFile(path, 'utf8').catch(() => '');
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
