import { Button as AriaButton } from 'react-aria-components';
import { ask, useLink } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import type { ConnectionState } from '../../../shared/model/connection.ts';
import { openAbout } from '../../state/about.ts';
import { showToast } from '../../state/toasts.ts';
import { askToUnlock } from '../../state/unlock.ts';
import { Dot } from '../../ui/Chip.tsx';
import { plainText } from '../../ui/plainText.ts';

/** One connection: its state in a word and a colour, its environment, and whether it may be written to. */
export function ConnectionChip({ connection }: { readonly connection: ConnectionState }) {
  const { id, environment, locked, cautions } = connection;
  const title = plainText(connection.title, 80);
  const reached = useLink((link) => link.state === 'open');
  const { tone, word } = reached ? conditionOf(connection) : lost;
  const peers = connection.sources
    .filter((source) => source.state !== 'absent' && source.connector !== 'kubernetes')
    .map((source) => source.title)
    // They answer in any order; a chip that reads differently each time is read each time.
    .sort()
    .join(', ');
  return (
    <div className={`connection ${environment}`} role="group" aria-label={`Connection ${title}`}>
      <AriaButton
        className="chip connectionChip"
        aria-label={`${[title, environment, word, ...cautions.map(({ short }) => short)].join(', ')}: about it`}
        onPress={() => openAbout(id)}
      >
        <Dot tone={tone} />
        <span className="ellipsis">
          {title}
          {peers !== '' && <span className="connectionPeers"> · {peers}</span>}
          {tone !== 'ok' && ` · ${word}`}
        </span>
        {environment !== 'other' && <span className="environment">{environment}</span>}
        {cautions.map(({ short, says }) => (
          <span key={short} className="connectionCaution ellipsis" title={says}>
            ! {short}
          </span>
        ))}
      </AriaButton>
      {locked ? (
        <AriaButton
          className="chip connectionLock"
          aria-label="Read-only · Unlock…"
          onPress={() => askToUnlock(id)}
        >
          Read-only<span className="connectionDo"> · Unlock…</span>
        </AriaButton>
      ) : (
        <AriaButton
          className="chip connectionLock unlocked"
          aria-label="Unlocked · Lock"
          onPress={() => {
            ask((client) => client.connections.lock({ id })).catch((error: unknown) =>
              showToast({ tone: 'bad', text: wordsOfError(error) }),
            );
          }}
        >
          Unlocked<span className="connectionDo"> · Lock</span>
        </AriaButton>
      )}
    </div>
  );
}

/** What a connection does cannot be known while the console itself is away. */
const lost = { tone: 'waiting', word: 'state not known' } as const;

function conditionOf(connection: ConnectionState): {
  readonly tone: 'ok' | 'warn' | 'bad' | 'waiting';
  readonly word: string;
} {
  if (connection.asks !== null) return { tone: 'warn', word: 'asks before it logs in' };
  switch (connection.state) {
    case 'connecting':
      return { tone: 'waiting', word: 'connecting' };
    case 'failing':
      return { tone: 'bad', word: 'not answering' };
    case 'closed':
      return { tone: 'bad', word: 'closed' };
    case 'open': {
      if (connection.sources.some(({ state }) => state === 'failing'))
        return { tone: 'warn', word: 'a source fails' };
      if (connection.sources.some(({ state }) => state === 'stale'))
        return { tone: 'warn', word: 'a source is slow' };
      return { tone: 'ok', word: 'answering' };
    }
  }
}
