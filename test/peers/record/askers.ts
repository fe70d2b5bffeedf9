import type { PeersCoordinates } from '../coordinates.ts';
import type { UserName } from '../start/certificates.ts';
import type { Asker } from './recorder.ts';

/** One of the users of the API server. */
export function userOf({ kubernetes }: PeersCoordinates, user: UserName): Asker {
  return { url: kubernetes.url, caFile: kubernetes.caFile, token: kubernetes.tokens[user], user };
}

/** A caller whose token the API server does not know. */
export function strangerOf({ kubernetes }: PeersCoordinates): Asker {
  return { url: kubernetes.url, caFile: kubernetes.caFile, token: 'never-issued', user: 'stranger' };
}

export const shopIstio = '/apis/networking.istio.io/v1/namespaces/shop';
export const paymentRoute = `${shopIstio}/virtualservices/payment`;
