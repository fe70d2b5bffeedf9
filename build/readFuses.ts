import { readFileSync } from 'node:fs';

/** What stands before the fuses in Electron's binary, wherever they are. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** The fuses of Electron 45 in their order, by electron-builder's names. */
const names = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
] as const;

/**
 * The fuses as a binary has them; null for one that this Electron does not have any more. Throws where there are none, or ones
 * of another format. On macOS they are in the file `Electron Framework`.
 */
export function readFuses(file: string): Record<(typeof names)[number], boolean | null> {
  const binary = readFileSync(file);
  const at = binary.indexOf(sentinel, 0, 'latin1');
  if (at < 0) throw new Error(`${file} has no fuses.`);
  const [version, count, ...wire] = binary.subarray(at + sentinel.length, at + sentinel.length + 2 + 255);
  if (version !== 1 || count === undefined || count < names.length)
    throw new Error(`${file} has fuses of a format that is not known.`);
  const stateOf = (byte: number | undefined): boolean | null =>
    byte === undefined || byte === 'r'.charCodeAt(0) ? null : byte === '1'.charCodeAt(0);
  // Each name has its value.
  return Object.fromEntries(names.map((name, i) => [name, stateOf(wire[i])])) as ReturnType<typeof readFuses>;
}
