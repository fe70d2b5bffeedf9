import { PeerError } from '../kit/peerError.ts';
import type { KubeClient } from './client.ts';
import { listAt, textAt } from './objects.ts';
import {
  configMaps,
  daemonSets,
  deployments,
  pods,
  type Resource,
  secrets,
  statefulSets,
} from './resources.ts';

/** Where documents of a kind are served, whatever the kind. */
export interface Kinds {
  /** Throws `PeerError` for a kind that this API server does not serve. */
  resourceOf(document: { readonly apiVersion: string; readonly kind: string }): Promise<Resource>;
}

/** Known kinds at once, others by asking the server what it serves; an answer is kept while the connection is open. */
export function createKinds(client: Pick<KubeClient, 'read'>): Kinds {
  const known = [configMaps, secrets, pods, deployments, statefulSets, daemonSets];
  const found = new Map<string, Resource>(
    known.map((one) => [`${one.group === '' ? '' : `${one.group}/`}${one.version} ${one.kind}`, one]),
  );
  return {
    async resourceOf({ apiVersion, kind }) {
      const key = `${apiVersion} ${kind}`;
      const already = found.get(key);
      if (already !== undefined) return already;
      const resource = await ask(client, apiVersion, kind);
      found.set(key, resource);
      return resource;
    },
  };
}

async function ask(client: Pick<KubeClient, 'read'>, apiVersion: string, kind: string): Promise<Resource> {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const names = /^[a-zA-Z0-9.-]+$/;
  if (version === undefined || !names.test(version) || (group !== '' && !names.test(group)))
    throw new PeerError('refused', `“${apiVersion.slice(0, 100)}” is no version of an API.`);
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const served = await client.read(path, AbortSignal.timeout(15_000));
  for (const one of listAt(served, 'resources')) {
    const plural = textAt(one, 'name');
    // Subresources are listed beside what they are of, some with its kind.
    if (plural !== null && !plural.includes('/') && textAt(one, 'kind') === kind)
      return { group, version, plural, kind };
  }
  throw new PeerError('notFound', `This cluster does not serve ${kind} in ${apiVersion}.`, { status: 404 });
}
