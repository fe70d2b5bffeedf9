import { useEffect } from 'react';
import type { ConnectionState } from '../../../shared/model/connection.ts';
import { useConnections } from '../../live/connections.ts';
import { plainText } from '../../ui/plainText.ts';

type Shown = Pick<ConnectionState, 'title' | 'environment' | 'locked'>;

/** What the window is called among other windows: its clusters, production first, and which of them it may write to. */
export function windowTitle(connections: readonly Shown[]): string {
  const ranked = connections.toSorted((a, b) => rank(a) - rank(b));
  const named = ranked.slice(0, 3).map(({ title, environment, locked }) => {
    const facts = [...(environment === 'other' ? [] : [environment]), ...(locked ? [] : ['unlocked'])];
    return `${plainText(title, 60)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
  });
  if (ranked.length > named.length) named.push(`${ranked.length - named.length} more`);
  return [...(named.length === 0 ? [] : [named.join(', ')]), 'Podium'].join(' – ');
}

const rank = ({ environment }: Shown): number => ['production', 'staging'].indexOf(environment) >>> 0;

/** Keeps the window's title to what is connected. */
export function useWindowTitle(): void {
  const title = windowTitle(useConnections());
  useEffect(() => {
    document.title = title;
  }, [title]);
}
