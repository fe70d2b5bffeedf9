import { appendFileSync, chmodSync, renameSync, statSync } from 'node:fs';
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

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
