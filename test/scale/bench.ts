import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findBrowser, noBrowserAdvice } from '../../build/findBrowser.ts';
import { readAssets } from '../../shared/node/assets.ts';
import { measureFold, measureLayout } from './analysisRows.ts';
import { createBenchFleet } from './benchFleet.ts';
import { measureQueries } from './queryRows.ts';
import { readMachine, writeTable, type BenchReport } from './table.ts';
import { measureTable, type TableFigures } from './tableRows.ts';
import { measureWindow, type WindowFigures } from './windowRows.ts';

const usage = 'usage: npm run bench [-- --services 100,500]';
const layoutSizes = [2_000, 5_000];
const tableSizes = [2_000];
const root = join(import.meta.dirname, '../..');
const results = join(root, 'test-results');

process.exitCode = await main();

async function main(): Promise<number> {
  const sizes = sizesAsked();
  if (sizes === null) {
    process.stderr.write(`${usage}: sizes from 10 to 5,000, smaller first\n`);
    return 2;
  }
  const browser = await findBrowser();
  if (browser === null) {
    process.stderr.write(`The bench cannot run: ${noBrowserAdvice}\n`);
    return 1;
  }
  // Once, so that a build that somebody starts meanwhile changes nothing.
  const assets = await readAssets(join(root, 'dist/renderer'));
  const began = performance.now();
  const [load = 0] = loadavg();
  if (load > 1)
    tell(`The machine is busy (load average ${load.toFixed(1)}): times are higher than on a quiet one.`);

  tell('Layout and folding …');
  const layouts = [...new Set([...sizes, ...layoutSizes])].map(measureLayout);
  const fold = await measureFold();
  const windows: WindowFigures[] = [];
  for (const size of sizes) {
    tell(`The window at ${size} services …`);
    windows.push(await measureWindow(browser, createBenchFleet(size), assets));
  }
  const tables: TableFigures[] = [];
  for (const size of new Set([...sizes, ...tableSizes])) {
    tell(`The table of ${size} services …`);
    tables.push(await measureTable(browser, createBenchFleet(size), assets));
  }
  tell('The host on the rehearsal, and what it asks of Prometheus …');
  const queries = await measureQueries(browser, sizes);

  const report: BenchReport = {
    at: new Date().toISOString(),
    machine: readMachine(windows[0]?.browserVersion ?? 'unknown', load),
    tookSeconds: Math.round((performance.now() - began) / 1_000),
    windows,
    tables,
    layouts,
    fold,
    queries,
  };
  await mkdir(results, { recursive: true });
  await writeFile(join(results, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`);
  tell(`Done in ${report.tookSeconds} s; all figures are in test-results/bench.json.\n`);
  process.stdout.write(writeTable(report));
  return 0;
}

function sizesAsked(): readonly number[] | null {
  const { values } = parseArgs({ options: { services: { type: 'string', default: '100,500' } } });
  const sizes = values.services.split(',').map(Number);
  const good = sizes.every((size) => Number.isInteger(size) && size >= 10 && size <= 5_000);
  return good ? sizes : null;
}

/** Progress goes to stderr, so that the table alone can be sent on. */
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
