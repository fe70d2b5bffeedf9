import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { ConfigHit } from '../../model/config.ts';
import { wholeText } from '../kube/documents/wholeText.ts';
import { type KubeObject, keyOf, listAt, namespaceOf, textAt } from '../kube/objects.ts';
import { serviceOf } from '../kube/serviceHosts.ts';
import { covers, qualify } from './hosts.ts';
import type { Mesh } from './mesh.ts';
import type { ReadMeshRoots } from './meshRoots.ts';
import { servicesOfGateway, servicesUnder } from './policies.ts';
import { gatewaysOf, hostsOf, routesOf } from './routes.ts';
import { refOf } from './splits.ts';

/** Keys from the root; positions in lists are numbers. */
type Path = readonly (string | number)[];

const mostHits = 500;
const longestLine = 300;
/** Deeper than any document of Istio’s. */
const deepest = 60;

/** Looks for a text in fields and values of the mesh documents that are watched; fields are named by their path. */
export async function searchMesh(
  mesh: Mesh,
  meshRoots: ReadMeshRoots,
  query: string,
  signal: AbortSignal,
): Promise<{ readonly hits: readonly ConfigHit[]; readonly problems: readonly string[] }> {
  await mesh.ready(signal);
  const roots = await meshRoots([...mesh.pods.all()]);
  signal.throwIfAborted();
  const wanted = query.toLowerCase();
  const hits: ConfigHit[] = [];
  const problems: string[] = [];
  for (const view of viewsOf(mesh)) {
    if (!view.health.ok) {
      const how = view.synced ? 'were searched as last seen' : 'were not searched';
      problems.push(`${view.resource.kind}s ${how}: ${view.health.error}`);
    }
    for (const document of [...view.all()].sort((a, b) => keyOf(a).localeCompare(keyOf(b)))) {
      const found = placesIn(document, wanted);
      if (found.length === 0) continue;
      const left = mostHits - hits.length;
      hits.push(...hitsOf(mesh, roots.names, document, found.slice(0, left), wanted));
      if (found.length <= left) continue;
      problems.push(`More than ${mostHits} matches in mesh documents: only the first are shown.`);
      return { hits, problems };
    }
  }
  return { hits, problems };
}

const viewsOf = (mesh: Mesh) =>
  [
    mesh.virtualServices,
    mesh.destinationRules,
    mesh.serviceEntries,
    mesh.gateways,
    mesh.authorizationPolicies,
  ].filter((view) => view !== null);

/** The fields that match by name, by dotted path or by value. What every document of the kind says is left out. */
function placesIn(document: KubeObject, wanted: string): Path[] {
  const { name, namespace, labels, annotations } = document.metadata;
  const found: Path[] = [];

  function look(value: unknown, path: Path, above: boolean): void {
    const dotted = path.join('.').toLowerCase();
    const key = path.at(-1);
    const byName = typeof key === 'string' && key.toLowerCase().includes(wanted);
    const byPath = wanted.includes('.') && dotted.includes(wanted);
    if (typeof value !== 'object' || value === null) {
      const byValue = String(value).toLowerCase().includes(wanted);
      if (byName || byValue || (byPath && !above)) found.push(path);
      return;
    }
    if (byName || (byPath && !above)) found.push(path);
    if (path.length > deepest) return;
    for (const [inner, each] of Array.isArray(value) ? value.entries() : Object.entries(value))
      look(each, [...path, inner], byPath);
  }

  for (const [field, value] of Object.entries({ name, namespace, labels, annotations }))
    if (value !== undefined) look(value, ['metadata', field], false);
  look(document['spec'], ['spec'], false);
  return found;
}

function hitsOf(
  mesh: Mesh,
  roots: readonly string[],
  document: KubeObject,
  found: readonly Path[],
  wanted: string,
): ConfigHit[] {
  const text = wholeText(document);
  const lines = text.split('\n');
  const counter = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: counter });
  const services = servicesShapedBy(mesh, roots, document);
  const ref = refOf(mesh, document);
  return found.flatMap((path): ConfigHit[] => {
    const range = rangeOf(parsed, path);
    // What programs note on a document is no part of its text.
    if (range === null) return [];
    const first = counter.linePos(range[0]).line - 1;
    const part = lines.slice(first, counter.linePos(range[1]).line);
    const line = part.find((one) => one.toLowerCase().includes(wanted)) ?? part[0] ?? '';
    const shown = line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
    return [{ document: ref, key: path.join('.'), line: shown, services }];
  });
}

/** From the field’s name to the end of a plain value; of a value with fields of its own only the name. */
function rangeOf(parsed: ReturnType<typeof parseDocument>, path: Path): readonly [number, number] | null {
  const key = path.at(-1);
  const node: unknown = parsed.getIn(path, true);
  if (!isNode(node) || !node.range) return null;
  const parent: unknown = path.length === 1 ? parsed.contents : parsed.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
    : undefined;
  const name = isNode(pair?.key) ? pair.key.range : undefined;
  const start = name?.[0] ?? node.range[0];
  return [start, isScalar(node) ? node.range[1] : start];
}

/** The services that a document shapes, as `namespace/name`: the other way round of what is read for one service. */
function servicesShapedBy(mesh: Mesh, roots: readonly string[], document: KubeObject): string[] {
  switch (document.kind) {
    case 'VirtualService': {
      const routed = routesOf(document).flatMap((route) => route.destinations.map((one) => one.host));
      const gateways = gatewaysOf(document).flatMap((named) => {
        const [namespace = '', name = ''] = named.split('/');
        return mesh.gateways.get(namespace, name) ?? [];
      });
      return unique([
        ...[...hostsOf(document), ...routed].flatMap((host) => servicesOfHost(mesh, host)),
        ...gateways.flatMap((gateway) => servicesOfGateway(mesh, gateway).map(keyOf)),
      ]);
    }
    case 'DestinationRule':
      return unique(
        servicesOfHost(mesh, qualify(textAt(document, 'spec', 'host') ?? '', namespaceOf(document))),
      );
    case 'ServiceEntry':
      return unique(
        listAt(document, 'spec', 'hosts').flatMap((host) =>
          typeof host === 'string' ? servicesOfHost(mesh, host.toLowerCase()) : [],
        ),
      );
    case 'Gateway':
      return servicesOfGateway(mesh, document).map(keyOf);
    case 'AuthorizationPolicy':
      return servicesUnder(mesh, document, roots).map(keyOf);
    default:
      return [];
  }
}

/** Services of the cluster that a host names, and those that entries add to the map. */
function servicesOfHost(mesh: Mesh, host: string): string[] {
  const one = serviceOf(host);
  if (one !== null) return [`${one.namespace}/${one.name}`];
  const inside = host.startsWith('*')
    ? [...mesh.services.all()].filter((service) =>
        covers(host, `${service.metadata.name}.${namespaceOf(service)}.svc.cluster.local`),
      )
    : [];
  const outside = [...mesh.serviceEntries.all()].flatMap((entry) => {
    const hosts = listAt(entry, 'spec', 'hosts').filter((each) => typeof each === 'string');
    const named = hosts.filter((each) => covers(host, each.toLowerCase()));
    // As the map names them: by the entry, or by the host where an entry has several.
    return named.map((each) => (hosts.length === 1 ? keyOf(entry) : `${namespaceOf(entry)}/${each}`));
  });
  return [...inside.map(keyOf), ...outside];
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
