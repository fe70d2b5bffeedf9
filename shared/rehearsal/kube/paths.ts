import { type Resource, resourceOf, resources } from './resources.ts';

/** What a request's path names. */
export type Target =
  | { readonly kind: 'objects'; readonly address: ObjectAddress }
  | { readonly kind: 'other'; readonly path: string };

/** One resource request, taken apart as the real server does before it knows whether the resource exists. */
export interface ObjectAddress {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Undefined when nothing of this name is served in this group and version. */
  readonly resource: Resource | undefined;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly subresource: string | null;
  /** What follows the subresource, with its leading slash and still encoded: the path behind a service proxy. */
  readonly rest: string;
}

/** Reads a path; throws URIError on a malformed escape. */
export function targetOf(path: string): Target {
  const parts = path.split('/').slice(1);
  const [root, ...tail] = parts;
  if (root === 'api' && tail.length > 1) return objects('', tail[0] ?? '', tail.slice(1));
  if (root === 'apis' && tail.length > 2) return objects(tail[0] ?? '', tail[1] ?? '', tail.slice(2));
  return { kind: 'other', path };
}

function objects(group: string, version: string, parts: readonly string[]): Target {
  const segments = parts.map(decodeURIComponent);
  // "namespaces/shop" and "namespaces/shop/status" are about the namespace; any other third word is a resource in it.
  const inside = segments[0] === 'namespaces' && (segments[2] ?? '') !== '' && segments[2] !== 'status';
  const offset = inside ? 2 : 0;
  const plural = segments[offset] ?? '';
  const name = segments[offset + 1] ?? '';
  const subresource = segments[offset + 2] ?? '';
  const rest = parts.slice(offset + 3);
  const namespaceItself = plural === 'namespaces' && !inside && name !== '' ? name : null;
  return {
    kind: 'objects',
    address: {
      group,
      version,
      plural,
      resource: served(group, version, plural),
      namespace: inside ? (segments[1] ?? '') : namespaceItself,
      name: name === '' ? null : name,
      subresource: subresource === '' ? null : subresource,
      rest: rest.length === 0 ? '' : `/${rest.join('/')}`,
    },
  };
}

function served(group: string, version: string, plural: string): Resource | undefined {
  if (plural === 'events' && group === 'events.k8s.io') return resourceOf(`${group}/${version}`, 'Event');
  return resources.find(
    (resource) =>
      resource.plural === plural && resource.group === group && resource.versions.includes(version),
  );
}

/** The RBAC verb of a request for objects. */
export function verbOf(method: string, address: ObjectAddress, watching: boolean): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      // One object cannot be watched by its path: "watch" is not heard there, a field selector is needed.
      if (address.name !== null) return 'get';
      return watching ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return address.name === null ? 'deletecollection' : 'delete';
    default:
      return method.toLowerCase();
  }
}

/** `true` as the query of a watch says it. */
export const isTrue = (value: string | null): boolean => value === '1' || value?.toLowerCase() === 'true';
