import { PeerError } from '../kit/peerError.ts';
import type { KubeClient } from './client.ts';
import { listAt, textAt } from './objects.ts';
import type { Resource } from './resources.ts';

/** The kinds that a cluster serves in one version of a group; none where that is not served, or may not be seen. */
export async function servedIn(
  client: Pick<KubeClient, 'read'>,
  apiVersion: string,
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const [group = '', version = ''] = apiVersion.split('/');
  try {
    const served = await client.read(`/apis/${apiVersion}`, signal);
    return listAt(served, 'resources').flatMap((one) => {
      const [plural, kind] = [textAt(one, 'name'), textAt(one, 'kind')];
      return plural === null || kind === null || plural.includes('/')
        ? []
        : [{ group, version, plural, kind }];
    });
  } catch (error) {
    if (error instanceof PeerError && (error.kind === 'notFound' || error.kind === 'forbidden')) return [];
    throw error;
  }
}

/** A kind in the first of these versions that serves it; null where none does. */
export async function findServed(
  client: Pick<KubeClient, 'read'>,
  apiVersions: readonly string[],
  kind: string,
  signal: AbortSignal,
): Promise<Resource | null> {
  const lists = await Promise.all(apiVersions.map((one) => servedIn(client, one, signal)));
  return lists.flat().find((one) => one.kind === kind) ?? null;
}
