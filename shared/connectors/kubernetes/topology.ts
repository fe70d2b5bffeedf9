import type { ConnectorHost, SourceHealth, TopologySource } from '../kit/connector.ts';
import { createNotice } from '../kit/notice.ts';
import type { KubeClient } from '../kube/client.ts';
import { followChanges } from '../kit/followChanges.ts';
import {
  daemonSets,
  deployments,
  endpointSlices,
  pods,
  replicaSets,
  type Resource,
  services,
  statefulSets,
} from '../kube/resources.ts';
import type { ObjectView } from '../kube/sharedWatches.ts';
import { topologyOf } from './topologyOf.ts';

/** A rolling update touches a pod several times a second; the picture follows at most four times. */
const settleMs = 250;

/** What a kind is needed for, for the sentence that says it is missing. */
const missing: readonly (readonly [Resource, string])[] = [
  [services, 'services are missing from the map'],
  [deployments, 'deployments are known only by their pods'],
  [statefulSets, 'stateful sets are known only by their pods'],
  [daemonSets, 'daemon sets are known only by their pods'],
  [replicaSets, 'the history of deployments is missing'],
  [endpointSlices, 'readiness is taken from the pods'],
  [pods, 'instances are missing'],
];

/** Follows the cluster's services, workloads and pods. A kind that cannot be read is a problem; the rest goes on. */
export function createTopologySource(client: KubeClient, host: ConnectorHost): TopologySource {
  return {
    peerNow: () => client.serverClock.now(),
    async *watch(signal, onState) {
      const notice = createNotice();
      let troubles = '';
      using views = openViews(client, notice.ring, () => {
        onState(healthOf(views.all));
        // That a peer spoke again changes no picture; that it stopped or came back does.
        const now = views.all.map((view) => `${view.settled}${view.health.ok}`).join();
        if (now !== troubles) notice.ring();
        troubles = now;
      });
      const read = () => {
        if (!views.all.every((view) => view.settled) || !views.of(services).synced) return null;
        return topologyOf(
          {
            services: views.of(services).all(),
            workloads: [
              ...views.of(deployments).all(),
              ...views.of(statefulSets).all(),
              ...views.of(daemonSets).all(),
            ],
            replicaSets: views.of(replicaSets).all(),
            slices: views.of(endpointSlices).all(),
            pods: views.of(pods).all(),
            podsRead: views.of(pods).synced,
          },
          host.clock.now(),
          problemsOf(views.all),
        );
      };
      yield* followChanges(
        { settleMs, read, content: (observation) => ({ ...observation, observedAt: 0 }) },
        { notice, clock: host.clock },
        signal,
      );
    },
  };
}

interface Views extends Disposable {
  readonly all: readonly ObjectView[];
  of(resource: Resource): ObjectView;
}

function openViews(client: KubeClient, changed: () => void, health: () => void): Views {
  const all = missing.map(([resource]) => client.watches.view(resource, { changed, health }));
  return {
    all,
    of(resource) {
      const view = all.find((one) => one.resource === resource);
      if (view === undefined) throw new Error(`${resource.plural} are not watched here`);
      return view;
    },
    [Symbol.dispose]: () => all.forEach((view) => view[Symbol.dispose]()),
  };
}

/** The source is in trouble when services are: without them there is no map. Other kinds are problems of the picture. */
function healthOf(views: readonly ObjectView[]): SourceHealth {
  const first = views[0]?.health;
  if (first !== undefined && !first.ok) return first;
  return { ok: true, at: Math.max(...views.map((view) => (view.health.ok ? view.health.at : 0))) };
}

function problemsOf(views: readonly ObjectView[]): string[] {
  return views.flatMap((view, index) => {
    const { health } = view;
    if (health.ok || !view.settled) return [];
    const [resource, consequence] = missing[index] ?? [view.resource, ''];
    return [
      view.synced
        ? `${name(resource)} are as last seen: ${health.error}`
        : `${name(resource)} cannot be read, so ${consequence}: ${health.error}`,
    ];
  });
}

const name = (resource: Resource): string => `${resource.kind.replace(/([a-z])([A-Z])/g, '$1 $2')}s`;
