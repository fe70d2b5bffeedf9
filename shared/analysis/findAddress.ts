import type { EntityId } from '../model/entity.ts';
import type { GraphService } from '../model/graph.ts';

/**
 * Services by a part of any name that any system has for them, hosts too: whole names before beginnings, those before parts, and
 * last those that have the letters in this order ("pmt" finds payment). Each word must fit somewhere.
 */
export function findServices(services: readonly GraphService[], text: string): EntityId[] {
  const words = text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return services
    .filter(({ kind }) => kind !== 'unknown')
    .map((service) => ({ service, rank: rankOf(service, words) }))
    .filter(({ rank }) => rank < noFit)
    .sort((a, b) => a.rank - b.rank || a.service.name.localeCompare(b.service.name, 'en'))
    .map(({ service }) => service.id);
}

const noFit = 5;

function rankOf(service: GraphService, words: readonly string[]): number {
  return Math.max(0, ...words.map((word) => Math.min(...namesOf(service).map((name) => fit(name, word)))));
}

function fit({ text, isName }: { readonly text: string; readonly isName: boolean }, word: string): number {
  if (!isName) return text.includes(word) ? 3 : noFit;
  if (text === word) return 0;
  if (text.startsWith(word)) return 1;
  if (text.includes(word)) return 2;
  return hasInOrder(text, word) ? 4 : noFit;
}

function namesOf({ name, namespace, owner, hosts, faces }: GraphService) {
  const names = [name, ...(faces ?? []).map((face) => face.name)];
  const others = [namespace, owner, ...(faces ?? []).map((face) => face.namespace), ...hosts];
  return [
    ...names.map((text) => ({ text: text.toLowerCase(), isName: true })),
    ...others.flatMap((text) => (text === null ? [] : [{ text: text.toLowerCase(), isName: false }])),
  ];
}

function hasInOrder(text: string, letters: string): boolean {
  let from = 0;
  for (const letter of letters) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}
