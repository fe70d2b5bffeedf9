// The first step of every npm script. Plain JavaScript for Node 20: what it needs later, it installs first.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './setup/install.mjs';
import { findRuntime } from './setup/runtime.mjs';
import { start } from './setup/start.mjs';
import { runBench, runDesktop, runFirstRun, runPack, runPeers, runTests } from './setup/testStages.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [command, ...args] = process.argv.slice(2);
const commands = {
  start,
  test: runTests,
  'test:peers': runPeers,
  'test:desktop': runDesktop,
  bench: runBench,
  'bench:first-run': runFirstRun,
  pack: runPack,
};

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main() {
  const run = commands[command];
  if (run === undefined) throw new Error(`Say what to do: ${Object.keys(commands).join(', ')}.`);
  await ensureInstalled(root);
  return run({ root, node: findRuntime(root), args });
}
