import { idleRequestsPerMinute, type PeerUsage, type RequestKind } from '../../../shared/model/about.ts';
import { useNow } from '../../live/clock.ts';
import { formatCount, formatSpan, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';

const words: Readonly<Record<RequestKind, string>> = {
  read: 'reads',
  list: 'lists',
  watch: 'watches begun',
  review: 'questions about rights',
  proxied: 'to services behind the API server',
  log: 'logs',
  write: 'writes and dry runs',
};
const mostStreams = 100;

/** What a connection asks of its peers, beside what it may while nobody does anything; and what it keeps open. */
export function Usage({ usage, problem }: { readonly usage: PeerUsage; readonly problem: string | null }) {
  const now = useNow();
  const { kinds, streams, since } = usage;
  const minute = kinds.reduce((all, { lastMinute }) => all + lastMinute, 0);
  const hour = kinds.reduce((all, { lastHour }) => all + lastHour, 0);
  return (
    <Section title="What it costs its peers">
      {problem !== null && <p className="toneWarn">Not read anew: {problem}</p>}
      <p>
        <b>{formatCount(minute, 'request')}</b> in the last minute. While you only look there are{' '}
        {idleRequestsPerMinute} at most; to open a connection, and what you do, takes more.
        <span className="muted" title={formatUtc(since)}>
          {' '}
          Counted for {formatSpan(now - since)}.
        </span>
      </p>
      <meter
        className="aboutMeter"
        aria-label="Requests in the last minute"
        min={0}
        max={idleRequestsPerMinute}
        value={Math.min(minute, idleRequestsPerMinute)}
      />
      <table className="aboutTable">
        <thead>
          <tr>
            <th scope="col">Requests</th>
            <th scope="col">last minute</th>
            <th scope="col">last hour</th>
          </tr>
        </thead>
        <tbody>
          {kinds.map(({ kind, lastMinute, lastHour }) => (
            <tr key={kind}>
              <td>{words[kind]}</td>
              <td className="num">{lastMinute}</td>
              <td className="num">{lastHour}</td>
            </tr>
          ))}
          <tr>
            <td>all</td>
            <td className="num">{minute}</td>
            <td className="num">{hour}</td>
          </tr>
        </tbody>
      </table>
      {streams.length > 0 && (
        <details>
          <summary>{formatCount(streams.length, 'stream')} open</summary>
          <ul className="aboutStreams">
            {streams.slice(0, mostStreams).map(({ what, openedAt }, i) => (
              <li key={`${what} ${i}`}>
                <span className="grow">{plainText(what, 160)}</span>
                <span className="muted num">{formatSpan(now - openedAt)}</span>
              </li>
            ))}
          </ul>
          {streams.length > mostStreams && <p className="muted">and {streams.length - mostStreams} more</p>}
        </details>
      )}
    </Section>
  );
}
