import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractFile, getRawHeader } from '@electron/asar';
import { chromium } from '@playwright/test';
import { fuses } from '../../build/fuses.ts';
import { pack } from '../../build/pack.ts';
import { readFuses } from '../../build/readFuses.ts';
import { killedAtExit } from '../support/leaveNothing.ts';
import { layOutElectron, type PackedFor } from '../stand-ins/electron/distribution.ts';
import { differences } from './archive.ts';
import { expect, onMap, test } from './desktop.ts';

const root = join(import.meta.dirname, '../..');

/** What electron-builder makes for each platform, from this folder on. */
const layouts = {
  linux: { made: 'linux-unpacked', resources: 'resources', fused: 'podium' },
  win: { made: 'win-unpacked', resources: 'resources', fused: 'Podium.exe' },
  mac: {
    made: 'mac/Podium.app/Contents',
    resources: 'Resources',
    fused: 'Frameworks/Electron Framework.framework/Versions/A/Electron Framework',
  },
} as const;

/** Packs the built program as for a release, without installers: they fetch what they are made with. */
async function packFor(platform: PackedFor, folder: string): Promise<string> {
  const electron = join(folder, `electron-${platform}`);
  const { version } = JSON.parse(
    await readFile(join(root, 'node_modules/electron/package.json'), 'utf8'),
  ) as { version: string };
  layOutElectron(electron, platform, version);
  const output = join(folder, 'out');
  const args = [
    join(root, 'node_modules/electron-builder/cli.js'),
    ...['--dir', `--${platform}`, '--x64', '--publish', 'never', '--config', 'build/electron-builder.yml'],
    `-c.electronDist=${electron}`,
    `-c.directories.output=${output}`,
    ...(platform === 'mac' ? ['-c.mac.identity=null'] : []),
  ];
  const child = killedAtExit(spawn(process.execPath, args, { cwd: root }));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += String(text)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(code, said).toBe(0);
  return join(output, layouts[platform].made);
}

let folder = '';
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podium-packed-'));
  await pack(folder);
});
test.afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

for (const platform of ['linux', 'win', 'mac'] as const)
  test(`the program packed for ${platform} has its fuses flipped, its archive, licences and bill of materials, and asks nobody for updates`, async () => {
    // A packager, and then a program that starts, on a machine that may be slow.
    test.setTimeout(240_000);
    const made = await packFor(platform, folder);
    const { resources, fused } = layouts[platform];
    expect(readFuses(join(made, fused))).toEqual(fuses);
    const archive = join(made, resources, 'app.asar');
    expect(differences(archive)).toEqual({ surplus: [], lacking: [] });
    const own = (await readdir(join(made, resources))).filter((name) => !/\.(icns|lproj)$/.test(name));
    expect(own.sort(), 'no address of updates among them').toEqual(['app.asar', 'podium.cdx.json']);
    expect(JSON.parse(await readFile(join(made, resources, 'podium.cdx.json'), 'utf8'))).toMatchObject({
      bomFormat: 'CycloneDX',
    });
    expect(extractFile(archive, 'dist/licences.txt').toString()).toMatch(/^react \d/m);
    const main = JSON.parse(extractFile(archive, 'package.json').toString()) as { main: string };
    expect(main.main).toBe('dist/electron/main.js');

    // What Electron compares at its start, on the platforms on which it does.
    const { headerString } = getRawHeader(archive);
    const hash = createHash('sha256').update(headerString).digest('hex');
    if (platform === 'mac') {
      const plist = await readFile(join(made, 'Info.plist'), 'utf8');
      expect(plist).toContain(`<string>${hash}</string>`);
      expect(plist).toMatch(
        /<key>CFBundleURLSchemes<\/key>\s*<array>\s*<string>podium<\/string>\s*<\/array>/,
      );
      expect(plist, 'no file of others is opened by it').not.toContain('CFBundleDocumentTypes');
    }
    if (platform === 'win') expect(await readFile(join(made, fused), 'latin1')).toContain(hash);
    if (platform === 'linux') {
      expect(await readdir(join(made, 'locales'))).toEqual(['en-US.pak']);
      await starts(join(made, fused));
    }
  });

/** The packed program opens its own archive in a window, and is no Node whatever it is told. */
async function starts(executable: string): Promise<void> {
  const dataFolder = join(folder, 'data');
  const [marker, script] = [join(folder, 'ran'), join(folder, 'run.cjs')];
  const code = `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`;
  await writeFile(script, code);
  const child = spawn(executable, ['--remote-debugging-port=0', '--inspect=0', '-e', code], {
    env: {
      ...process.env,
      STAND_IN_NODE: process.execPath,
      ELECTRON_RUN_AS_NODE: '1',
      NODE_OPTIONS: `--require ${script}`,
      PODIUM_DATA: dataFolder,
      KUBECONFIG: 'none',
    },
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += String(text)));
  try {
    const address = (): string | undefined => /^DevTools listening on (\S+)$/m.exec(said)?.[1];
    await expect.poll(address, { timeout: 60_000 }).toBeDefined();
    const browser = await chromium.connectOverCDP(address() ?? '');
    const page = () => browser.contexts().flatMap((each) => each.pages())[0];
    await expect.poll(() => page() !== undefined, { timeout: 30_000 }).toBe(true);
    const [window] = browser.contexts().flatMap((each) => each.pages());
    if (window === undefined) throw new Error('The packed program opened no window.');
    await window.getByRole('button', { name: 'Enter the rehearsal' }).click();
    await expect(onMap(window, 'payment')).toBeVisible({ timeout: 60_000 });
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  expect(existsSync(marker)).toBe(false);
  expect(said).not.toContain('Debugger listening');
}
