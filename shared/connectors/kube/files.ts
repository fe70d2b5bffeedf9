import { open } from 'node:fs/promises';
import { constants } from 'node:fs';

const longest = 1024 * 1024;

/**
 * Reads a small regular file that a kubeconfig names. A kubeconfig may point anywhere, so devices, pipes and huge files
 * are refused: opening a FIFO without O_NONBLOCK would wait for ever. Throws an Error in words.
 */
export async function readSmallFile(path: string, what: string): Promise<Buffer> {
  let handle;
  try {
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw new Error(`${what} ${path} ${whyNotOpened(cause)}`, { cause });
  }
  try {
    if (!(await handle.stat()).isFile()) throw new Error(`${what} ${path} is not a regular file`);
    const buffer = Buffer.alloc(longest + 1);
    let length = 0;
    // What is there counts, not what its size is said to be: a file under /proc says that it is empty and is not.
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length > longest) throw new Error(`${what} ${path} is larger than 1 MiB`);
    }
    return Buffer.from(buffer.subarray(0, length));
  } finally {
    await handle.close();
  }
}

/** Whether a file was not read because there is none. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  error.cause.code === 'ENOENT';

/** Why a file could not be opened, to follow its name. */
export function whyNotOpened(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  switch (code) {
    case 'ENOENT':
      return 'does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by you';
    case 'EISDIR':
      return 'is a folder';
    case 'ELOOP':
      return 'is a link that leads back to itself';
    default:
      return `could not be opened (${code || String(cause)})`;
  }
}
