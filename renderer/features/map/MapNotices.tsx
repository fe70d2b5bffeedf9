import { useNow } from '../../live/clock.ts';
import { useConnections } from '../../live/connections.ts';
import { useSignals } from '../../live/signals.ts';
import { useTopology } from '../../live/topology.ts';
import { formatSpan } from '../../ui/format.ts';

/** Above this many cards the drawing is known to lose its smoothness. */
const comfortable = 150;

/** What stands between the picture and the truth just now: failed sources, old figures, more than is comfortable. */
export function MapNotices({ shownServices }: { readonly shownServices: number }) {
  const topology = useTopology();
  const signalsProblem = useSignals((signals) => signals.streamProblem);
  const provenance = useSignals((signals) => signals.provenance);
  const connections = useConnections();
  const now = useNow();
  if (topology.receivedAt === null) return null;
  const notices: string[] = [];
  for (const connection of connections) {
    for (const source of connection.sources) {
      if (source.state !== 'failing' && source.state !== 'stale') continue;
      const age =
        source.lastAnswerAt === null
          ? 'never answered'
          : `last answer ${formatSpan(now - source.lastAnswerAt)} ago`;
      notices.push(
        `${source.title} on ${connection.title}: ${source.error ?? 'does not answer'} (${age}). What it told before is still shown.`,
      );
    }
  }
  if (topology.streamProblem !== null) notices.push(`The map stands still: ${topology.streamProblem}`);
  if (signalsProblem !== null) notices.push(`The figures stand still: ${signalsProblem}`);
  notices.push(...topology.problems, ...provenance.flatMap((each) => each.problems));
  if (shownServices > comfortable) {
    notices.push(
      `${shownServices} services are drawn; above ${comfortable} moving the map is slow. Find or focus narrows it.`,
    );
  }
  if (notices.length === 0) return null;
  return (
    <details className="mapNotices">
      <summary>
        <span className="toneWarn">!</span> {notices[0]}
        {notices.length > 1 && <span className="muted"> and {notices.length - 1} more</span>}
      </summary>
      <ul>
        {notices.slice(1).map((notice) => (
          <li key={notice}>{notice}</li>
        ))}
      </ul>
    </details>
  );
}
