import type { Candidate, Discovery } from '../../../shared/model/connection.ts';
import { formatCount } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

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

/** Why no context is offered, and what to do: a kubeconfig that nobody made yet is no fault to be mended. */
export function sayNoContext({ problems, notes }: Pick<Discovery, 'problems' | 'notes'>): string {
  const found =
    notes.length > 0
      ? `${notes.map((note) => plainText(note, 400)).join(' ')} KUBECONFIG can name others.`
      : 'No context was found. Podium reads the files that KUBECONFIG names, else ~/.kube/config.';
  return problems.length > 0
    ? `${found} Mend what is said above, then look again.`
    : `${found} Fetch one with your provider’s tool or ask whoever runs the cluster, then look again.`;
}
