import type { DocumentRef } from '../../model/entity.ts';
import { anySignal } from '../kit/anySignal.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import type { NoteBoard, ReadNote, RecentNotes } from '../kit/notes.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import type { KubeClient } from '../kube/client.ts';
import { type KubeObject, mapAt, textAt, timeAt } from '../kube/objects.ts';
import { events } from '../kube/resources.ts';

const component = 'podium';
const operationKey = 'podium.dev/operation';
const serviceKey = 'podium.dev/service';
const rereadMs = 60_000;
/** Who may not read them may not in a minute either, and a list that took too long is not to be asked for all the time. */
const retryMs = 5 * 60_000;
const limitMs = 15_000;
const mostRead = 200;
/** What an Event takes as its message (core/v1, validation of events). */
const longestMessage = 1_024;

/** Operations as Events on their objects: `kubectl describe` shows them, and every other Podium. */
export function createNoteBoard(client: KubeClient, { clock }: Pick<ConnectorHost, 'clock'>): NoteBoard {
  let known: RecentNotes = { notes: [], problem: null };
  let asked: { readonly at: number; readonly keptMs: number } | null = null;
  let isReading = false;

  async function readAnew(closed: AbortSignal): Promise<void> {
    const signal = anySignal([closed, AbortSignal.timeout(limitMs)]);
    try {
      const found: KubeObject[] = [];
      for (const namespace of client.namespaces ?? [null])
        found.push(
          ...(await client.list(events, namespace, signal, { fieldSelector: `source=${component}` })),
        );
      const notes = found.flatMap(noteIn).sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
      known = { notes: notes.slice(-mostRead), problem: null };
      asked = { at: clock.now(), keptMs: rereadMs };
    } catch (thrown) {
      if (closed.aborted) return;
      const problem = `What other Podiums did is not known: ${sayError(thrown, 'Reading their Events')}`;
      known = { ...known, problem };
      asked = { at: clock.now(), keptMs: retryMs };
    }
  }

  return {
    async leave(document, { operationId, reason, text, by, at, service }, signal) {
      const { namespace } = document;
      if (namespace === null || !isKubernetes(document)) return false;
      const { apiVersion, kind, name, uid } = document;
      const time = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
      try {
        await client.create(
          events,
          {
            apiVersion: 'v1',
            kind: 'Event',
            metadata: {
              // One for each operation: who asks twice, also after a crash, finds it there.
              name: `podium.${operationId}`,
              namespace,
              annotations: {
                [operationKey]: operationId,
                ...(service === null ? {} : { [serviceKey]: `${service.namespace}/${service.name}` }),
              },
            },
            involvedObject: { apiVersion, kind, namespace, name, uid },
            reason,
            message: plain(text, longestMessage),
            type: 'Normal',
            source: { component },
            reportingComponent: component,
            reportingInstance: plain(by, 120),
            firstTimestamp: time,
            lastTimestamp: time,
            count: 1,
          },
          { dryRun: false },
          signal,
        );
      } catch (error) {
        if (!(error instanceof PeerError && error.kind === 'conflict')) throw error;
      }
      return true;
    },
    recent(closed) {
      // However a clock was set meanwhile.
      const isKept = asked !== null && Math.abs(clock.now() - asked.at) < asked.keptMs;
      if (!isReading && !closed.aborted && !isKept) {
        isReading = true;
        void readAnew(closed).finally(() => {
          isReading = false;
        });
      }
      return known;
    },
  };
}

/** Other systems behind a cluster have documents too, which no Event can be about. */
const isKubernetes = ({ apiVersion, uid }: DocumentRef): boolean =>
  uid !== '' &&
  /^([a-z0-9.-]+\.[a-z0-9.-]+\/|apps\/|batch\/|autoscaling\/|policy\/)?v\d+((alpha|beta)\d+)?$/.test(
    apiVersion,
  );

const plain = (text: string, longest: number): string =>
  text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, longest);

function noteIn(event: KubeObject): ReadNote[] {
  const annotations = mapAt(event, 'metadata', 'annotations');
  const operationId = annotations.get(operationKey);
  if (operationId === undefined || operationId.length > 100) return [];
  const [namespace, name, ...more] = (annotations.get(serviceKey) ?? '').split('/');
  const isNamed = namespace !== undefined && name !== undefined && more.length === 0;
  return [
    {
      operationId,
      text: plain(textAt(event, 'message') ?? '', longestMessage),
      at: timeAt(event, 'metadata', 'creationTimestamp') ?? timeAt(event, 'lastTimestamp'),
      service: isNamed ? { namespace, name } : null,
    },
  ];
}
