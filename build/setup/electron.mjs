import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOf } from './install.mjs';

const fetchWithinMs = 60_000;
const rememberForMs = 24 * 60 * 60_000;

/** Where Electron's binary is, fetching it if that can be done in time; else why there is no desktop window. */
export async function findElectron({ root, node }) {
  if (process.env.PODIUM_NO_ELECTRON === '1') return { path: null, why: 'PODIUM_NO_ELECTRON is set' };
  const folder = join(root, 'node_modules', 'electron');
  if (!existsSync(join(folder, 'package.json')))
    return { path: null, why: 'the electron package is not installed' };
  const there = installedBinary(folder);
  if (there !== null) return { path: there, why: null };
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return { path: null, why: 'there is no display here' };
  }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const memory = join(root, 'node_modules', '.podium-electron.json');
  const remembered = recall(memory, version);
  if (remembered !== null) return { path: null, why: remembered };
  process.stdout.write(
    `Fetching Electron ${version} (about 120 MB, once; at most ${fetchWithinMs / 1000} s) …\n`,
  );
  const why = await fetchBinary(folder, node);
  const fetched = installedBinary(folder);
  if (fetched !== null) {
    rmSync(memory, { force: true });
    return { path: fetched, why: null };
  }
  const said = why ?? 'its binary is not where it should be';
  writeFileSync(memory, JSON.stringify({ version, at: Date.now(), why: said }));
  return { path: null, why: `Electron could not be fetched (${said})` };
}

function installedBinary(folder) {
  const name = textOf(join(folder, 'path.txt')) ?? platformName();
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name);
  return existsSync(path) ? path : null;
}

function platformName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

/** A network that had no Electron an hour ago has none now; asking again would only make every start wait. */
function recall(memory, version) {
  try {
    const told = JSON.parse(readFileSync(memory, 'utf8'));
    if (told.version !== version || Date.now() - told.at > rememberForMs) return null;
    return `Electron could not be fetched earlier today (${told.why}; delete node_modules/.podium-electron.json to try again)`;
  } catch {
    return null;
  }
}

function fetchBinary(folder, node) {
  return new Promise((resolve) => {
    const child = spawn(node, [join(folder, 'install.js')], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk) => (complaint += chunk));
    const timer = setTimeout(() => {
      complaint = `it took longer than ${fetchWithinMs / 1000} s`;
      child.kill('SIGKILL');
    }, fetchWithinMs);
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? null : (complaint.trim().split('\n')[0] ?? `code ${code}`));
    });
  });
}
