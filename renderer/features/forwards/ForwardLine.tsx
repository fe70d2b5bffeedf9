import type { Forward } from '../../../shared/model/forward.ts';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { useNow } from '../../live/clock.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { formatCount, formatSpan } from '../../ui/format.ts';
import { Time } from '../../ui/Time.tsx';
import { formatBytes, leadsTo } from './forwardWords.ts';

/** The desktop window opens no addresses of this machine. */
const inBrowser = location.protocol === 'http:';

/** One forward: the address to use, where it leads, what went through it. */
export function ForwardLine({ forward }: { readonly forward: Forward }) {
  const now = useNow();
  const { id, localPort, ended, note, openedAt, endsAt, connections, bytes, connectionTitle } = forward;
  const address = `127.0.0.1:${localPort}`;
  const isOpen = ended === null;
  return (
    <li className="forward">
      <div className="forwardHead">
        <b className={isOpen ? 'mono' : 'mono muted'}>{address}</b>
        <span className="grow ellipsis" title={leadsTo(forward)}>
          → {leadsTo(forward)}
        </span>
        {isOpen && (
          <Button tone="quiet" aria-label={`Copy ${address}`} onPress={() => void copy(address)}>
            Copy
          </Button>
        )}
        {isOpen && inBrowser && (
          <a
            className="button quiet"
            href={`http://${address}`}
            target="_blank"
            rel="noopener noreferrer"
            aria-label={`Open ${address}`}
          >
            Open
          </a>
        )}
        <Button
          tone="quiet"
          aria-label={`${isOpen ? 'Stop' : 'Forget'} ${address}`}
          onPress={() => void stop(id)}
        >
          {isOpen ? 'Stop' : 'Forget'}
        </Button>
      </div>
      <p className="muted num">
        {connectionTitle} · since <Time at={openedAt} />
        {isOpen && `, ends in ${formatSpan(Math.max(0, endsAt - now))}`} ·{' '}
        {formatCount(connections.all, 'connection')}, {connections.open} open · {formatBytes(bytes.sent)}{' '}
        sent, {formatBytes(bytes.received)} received
      </p>
      {ended !== null && <p className="toneWarn">Not open any more: {ended}</p>}
      {isOpen && note !== null && (
        <p className={note.tone === 'warn' ? 'toneWarn' : 'muted'}>
          <Time at={note.at} /> {note.text}
        </p>
      )}
    </li>
  );
}

async function stop(id: string): Promise<void> {
  try {
    await ask((client) => client.forwards.stop({ id }));
  } catch (error) {
    showToast({ tone: 'bad', text: wordsOfError(error) });
  }
}

async function copy(address: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(address);
    showToast({ tone: 'good', text: `Copied: ${address}` });
  } catch {
    showToast({ tone: 'neutral', text: `The clipboard is out of reach here: ${address}` });
  }
}
