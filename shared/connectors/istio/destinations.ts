import { type KubeObject, listAt, mapAt, namespaceOf, selects, textAt } from '../kube/objects.ts';
import { podsByNamespace, versionOfPods } from '../kube/podFacts.ts';
import { serviceOf, shortName } from '../kube/serviceHosts.ts';
import { covers, qualify } from './hosts.ts';
import type { Mesh } from './mesh.ts';

/** What stands behind a destination, as far as the cluster says. */
export interface Standing {
  /** The version its pods carry; null when it cannot be told. */
  readonly version: string | null;
  /** Null when readiness is not known here: external hosts, pods that cannot be read. */
  readonly readyInstances: number | null;
  /** Why calls sent there fail whatever the pods do, else null. */
  readonly problem: string | null;
  readonly rule: 'unknown-host' | 'missing-subset' | null;
}

/** Looks destinations up in the mesh as it is now. Made anew for each picture, so that it sees one moment. */
export interface Destinations {
  standing(host: string, subset: string | null, from: string): Standing;
}

export function createDestinations(mesh: Mesh): Destinations {
  const rules = rulesByHost(mesh);
  const entries = [...mesh.serviceEntries.all()];
  const podsBy = podsByNamespace(mesh);
  const kept = new Map<string, Standing>();

  const look = (host: string, subset: string | null, from: string): Standing => {
    const labels = subset === null ? new Map<string, string>() : subsetLabels(rules, host, subset, from);
    const service = serviceObject(mesh, host);
    const entry = service === null ? entries.find((one) => entryCovers(one, host)) : undefined;
    if (service === null && entry === undefined) {
      const problem = unknownHost(mesh, host);
      if (problem !== null) return { version: null, readyInstances: null, problem, rule: 'unknown-host' };
    }
    if (labels === null) {
      const problem = mesh.destinationRules.synced
        ? `subset ${subset ?? ''} is not declared for ${shortName(host)}`
        : null;
      return {
        version: null,
        readyInstances: null,
        problem,
        rule: problem === null ? null : 'missing-subset',
      };
    }
    const own = labels.get('version') ?? null;
    const selector = service === null ? new Map<string, string>() : mapAt(service, 'spec', 'selector');
    if (service === null || selector.size === 0 || !mesh.pods.synced)
      return { version: own, readyInstances: null, problem: null, rule: null };
    const behind = (podsBy.get(namespaceOf(service)) ?? []).filter(
      (pod) => selects(selector, pod.labels) && (labels.size === 0 || selects(labels, pod.labels)),
    );
    return {
      version: versionOfPods(behind) ?? own,
      readyInstances: behind.filter((pod) => pod.ready).length,
      problem: null,
      rule: null,
    };
  };

  return {
    standing(host, subset, from) {
      const key = `${host}|${subset ?? ''}|${from}`;
      const found = kept.get(key) ?? look(host, subset, from);
      kept.set(key, found);
      return found;
    },
  };
}

function rulesByHost(mesh: Mesh): readonly { readonly host: string; readonly rule: KubeObject }[] {
  return [...mesh.destinationRules.all()].map((rule) => ({
    host: qualify(textAt(rule, 'spec', 'host') ?? '', namespaceOf(rule)),
    rule,
  }));
}

/** The labels of a declared subset, from any rule for the host that the namespace can see; null when none declares it. */
function subsetLabels(
  rules: ReturnType<typeof rulesByHost>,
  host: string,
  subset: string,
  from: string,
): ReadonlyMap<string, string> | null {
  for (const { host: pattern, rule } of rules) {
    if (!covers(pattern, host) || !visible(rule, from)) continue;
    const found = listAt(rule, 'spec', 'subsets').find((one) => textAt(one, 'name') === subset);
    if (found !== undefined) return mapAt(found, 'labels');
  }
  return null;
}

/** `exportTo` absent or `*` is everywhere, `.` is the document's own namespace. */
export function visible(document: KubeObject, from: string): boolean {
  const to = listAt(document, 'spec', 'exportTo');
  if (to.length === 0) return true;
  return to.some((one) => one === '*' || one === from || (one === '.' && namespaceOf(document) === from));
}

function serviceObject(mesh: Mesh, host: string): KubeObject | null {
  const name = serviceOf(host);
  return name === null ? null : (mesh.services.get(name.namespace, name.name) ?? null);
}

const entryCovers = (entry: KubeObject, host: string): boolean =>
  listAt(entry, 'spec', 'hosts').some((one) => typeof one === 'string' && covers(one.toLowerCase(), host));

/** A host is unknown only when everything that could declare it has been read. */
function unknownHost(mesh: Mesh, host: string): string | null {
  const service = serviceOf(host);
  const { namespaces } = mesh.client;
  if (!mesh.services.synced || !mesh.serviceEntries.synced || host.startsWith('*')) return null;
  if (service !== null && namespaces !== null && !namespaces.includes(service.namespace)) return null;
  if (service === null && namespaces !== null) return null;
  return `nothing in the mesh is called ${host}`;
}
