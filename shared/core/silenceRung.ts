import { sayError } from '../connectors/kit/peerError.ts';
import type { Silenced } from '../model/change.ts';
import { supersededBy, tell, type Climb } from './rungs.ts';

/** Alertmanager holds back within seconds; it looks at its silences with every alert that comes. */
const longestMs = 2 * 60_000;

/** Asks Alertmanager of each alert whether this very silence holds it back, or does so no more. */
export async function measureSilence(climb: Climb, { alerts, silenced }: Silenced): Promise<void> {
  const { record, connection, journal, ports, signal } = climb;
  const began = ports.clock.now();
  const wanted = new Set(alerts.map(({ key }) => key));
  for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    const superseded = await supersededBy(climb);
    if (superseded !== null) {
      await tell(climb, 'measured', 'unobservable', `${superseded} before it was seen`, null);
      return;
    }
    const now = await journal.read(record.id);
    // Of a silence whose answer was lost the id is known once it was read back.
    const id = now?.changes[0]?.document.uid || now?.revisionAfter || null;
    const late = ports.clock.now() - began > longestMs;
    let detail = 'the silence is not known by its id yet';
    try {
      const source = connection.sources.find(({ session }) => session.alerts?.gathers === true)?.session
        .alerts;
      if (source === undefined) throw new Error('no Alertmanager at the moment');
      if (id !== null) {
        const read = await source.read(signal);
        const there = read.alerts.filter(({ key }) => wanted.has(key));
        const held = there.filter(({ silencedBy }) => silencedBy.includes(id)).length;
        const gone = wanted.size - there.length;
        const resolved = gone === 0 ? '' : `; ${gone} resolved meanwhile`;
        detail = silenced
          ? `${held} of ${there.length} alerts held back by this silence${resolved}`
          : `${there.length - held} of ${there.length} alerts are held back by it no more${resolved}`;
        if (there.length > 0 && held === (silenced ? there.length : 0)) {
          await tell(climb, 'measured', 'seen', `${detail}, says ${source.source}`, ports.clock.now());
          return;
        }
        if (there.length === 0) detail = 'every alert it was about is resolved meanwhile';
      }
    } catch (thrown) {
      signal.throwIfAborted();
      detail = sayError(thrown, 'Asking Alertmanager');
    }
    if (late) {
      await tell(climb, 'measured', 'unobservable', `${detail}; gave up after two minutes`, null);
      return;
    }
    await tell(climb, 'measured', 'waiting', detail, null);
    await ports.clock.sleep(pauseMs, signal);
  }
}
