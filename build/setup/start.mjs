import { join } from 'node:path';
import { ensureBuilt, runLoudly } from './builds.mjs';
import { findElectron } from './electron.mjs';

/** Opens Podium: in a desktop window where Electron can be had, else in the browser from loopback. */
export async function start({ root, node, args }) {
  const wantsBrowser = args.includes('--browser');
  await ensureBuilt('renderer', { root, node });
  const electron = wantsBrowser
    ? { path: null, why: '--browser was given' }
    : await findElectron({ root, node });
  if (electron.path !== null) {
    await ensureBuilt('electron', { root, node });
    return runLoudly(electron.path, [root, ...args], root);
  }
  process.stdout.write(`No desktop window: ${electron.why}. The same console opens in the browser.\n`);
  const rest = args.filter((arg) => arg !== '--browser');
  return runLoudly(node, [join(root, 'shared/loopback/main.ts'), ...rest], root);
}
