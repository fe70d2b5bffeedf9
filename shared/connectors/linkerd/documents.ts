import type { DocumentObservation, DocumentSource } from '../kit/connector.ts';
import { refOf } from '../kube/documents/change.ts';
import { locate, type Located, shownYaml } from '../kube/documents/located.ts';
import { annotationsOf, type KubeObject, listAt, namespaceOf, numberAt, textAt } from '../kube/objects.ts';
import { serviceOf } from '../kube/serviceHosts.ts';
import { droppedParts } from './annotations.ts';
import { isAnnotated, type LinkerdWorld } from './linkerdWorld.ts';

/** The Service where it carries annotations of Linkerd's, its ServiceProfiles and SMI's splits, with what is wrong in them. */
export function createDocumentSource(world: LinkerdWorld): DocumentSource {
  return {
    async read(service, signal) {
      await world.ready(signal);
      const own = service.hosts.map(serviceOf).find((one) => one !== null);
      if (own === undefined || own === null) return [];
      const object = world.services.get(own.namespace, own.name);
      const profiles = world.profilesOf(own.namespace, own.name);
      const annotated = object !== undefined && isAnnotated(object) ? [object] : [];
      return [...annotated, ...profiles, ...world.splitsOf(own.namespace, own.name)].map(
        (document): DocumentObservation => {
          const yaml = shownYaml(document);
          return {
            ref: refOf(world.host.connectionId, document),
            yaml,
            findings: locate(yaml, findingsOf(document, own.namespace)),
          };
        },
      );
    },
  };
}

function findingsOf(document: KubeObject, namespace: string): Located[] {
  switch (document.kind) {
    case 'ServiceProfile':
      return [
        {
          severity: 'warning',
          rule: 'service-profile',
          text: `${namespaceOf(document) === namespace ? 'All callers follow' : `Callers in ${namespaceOf(document)} follow`} this instead of failure accrual, retries and time-outs by annotations, and instead of HTTPRoutes of the service.`,
          path: ['spec'],
        },
      ];
    case 'TrafficSplit':
      return [
        {
          severity: 'warning',
          rule: 'traffic-split',
          text: `It divides calls by SMI, which Linkerd develops no further (${sayBackends(document)}). It is only shown here; an HTTPRoute of the service can be written.`,
          path: ['spec', 'backends'],
        },
      ];
    default:
      return droppedParts(annotationsOf(document)).map(({ because }) => ({
        severity: 'error',
        rule: 'annotations-dropped',
        text: `Linkerd drops what belongs to it, and says so in its own log only: ${because}.`,
        path: ['metadata', 'annotations'],
      }));
  }
}

const sayBackends = (split: KubeObject): string =>
  listAt(split, 'spec', 'backends')
    .slice(0, 6)
    .map(
      (one) =>
        `${textAt(one, 'service') ?? ''} ${numberAt(one, 'weight') ?? textAt(one, 'weight') ?? 'unset'}`,
    )
    .join(', ');
