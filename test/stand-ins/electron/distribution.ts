import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';

/** Where a packager looks for an unpacked Electron, by its name for the platform. */
export type PackedFor = 'linux' | 'mac' | 'win';

/** Electron's fuses as it is shipped: nine, by their places. */
const wire = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\u0001\u0009101100011';
const english = 1033;

/**
 * Lays out what a packager takes for a downloaded Electron: the files that it renames, writes into or reads, with the fuses in their
 * place. On Linux the program runs, as this stand-in does; elsewhere it only has Electron's shape.
 */
export function layOutElectron(folder: string, platform: PackedFor, version: string): void {
  const put = (path: string, content: string | Buffer, mode = 0o644): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    chmodSync(join(folder, path), mode);
  };
  put('version', version);
  put('LICENSE', 'The licence of Electron stands here.');
  put('LICENSES.chromium.html', 'The licences of Chromium stand here.');
  if (platform === 'linux') {
    put('electron', program(), 0o755);
    put('locales/en-US.pak', '');
    put('locales/de.pak', '');
    put('chrome_crashpad_handler', '', 0o755);
    mkdirSync(join(folder, 'resources'));
  }
  if (platform === 'win') {
    put('electron.exe', Buffer.concat([windowsProgram(), Buffer.from(wire)]));
    put('locales/en-US.pak', '');
    mkdirSync(join(folder, 'resources'));
  }
  if (platform === 'mac') {
    const contents = 'Electron.app/Contents';
    put(`${contents}/Info.plist`, plistOf('Electron', 'com.github.Electron'));
    put(`${contents}/MacOS/Electron`, '', 0o755);
    put(`${contents}/Resources/electron.icns`, '');
    for (const kind of ['', ' (GPU)', ' (Plugin)', ' (Renderer)']) {
      const name = `Electron Helper${kind}`;
      const inside = `${contents}/Frameworks/${name}.app/Contents`;
      put(`${inside}/Info.plist`, plistOf(name, 'com.github.Electron.helper'));
      put(`${inside}/MacOS/${name}`, '', 0o755);
    }
    const framework = `${contents}/Frameworks/Electron Framework.framework`;
    put(`${framework}/Versions/A/Electron Framework`, wire);
    for (const language of ['en', 'de']) {
      put(`${contents}/Resources/${language}.lproj/locale.pak`, '');
      put(`${framework}/Versions/A/Resources/${language}.lproj/locale.pak`, '');
    }
    symlinkSync('A', join(folder, framework, 'Versions/Current'));
    symlinkSync('Versions/Current/Electron Framework', join(folder, framework, 'Electron Framework'));
  }
}

/** A shell ends at its `exec` and never comes to the fuses. What is meant for Node must not reach it before they were read. */
function program(): string {
  const script = join(import.meta.dirname, 'packed.ts');
  return `#!/bin/sh\nSTAND_IN_OPTIONS=$NODE_OPTIONS; unset NODE_OPTIONS; export STAND_IN_OPTIONS\nexec "\${STAND_IN_NODE:-node}" '${script}' "$0" "$@"\n${wire}`;
}

/** The least that has a version to be replaced. */
function windowsProgram(): Buffer {
  const executable = NtExecutable.createEmpty(false, false);
  const resources = NtExecutableResource.from(executable);
  const version = Resource.VersionInfo.createEmpty();
  version.setFileVersion(1, 0, 0, 0, english);
  version.setProductVersion(1, 0, 0, 0, english);
  version.outputToResourceEntries(resources.entries);
  resources.outputResource(executable);
  return Buffer.from(executable.generate());
}

const plistOf = (name: string, id: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>CFBundleExecutable</key><string>${name}</string>
<key>CFBundleIdentifier</key><string>${id}</string>
<key>CFBundleName</key><string>${name}</string>
<key>CFBundlePackageType</key><string>APPL</string>
</dict></plist>
`;
