import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** All descendants of a process, from where Linux keeps them. */
export function childrenOf(pid: number): number[] {
  const own = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
    .map(Number);
  return own.flatMap((child) => [child, ...childrenOf(child)]);
}

/** Sockets of a process as the kernel lists them: what it really talks to, not what it says. */
export function socketsOf(pid: number): { local: string; remote: string; listens: boolean }[] {
  const inodes = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // The descriptor was closed while we looked.
    }
  }
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => inodes.has(fields[9] ?? ''))
      .map((fields) => ({
        local: addressOf(fields[1] ?? ''),
        remote: addressOf(fields[2] ?? ''),
        listens: fields[3] === '0A',
      })),
  );
}

/** "0100007F:1F90" is 127.0.0.1:8080: the kernel writes addresses as little-endian words. */
function addressOf(hex: string): string {
  const [address = '', port = ''] = hex.split(':');
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16)),
  );
  const text =
    bytes.length === 4
      ? bytes.join('.')
      : bytes.slice(0, 12).every((byte, i) => byte === (i >= 10 ? 255 : 0))
        ? bytes.slice(12).join('.')
        : `[${bytes.map((byte) => byte.toString(16)).join(':')}]`;
  return `${text}:${parseInt(port, 16)}`;
}
