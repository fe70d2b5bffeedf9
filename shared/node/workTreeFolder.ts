import { statSync } from 'node:fs';

/** Says why a folder that the operator named with `--repository` cannot be a work tree; null where it may be one. */
export function whyNoWorkTree(folder: string): string | null {
  try {
    return statSync(folder).isDirectory() ? null : `--repository “${folder}” is no folder.`;
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? `--repository “${folder}” is not there.`
      : `--repository “${folder}” cannot be looked at (${String(code)}).`;
  }
}
