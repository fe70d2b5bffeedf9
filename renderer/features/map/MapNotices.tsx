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
  // Several sources may say the same; it is said once.
  const said = new Set<string>();
  for (const connection of connections) {
    for (const source of connection.sources) {
      if (source.state !== 'failing' && source.state !== 'stale') continue;
      const age =
        source.lastAnswerAt === null
          ? 'never answered'
          : `last answer ${formatSpan(now - source.lastAnswerAt)} ago`;
      said.add(
        `${source.title} on ${connection.title}: ${source.error ?? 'does not answer'} (${age}). What it told before is still shown.`,
      );
    }
  }
  if (topology.streamProblem !== null) said.add(`The map stands still: ${topology.streamProblem}`);
  if (signalsProblem !== null) said.add(`The figures stand still: ${signalsProblem}`);
  for (const text of topology.problems) said.add(text);
  for (const text of provenance.flatMap((each) => each.problems)) said.add(text);
  if (shownServices > comfortable) {
    said.add(
      `${shownServices} services are drawn; above ${comfortable} moving the map is slow. Find or focus narrows it.`,
    );
  }
  const notices = [...said];
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
