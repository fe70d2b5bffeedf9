import type { DocumentRef } from '../../model/entity.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import type { NoteBoard, ReadNote } from '../kit/notes.ts';
import { PeerError } from '../kit/peerError.ts';
import type { KubeClient } from '../kube/client.ts';
import { type KubeObject, mapAt, textAt, timeAt } from '../kube/objects.ts';
import { events } from '../kube/resources.ts';

const component = 'podium';
const operationKey = 'podium.dev/operation';
const serviceKey = 'podium.dev/service';
const rereadMs = 20_000;
const mostRead = 200;
/** What an Event takes as its message (core/v1, validation of events). */
const longestMessage = 1_024;

/** Operations as Events on their objects: `kubectl describe` shows them, and every other Podium. */
export function createNoteBoard(client: KubeClient, { clock }: Pick<ConnectorHost, 'clock'>): NoteBoard {
  let read: { readonly at: number; readonly notes: readonly ReadNote[] } | null = null;
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
    async read(signal) {
      if (read !== null && clock.now() - read.at < rereadMs) return read.notes;
      const found: KubeObject[] = [];
      for (const namespace of client.namespaces ?? [null])
        found.push(
          ...(await client.list(events, namespace, signal, { fieldSelector: `source=${component}` })),
        );
      const notes = found.flatMap(noteIn).slice(-mostRead);
      read = { at: clock.now(), notes };
      return notes;
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
