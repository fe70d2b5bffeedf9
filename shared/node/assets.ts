import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** One static file of the built renderer. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

/** The built page and everything it may load, by the exact path a window asks for. */
export interface Assets {
  readonly page: string;
  readonly files: ReadonlyMap<string, Asset>;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

/**
 * Reads the built renderer into memory once. Requests are looked up among exactly these names, so no spelling of
 * a path can reach another file; symbolic links and unknown kinds of file are left out.
 */
export async function readAssets(folder: string): Promise<Assets> {
  const files = new Map<string, Asset>();
  await collect(folder, '', files);
  return { page: await readFile(join(folder, 'index.html'), 'utf8'), files };
}

async function collect(folder: string, path: string, files: Map<string, Asset>): Promise<void> {
  for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
    const inner = `${path}/${entry.name}`;
    if (entry.isDirectory()) {
      await collect(folder, inner, files);
      continue;
    }
    const type = types[extname(entry.name)];
    if (entry.isFile() && type !== undefined)
      files.set(inner, { type, body: await readFile(join(folder, inner)) });
  }
}
