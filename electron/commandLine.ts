import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * The Git work trees that the operator named with `--repository`, by their full paths. Electron's own flags stand among the
 * arguments. A start by a `podium://` link names none, whatever came with it: links may be followed from any page.
 */
export function repositoriesIn(args: readonly string[]): readonly string[] {
  if (args.some((arg) => arg.toLowerCase().startsWith('podium:'))) return [];
  const { values } = parseArgs({
    args: [...args],
    options: { repository: { type: 'string', multiple: true } },
    strict: false,
  });
  return (values.repository ?? [])
    .filter((value) => typeof value === 'string')
    .map((value) => resolve(value));
}
