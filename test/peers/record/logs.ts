import type { PeersCoordinates } from '../coordinates.ts';
import { userOf } from './askers.ts';
import type { Recorder } from './recorder.ts';

const pods = '/api/v1/namespaces/shop/pods';

/** Logs of pods, and what is said where there is none. */
export async function recordLogs(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const viewer = userOf(peers, 'viewer');
  const listed = await recorder.record('list-of-payment', viewer, {
    path: `${pods}?limit=1&labelSelector=app%3Dpayment`,
    headers: { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' },
  });
  const pod = (listed.body as { items: { metadata: { name: string } }[] }).items[0]?.metadata.name ?? '';
  const headers = { accept: 'text/plain, */*' };
  const read = (name: string, query: string, user = viewer) =>
    recorder.record(name, user, { path: `${pods}/${pod}/log?${query}`, headers });
  await read('log-newest', 'tailLines=1&timestamps=true');
  await read('log-container-unknown', 'container=nobody');
  await read('log-since-nonsense', 'sinceTime=yesterday');
  await read('log-forbidden', 'tailLines=1', userOf(peers, 'nobody'));
  await recorder.record('log-missing', viewer, { path: `${pods}/absent/log`, headers });
}
