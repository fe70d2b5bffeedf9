import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Brings node_modules to what package-lock.json says, and does nothing when it is there already. */
export async function ensureInstalled(root) {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = hashOf([lockText, process.platform, process.arch]);
  const stampFile = join(root, 'node_modules', '.podium-stamp');
  if (textOf(stampFile) === stamp) return;
  const lock = JSON.parse(lockText);
  if (!isInPlace(root, lock)) await install(root, countWanted(lock));
  writeFileSync(stampFile, stamp);
}

/** A hash of texts, each kept apart from the next. */
export function hashOf(texts) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex');
}

/** The text of a file, or null where there is none. */
export function textOf(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** npm leaves a list of what it put in node_modules; packages of other platforms are missing from it by right. */
function isInPlace(root, lock) {
  const listText = textOf(join(root, 'node_modules', '.package-lock.json'));
  if (listText === null) return false;
  const there = JSON.parse(listText).packages;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '') return true;
    const found = there[path];
    if (found === undefined)
      return wanted.optional === true || wanted.devOptional === true || wanted.peer === true;
    return found.version === wanted.version && existsSync(join(root, path));
  });
}

async function install(root, packages) {
  process.stdout.write(
    `Installing ${packages} packages as package-lock.json names them (a minute or two, once).\n`,
  );
  const startedAt = Date.now();
  const ticker = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    const there = countPackages(root);
    const what =
      there === 0 ? 'npm is reading the lockfile' : `${there} of about ${packages} packages are there`;
    process.stdout.write(`  ${seconds} s: ${what}\n`);
  }, 5_000);
  try {
    await runNpm(root);
  } finally {
    clearInterval(ticker);
  }
  process.stdout.write(`Installed in ${Math.round((Date.now() - startedAt) / 1000)} s.\n`);
}

function runNpm(root) {
  // Windows does not let a running program be deleted, and `npm ci` begins by deleting node_modules.
  const runsFromInside =
    process.platform === 'win32' && process.execPath.includes(`${sep}node_modules${sep}`);
  const words = [runsFromInside ? 'install' : 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const isScript = npm !== undefined && /\.[cm]?js$/.test(npm) && existsSync(npm);
  const [program, args] = isScript ? [process.execPath, [npm, ...words]] : ['npm', words];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: 'inherit',
      shell: !isScript && process.platform === 'win32',
    });
    child.once('error', (error) =>
      reject(new Error(`npm could not be started: ${error.message}. Install npm and try again.`)),
    );
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `npm ${words[0]} ended with ${signal ?? code}. What it says above is why; mend it and run this again.`,
          ),
        );
    });
  });
}

/** Packages of the lockfile that this platform gets; the others are variants for other machines. */
function countWanted(lock) {
  const fits = (names, own) => names === undefined || names.includes(own);
  return Object.entries(lock.packages).filter(
    ([path, wanted]) => path !== '' && fits(wanted.os, process.platform) && fits(wanted.cpu, process.arch),
  ).length;
}

/** npm makes all folders at once and fills them by and by: a package is there when its package.json is. */
function countPackages(root) {
  const folder = join(root, 'node_modules');
  if (!existsSync(folder)) return 0;
  const isThere = (name) => existsSync(join(folder, name, 'package.json'));
  return readdirSync(folder)
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`) : [name],
    )
    .filter(isThere).length;
}
