import type { Ownership } from '../../../model/weights.ts';
import { annotationsOf, at, type KubeObject, labelsOf, listAt, namespaceOf, textAt } from '../objects.ts';
import { gatewayGroup } from '../routeGroups.ts';

/** A Rollout's claim on a document. */
export interface RolloutClaim {
  readonly rollout: string;
  readonly namespace: string;
  readonly virtualServices: readonly string[];
  /** HTTPRoutes and GRPCRoutes, by its plug-in for the Gateway API. */
  readonly routes: readonly {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  }[];
}

/**
 * Who else writes this document. Worst first: controllers that decide weights, then controllers that put back what they
 * made, then what comes from a repository. The label `app.kubernetes.io/instance` is no proof: Helm charts set it too.
 */
export function ownershipOf(document: KubeObject, rollouts: readonly RolloutClaim[]): Ownership | null {
  return (
    byRollouts(document, rollouts) ??
    byController(document) ??
    byArgoCd(document) ??
    byFlux(document) ??
    byHelm(document)
  );
}

/** Whether it puts back the whole document as it made it; the others leave what is not theirs, or take it back later. */
export const overwrites = ({ owner }: Ownership): boolean => owner === 'flagger' || owner === 'controller';

function byRollouts(document: KubeObject, rollouts: readonly RolloutClaim[]): Ownership | null {
  // Its controller writes it, as it should, and decides what it says of weights by what is asked there.
  if (document.kind === 'Rollout') return null;
  const { name } = document.metadata;
  const namespace = namespaceOf(document);
  const claim = rollouts.find((one) =>
    document.kind === 'VirtualService'
      ? one.namespace === namespace && one.virtualServices.includes(name)
      : // Linkerd has a kind of the same name, which Argo Rollouts does not write.
        document.apiVersion.startsWith(`${gatewayGroup}/`) &&
        one.routes.some(
          (route) => route.kind === document.kind && route.namespace === namespace && route.name === name,
        ),
  );
  // The controller writes under this name; seen where Rollouts themselves may not be listed.
  const wrote = managersOf(document).includes('rollouts-controller');
  if (claim === undefined && !wrote) return null;
  return {
    owner: 'argo-rollouts',
    name: claim?.rollout ?? 'a Rollout',
    consequence:
      'Argo Rollouts decides these weights and puts back any other at once. Promote or abort the Rollout instead.',
    decidesWeights: true,
  };
}

function byController(document: KubeObject): Ownership | null {
  for (const reference of listAt(document, 'metadata', 'ownerReferences')) {
    const kind = textAt(reference, 'kind') ?? '';
    const name = textAt(reference, 'name') ?? '';
    if (kind === 'Canary' && (textAt(reference, 'apiVersion') ?? '').startsWith('flagger.app/'))
      return {
        owner: 'flagger',
        name,
        consequence: `Flagger’s Canary ${name} decides these weights during its analysis.`,
        decidesWeights: true,
      };
    if (at(reference, 'controller') === true)
      return {
        owner: 'controller',
        name: `${kind} ${name}`,
        consequence: `${kind} ${name} made this document and will overwrite what is changed here.`,
        decidesWeights: true,
      };
  }
  return null;
}

function byArgoCd(document: KubeObject): Ownership | null {
  const id = annotationsOf(document).get('argocd.argoproj.io/tracking-id');
  if (id === undefined) return null;
  return {
    owner: 'argo-cd',
    name: id.split(':')[0] ?? id,
    consequence:
      'Argo CD shows the application as out of sync; with self-heal it puts back what was there within seconds.',
    decidesWeights: false,
  };
}

function byFlux(document: KubeObject): Ownership | null {
  const labels = labelsOf(document);
  if (annotationsOf(document).get('kustomize.toolkit.fluxcd.io/reconcile') === 'disabled') return null;
  for (const [kind, prefix] of [
    ['Kustomization', 'kustomize.toolkit.fluxcd.io'],
    ['HelmRelease', 'helm.toolkit.fluxcd.io'],
  ]) {
    const name = labels.get(`${prefix}/name`);
    if (name !== undefined)
      return {
        owner: 'flux',
        name: `${kind} ${labels.get(`${prefix}/namespace`) ?? ''}/${name}`,
        consequence: 'Flux puts back what was there at its next reconciliation.',
        decidesWeights: false,
      };
  }
  return null;
}

function byHelm(document: KubeObject): Ownership | null {
  const release = annotationsOf(document).get('meta.helm.sh/release-name');
  if (release === undefined) return null;
  return {
    owner: 'helm',
    name: release,
    consequence: 'The change lasts until the release is upgraded next.',
    decidesWeights: false,
  };
}

const managersOf = (document: KubeObject): string[] =>
  listAt(document, 'metadata', 'managedFields').flatMap((entry) => textAt(entry, 'manager') ?? []);

/** Who wrote last, by the newest entry of managedFields. */
export function changedByOf(document: KubeObject): { who: string; at: number | null } | null {
  let newest: { who: string; at: number | null } | null = null;
  for (const entry of listAt(document, 'metadata', 'managedFields')) {
    const who = textAt(entry, 'manager');
    // A status says nothing about who changed the routes.
    if (who === null || textAt(entry, 'subresource') === 'status') continue;
    const time = Date.parse(textAt(entry, 'time') ?? '');
    const when = Number.isFinite(time) ? time : null;
    if (newest === null || (when ?? 0) >= (newest.at ?? 0)) newest = { who, at: when };
  }
  return newest;
}

/** What each kind of owner is called in a sentence. */
export const ownerNames: Readonly<Record<Ownership['owner'], string>> = {
  'argo-cd': 'Argo CD',
  flux: 'Flux',
  helm: 'Helm',
  'argo-rollouts': 'Argo Rollouts',
  flagger: 'Flagger',
  'consul-k8s': 'Consul on Kubernetes',
  controller: 'a controller',
};
