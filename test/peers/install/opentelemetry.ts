import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import type { Recipe } from './cache.ts';

const packages = {
  '@opentelemetry/api': '1.10.0',
  '@opentelemetry/exporter-prometheus': '0.301.0',
  '@opentelemetry/instrumentation': '0.301.0',
  '@opentelemetry/instrumentation-http': '0.301.0',
  '@opentelemetry/sdk-metrics': '3.1.1',
};

/** OpenTelemetry's own instrumentation of Node's HTTP and its Prometheus exporter, which only a suite's program needs. */
export const opentelemetry: Recipe = {
  name: 'opentelemetry-js',
  version: packages['@opentelemetry/instrumentation-http'],
  async fill(folder) {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];
    await runCommand('npm', ['install', ...quiet], { cwd: folder, timeLimitMs: 5 * 60_000 });
  },
};
