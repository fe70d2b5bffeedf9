import { readFileSync, statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findBrowser, noBrowserAdvice } from '../../../build/findBrowser.ts';

// Runs an application's main script as Electron would: `electron [flags] <folder or script> [arguments]`.
const args = process.argv.slice(2);
const named = args.find((arg) => !arg.startsWith('-'));
if (named === undefined) throw new Error('Name the folder of an application.');
const version = (JSON.parse(textOf('../../../node_modules/electron/package.json')) as { version: string })
  .version;

registerHooks({
  resolve(name, context, next) {
    if (!/^electron(\/(main|common))?$/.test(name)) return next(name, context);
    return { url: new URL('./main.ts', import.meta.url).href, shortCircuit: true };
  },
});
process.argv = [process.execPath, ...args];
Object.assign(process, { type: 'browser' });
Object.defineProperty(process.versions, 'electron', { value: version, enumerable: true });

// Only now, so that everything that comes sees the hook and the process as Electron has it.
const { app, begin } = await import('./app.ts');
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit());
await import(pathToFileURL(mainScript(resolve(named))).href);
const browser = await findBrowser();
if (browser === null) throw new Error(noBrowserAdvice);
await begin(browser, /^--remote-debugging-port=(\d+)$/m.exec(args.join('\n'))?.[1] ?? null);

function mainScript(path: string): string {
  if (!statSync(path).isDirectory()) return path;
  const { main } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { main: string };
  return join(path, main);
}

function textOf(relative: string): string {
  return readFileSync(new URL(relative, import.meta.url), 'utf8');
}
