import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractAll } from '@electron/asar';
import { pack } from '../../build/pack.ts';
import { launchDesktop } from '../e2e/desktopHost.ts';
import { differences, filesIn } from './archive.ts';
import { expect, onMap, test } from './desktop.ts';

interface Bill {
  readonly bomFormat: string;
  readonly components: readonly { readonly name: string; readonly licenses: readonly object[] }[];
}

test('the archive of the installed program holds what it needs and nothing else, and starts', async ({
  dataFolder,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'podium-pack-'));
  try {
    const { archive, bill } = await pack(folder);
    const program = join(folder, 'extracted');
    extractAll(archive, program);
    expect(differences(archive)).toEqual({ surplus: [], lacking: [] });
    const files = filesIn(archive);

    const text = async (path: string) => readFile(join(program, path), 'utf8');
    for (const path of files.filter((one) => /\.(c?js|css|html|json|txt)$/.test(one))) {
      const content = await text(path);
      expect(content.includes(process.cwd()), `${path} names the folder it was built in`).toBe(false);
      expect(/\/\/# sourceMappingURL=/.test(content), `${path} leads to its sources`).toBe(false);
    }
    expect(JSON.parse(await text('package.json'))).toEqual({
      name: 'podium',
      version: expect.any(String) as unknown,
      description: expect.any(String) as unknown,
      license: 'Apache-2.0',
      type: 'module',
      main: 'dist/electron/main.js',
    });
    const { bomFormat, components } = JSON.parse(await readFile(bill, 'utf8')) as Bill;
    expect(bomFormat).toBe('CycloneDX');
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['electron', 'react', 'zod', '@kubernetes/client-node']));
    expect(names).not.toContain('vitest');
    const licences = await text('dist/licences.txt');
    for (const name of ['react', 'zod', '@orpc/server', '@fontsource-variable/inter'])
      expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));

    const { page, ended, kill } = await launchDesktop(
      { PODIUM_DATA: dataFolder, KUBECONFIG: 'none' },
      [],
      program,
    );
    try {
      await page.getByRole('button', { name: 'Enter the rehearsal' }).click();
      await expect(onMap(page, 'payment')).toBeVisible({ timeout: 40_000 });
    } finally {
      kill();
      await ended;
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
