import type { RequestKind } from '../../model/about.ts';
import type { PeerRequest } from '../kit/transport.ts';

/** What a request to the API server is for, by how the API writes it down. */
export function requestKindOf({ method, path }: Pick<PeerRequest, 'method' | 'path'>): RequestKind {
  const [place = '', query = ''] = path.split('?');
  if (/\/(services|pods|nodes)\/[^/]+\/(proxy|portforward)(\/|$)/.test(place)) return 'proxied';
  if (/^\/apis\/(authorization|authentication)\.k8s\.io\//.test(place)) return 'review';
  if (method !== 'GET') return 'write';
  const asked = new URLSearchParams(query);
  if (asked.get('watch') === 'true') return 'watch';
  if (/\/pods\/[^/]+\/log$/.test(place)) return 'log';
  return asked.has('limit') ? 'list' : 'read';
}
