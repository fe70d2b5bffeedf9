import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { linkToPlace, readLink, writeLink } from '../shared/model/deepLink.ts';
import { whyNoWorkTree } from '../shared/node/workTreeFolder.ts';

/**
 * The Git work trees that the operator named with `--repository`, by their full paths. Electron's own flags stand among the
 * arguments. A start by a `podium://` link names none, whatever came with it: links may be followed from any page. One that
 * is no folder is said and left out: the window opens all the same.
 */
export function repositoriesIn(args: readonly string[], say: (why: string) => void): readonly string[] {
  if (args.some((arg) => arg.toLowerCase().startsWith('podium:'))) return [];
  const { values } = parseArgs({
    args: [...args],
    options: { repository: { type: 'string', multiple: true } },
    strict: false,
  });
  return (values.repository ?? [])
    .filter((value) => typeof value === 'string')
    .map((value) => resolve(value))
    .filter((folder) => {
      const why = whyNoWorkTree(folder);
      if (why !== null) say(why);
      return why === null;
    });
}

/**
 * The link that a start asks to follow, as Podium writes it: a `podium://` address among the arguments, or what
 * `open CONTEXT/NAMESPACE/SERVICE --at TIME` names; null when there is none. Throws an `Error` on a place that is none.
 */
export function linkIn(args: readonly string[], now: number): string | null {
  const address = args.find((arg) => arg.startsWith('podium://'));
  if (address !== undefined) {
    const link = readLink(address);
    return link === null ? null : writeLink(link);
  }
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { at: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  const verb = positionals.indexOf('open');
  if (verb < 0) return null;
  const time = typeof values.at === 'string' ? values.at : null;
  return writeLink(linkToPlace(positionals[verb + 1] ?? '', time, now));
}
