import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const needed = 24;

/** The Node that everything else runs on: the one the lockfile pins, else the one we run on if it is new enough. */
export function findRuntime(root) {
  const pinned = pinnedNode(root);
  if (pinned !== null && majorOf(pinned) >= needed) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= needed) return process.execPath;
  throw new Error(
    `Podium needs Node ${needed} or newer. npm has none pinned for ${process.platform} ${process.arch}, and this is ` +
      `Node ${process.versions.node}. Install Node ${needed} from your package manager or nodejs.org and run this again.`,
  );
}

/** The environment in which project tools and the pinned Node are found before any other. */
export function toolEnvironment(root, node, extra = {}) {
  const bin = join(root, 'node_modules', '.bin');
  const first = node === process.execPath ? bin : [bin, join(node, '..')].join(delimiter);
  return { ...process.env, PATH: `${first}${delimiter}${process.env.PATH ?? ''}`, ...extra };
}

function pinnedNode(root) {
  const folder = join(
    root,
    'node_modules',
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
  );
  const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(path) ? path : null;
}

function majorOf(path) {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return Number(/^v(\d+)\./.exec(stdout ?? '')?.[1] ?? 0);
}
