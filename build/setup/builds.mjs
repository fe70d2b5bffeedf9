import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, textOf } from './install.mjs';
import { toolEnvironment } from './runtime.mjs';

const builds = {
  renderer: {
    configs: ['build/vite.config.ts'],
    sources: ['renderer', 'shared/model', 'shared/contract', 'shared/analysis'],
    result: 'dist/renderer/index.html',
    stamp: 'dist/renderer.stamp',
  },
  electron: {
    configs: ['build/vite.electron.config.ts', 'build/vite.preload.config.ts'],
    sources: ['electron', 'shared'],
    result: 'dist/electron/main.js',
    stamp: 'dist/electron.stamp',
  },
};

/** Builds one part when its sources, or what they are built with, changed since the last time. */
export async function ensureBuilt(name, { root, node }) {
  const { configs, sources, result, stamp } = builds[name];
  const hash = hashSources(root, [...sources, ...configs, 'package-lock.json']);
  if (existsSync(join(root, result)) && textOf(join(root, stamp)) === hash) return;
  process.stdout.write(`Building the ${name} part …\n`);
  const startedAt = Date.now();
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  for (const config of configs) {
    const { code, output } = await runQuietly(node, [vite, 'build', '--config', config], root);
    if (code !== 0) throw new Error(`${output}\nThe ${name} part could not be built; the reason is above.`);
  }
  writeFileSync(join(root, stamp), hash);
  process.stdout.write(`Built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.\n`);
}

/** Runs a program of the project's tools, keeping what it prints for when it fails. */
export function runQuietly(node, args, root, extraEnv = {}) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: root, env: toolEnvironment(root, node, extraEnv) });
    let output = '';
    const keep = (chunk) => (output += chunk);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ code: 1, output: `${output}${error.message}\n` }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The same with everything shown as it comes. */
export function runLoudly(node, args, root, extraEnv = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd: root,
      env: toolEnvironment(root, node, extraEnv),
      stdio: 'inherit',
    });
    // Ctrl+C reaches the child by itself; we stay to see it end.
    const ignore = () => undefined;
    process.on('SIGINT', ignore);
    const pass = () => child.kill('SIGTERM');
    process.on('SIGTERM', pass);
    // npm ends its shell without a word to us; whoever loses their parent here has been stopped.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid !== parent) pass();
    }, 1_000);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearInterval(watch);
      process.off('SIGINT', ignore);
      process.off('SIGTERM', pass);
      resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1));
    });
  });
}

function hashSources(root, paths) {
  return hashOf(
    paths.flatMap((path) => filesOf(root, path)).flatMap((path) => [path, readFileSync(join(root, path))]),
  );
}

function filesOf(root, path) {
  if (!existsSync(join(root, path))) return [];
  const isFolder = readdirOrNull(join(root, path));
  if (isFolder === null) return /\.test\.tsx?$/.test(path) ? [] : [path];
  return isFolder.sort().flatMap((name) => filesOf(root, `${path}/${name}`));
}

function readdirOrNull(path) {
  try {
    return readdirSync(path);
  } catch {
    return null;
  }
}
