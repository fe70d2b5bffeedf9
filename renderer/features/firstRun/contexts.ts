import type { Candidate } from '../../../shared/model/connection.ts';
import { formatCount } from '../../ui/format.ts';

/** More than these are found by typing. */
export const manyContexts = 8;
/** More than these are not drawn at once. */
export const mostContexts = 60;

/** Those whose name, server or user has all the words in it. */
export function fittingContexts<C extends Pick<Candidate, 'title' | 'detail'>>(
  candidates: readonly C[],
  sought: string,
): readonly C[] {
  const words = sought.toLowerCase().split(/\s+/);
  return candidates.filter(({ title, detail }) => {
    const text = `${title} ${detail}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** "6 contexts found, 2 of them connected, 1 cannot be opened." */
export function sayFound(
  candidates: readonly Pick<Candidate, 'typed' | 'problem'>[],
  offered: readonly Pick<Candidate, 'problem'>[],
): string {
  const found = candidates.filter(({ typed }) => typed === null).length;
  const connected = found - offered.length;
  const unusable = offered.filter(({ problem }) => problem !== null).length;
  const parts = [
    `${formatCount(found, 'context')} found`,
    ...(connected > 0 ? [connected === found ? 'all connected' : `${connected} connected`] : []),
    ...(unusable > 0 ? [`${unusable} cannot be opened`] : []),
  ];
  return `${parts.join(', ')}.`;
}
