import type { EventView } from '../../model/inspect.ts';
import type { ConnectorHost, EventSource } from '../kit/connector.ts';
import type { KubeClient } from '../kube/client.ts';
import { events } from '../kube/resources.ts';
import { type KubeObject, numberAt, textAt, timeAt } from '../kube/objects.ts';
import { readPast } from './past.ts';

const shown = 50;

/** Reads what the cluster noted about a service, its pods and what made them, newest first. */
export function createEventSource(client: KubeClient, host: Pick<ConnectorHost, 'clock'>): EventSource {
  return {
    past: (span, signal) => readPast(client, host, span, signal),
    async read(entity, instances, signal) {
      const found = await client.list(events, entity.namespace, signal);
      const about = new Set([entity.name, ...instances]);
      return found
        .filter((event) => isAbout(textAt(event, 'involvedObject', 'name'), about, instances))
        .map(eventFrom)
        .sort((a, b) => (b.at ?? 0) - (a.at ?? 0))
        .slice(0, shown);
    },
  };
}

/** Deployment and ReplicaSet names are beginnings of their pods' names. */
function isAbout(name: string | null, about: ReadonlySet<string>, instances: readonly string[]): boolean {
  if (name === null) return false;
  return about.has(name) || instances.some((instance) => instance.startsWith(`${name}-`));
}

function eventFrom(event: KubeObject): EventView {
  return {
    // New events have eventTime and a series, old ones first and last times.
    at:
      timeAt(event, 'series', 'lastObservedTime') ??
      timeAt(event, 'lastTimestamp') ??
      timeAt(event, 'eventTime') ??
      timeAt(event, 'firstTimestamp') ??
      timeAt(event, 'metadata', 'creationTimestamp'),
    kind: textAt(event, 'type') === 'Warning' ? 'warning' : 'normal',
    reason: textAt(event, 'reason') ?? '',
    text: (textAt(event, 'message') ?? '').slice(0, 1000),
    about:
      `${textAt(event, 'involvedObject', 'kind') ?? ''} ${textAt(event, 'involvedObject', 'name') ?? ''}`.trim(),
    count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count'),
  };
}
