import { appendFileSync, chmodSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log, LogFields } from '../core/ports.ts';
import { redactFields, redactText } from './redact.ts';

const largestBytes = 5 * 1024 * 1024;

/** Writes one JSON line for each entry to `podium.log` in the data folder, redacted, keeping one older file. */
export function createLogFile(folder: string, now: () => number = Date.now): Log {
  const path = join(folder, 'podium.log');
  let size = sizeOf(path);
  const write = (level: string, message: string, fields: LogFields = {}): void => {
    const at = new Date(now()).toISOString();
    const line = `${JSON.stringify({ at, level, message: redactText(message), ...redactFields(fields) })}\n`;
    try {
      if (size + line.length > largestBytes) {
        renameSync(path, join(folder, 'podium.1.log'));
        size = 0;
      }
      appendFileSync(path, line, { mode: 0o600 });
      if (size === 0) chmodSync(path, 0o600);
      size += line.length;
    } catch {
      // A full or read-only disk must not stop the console; the journal refuses writes on its own account.
    }
  };
  return {
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}

const longestTailBytes = 256 * 1024;

/** The last lines of the log in the data folder, oldest first. A log that is not there has none. */
export async function readLogTail(folder: string, most: number): Promise<readonly string[]> {
  const file = await open(join(folder, 'podium.log')).catch(() => null);
  if (file === null) return [];
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - longestTailBytes);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - start), position: start });
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // What was cut off at the beginning is no line.
    return (start === 0 ? lines : lines.slice(1)).filter((line) => line !== '').slice(-most);
  } finally {
    await file.close();
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
