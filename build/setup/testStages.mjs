import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, runLoudly, runQuietly } from './builds.mjs';

const checks = [
  { name: 'types (pure)', tool: 'typescript/bin/tsc', args: ['-p', 'build/tsconfig.pure.json'] },
  { name: 'types (node)', tool: 'typescript/bin/tsc', args: ['-p', 'build/tsconfig.node.json'] },
  { name: 'types (electron)', tool: 'typescript/bin/tsc', args: ['-p', 'build/tsconfig.electron.json'] },
  { name: 'types (renderer)', tool: 'typescript/bin/tsc', args: ['-p', 'build/tsconfig.renderer.json'] },
  { name: 'lint', tool: 'eslint/bin/eslint.js', args: ['.'] },
  { name: 'format', tool: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  {
    name: 'import rules',
    tool: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', 'build/importRules.cjs', 'electron', 'shared', 'renderer'],
  },
  { name: 'dead code', tool: 'knip/bin/knip.js', args: ['--config', 'build/knip.json'] },
];
const none = { passed: 0, failed: 0, skipped: 0 };

/** Everything that `npm test` promises, stage by stage; a failed stage does not hide the ones after it. */
export async function runTests({ root, node, args }) {
  const results = join(root, 'test-results');
  mkdirSync(results, { recursive: true });
  for (const old of ['summary.json', 'unit.json', 'unit.xml', 'e2e.json', 'desktop.json'])
    rmSync(join(results, old), { force: true });
  const stages = [];
  const note = (stage) => {
    stages.push(stage);
    process.stdout.write(`${lineOf(stage)}\n`);
  };
  const only = args.length > 0 ? args : ['checks', 'unit', ...Object.keys(walks)];
  if (only.includes('checks')) await runChecks({ root, node }, note);
  if (only.includes('unit')) note(await runUnit({ root, node }));
  for (const key of Object.keys(walks)) if (only.includes(key)) note(await runWalks(key, { root, node }));
  if (['unit', 'e2e', 'desktop'].some((one) => only.includes(one)))
    note(await checkReliability({ root, node }));
  return finish(root, stages);
}

/** Every walk of the browser host in the desktop's window, which takes half an hour; `npm test` does a few of them. */
export async function runDesktop({ root, node }) {
  mkdirSync(join(root, 'test-results'), { recursive: true });
  process.env.PODIUM_WALKS = 'all';
  return finish(root, [await runWalks('desktop', { root, node, report: 'desktop-all.json' })]);
}

/** The tier against real servers. It installs and starts them itself and prints what it ran and what it skipped. */
export async function runPeers({ root, node, args }) {
  await ensureBuilt('renderer', { root, node });
  return runLoudly(node, [join(root, 'test/peers/run.ts'), ...args], root);
}

/** The archive of the installed program, its licences and its bill of materials; installers are electron-builder's to make. */
export async function runPack({ root, node, args }) {
  for (const part of ['renderer', 'electron']) await ensureBuilt(part, { root, node });
  return runLoudly(node, [join(root, 'build/pack.ts'), ...args], root);
}

/** The measurements of docs/speed.md. */
export async function runBench({ root, node, args }) {
  await ensureBuilt('renderer', { root, node });
  return runLoudly(node, [join(root, 'test/scale/bench.ts'), ...args], root);
}

/** From a fresh clone to the first map, step by step. */
export function runFirstRun({ root, node, args }) {
  return runLoudly(node, [join(root, 'test/scale/firstRun.ts'), ...args], root);
}

async function runChecks({ root, node }, note) {
  const waiting = [...checks];
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const startedAt = Date.now();
      const tool = join(root, 'node_modules', check.tool);
      const { code, output } = await runQuietly(node, [tool, ...check.args], root);
      if (code !== 0) process.stdout.write(`\n${output.trimEnd()}\n`);
      note(
        stageOf(
          check.name,
          code === 0 ? 'passed' : 'failed',
          code === 0 ? none : { ...none, failed: 1 },
          startedAt,
        ),
      );
    }
  };
  // Two at a time: each is one thread, and the smallest machine this is for has two cores.
  await Promise.all([worker(), worker()]);
}

async function runUnit({ root, node }) {
  const startedAt = Date.now();
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const code = await runLoudly(node, [vitest, 'run', '--config', 'build/vitest.config.ts'], root);
  const report = readReport(root, 'unit.json');
  const counts = {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
  return stageOf('unit, property, conformance, faults', ...verdict(code, counts), startedAt);
}

/** Walks in a real browser: what they are called, where they are, and what must be built for them. */
const walks = {
  e2e: { name: 'end-to-end', folder: 'test/e2e', builds: ['renderer'] },
  desktop: {
    name: 'desktop host, on a stand-in for Electron',
    folder: 'test/desktop',
    builds: ['renderer', 'electron'],
  },
};

async function runWalks(key, { root, node, report = `${key}.json` }) {
  const startedAt = Date.now();
  const { name, folder, builds } = walks[key];
  const isRequired = process.env.PODIUM_REQUIRE_BROWSER === '1';
  const found = await runQuietly(node, [join(root, 'build/findBrowser.ts')], root);
  const isShellMissing = key === 'desktop' && process.platform === 'win32';
  if (found.code !== 0 || isShellMissing) {
    const why = isShellMissing ? 'the stand-in starts from a shell script' : found.output.trim();
    process.stdout.write(`\n${name} not run: ${why}\n`);
    const [result, counts] = isRequired ? ['failed', { ...none, failed: 1 }] : ['not run', none];
    return stageOf(name, result, counts, startedAt, why);
  }
  const browser = JSON.parse(found.output);
  process.stdout.write(`\n${name} in ${browser.path} (${browser.from})\n`);
  for (const build of builds) await ensureBuilt(build, { root, node });
  const playwright = join(root, 'node_modules/@playwright/test/cli.js');
  const config = `${folder}/playwright.config.ts`;
  const code = await runLoudly(node, [playwright, 'test', '--config', config], root);
  const stats = readReport(root, report)?.stats;
  const counts = {
    passed: (stats?.expected ?? 0) + (stats?.flaky ?? 0),
    failed: stats?.unexpected ?? 0,
    skipped: stats?.skipped ?? 0,
  };
  return stageOf(name, ...verdict(code, counts), startedAt);
}

/** That the pages name exactly those fault cases that tests of this run are named after. */
async function checkReliability({ root, node }) {
  const startedAt = Date.now();
  const { code, output } = await runQuietly(node, [join(root, 'build/reliability.ts'), '--check'], root);
  if (code !== 0) process.stdout.write(`\n${output.trimEnd()}\n`);
  const [result, counts] = code === 0 ? ['passed', none] : ['failed', { ...none, failed: 1 }];
  return stageOf('reliability table', result, counts, startedAt);
}

/** A runner that failed, or that ran nothing, has not passed, whatever its counts say. */
function verdict(code, counts) {
  if (code === 0 && counts.passed > 0 && counts.failed === 0) return ['passed', counts];
  return ['failed', counts.failed > 0 ? counts : { ...counts, failed: 1 }];
}

function stageOf(name, result, counts, startedAt, why = null) {
  return { name, result, seconds: Math.round((Date.now() - startedAt) / 100) / 10, ...counts, why };
}

function finish(root, stages) {
  const sum = (key) => stages.reduce((total, stage) => total + stage[key], 0);
  const totals = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
  const ok = stages.every((stage) => stage.result !== 'failed');
  writeFileSync(
    join(root, 'test-results/summary.json'),
    `${JSON.stringify({ ok, ...totals, stages }, null, 2)}\n`,
  );
  process.stdout.write(`\n${stages.map(lineOf).join('\n')}\n\n`);
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
  return ok ? 0 : 1;
}

function lineOf(stage) {
  const mark = { passed: 'ok', failed: 'FAILED', 'not run': 'not run' }[stage.result];
  const counts =
    stage.passed + stage.skipped > 0
      ? `  ${stage.passed} passed, ${stage.failed} failed, ${stage.skipped} skipped`
      : '';
  return `${mark.padEnd(8)} ${stage.name} (${stage.seconds} s)${counts}${stage.why === null ? '' : `  ${stage.why.split('\n')[0]}`}`;
}

function readReport(root, name) {
  const path = join(root, 'test-results', name);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}
