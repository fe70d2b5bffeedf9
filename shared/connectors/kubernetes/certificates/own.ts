import type { X509Certificate } from 'node:crypto';
import type * as http from 'node:http';
import { TLSSocket } from 'node:tls';
import type { KubeClient } from '../../kube/client.ts';
import { firstToEnd, told as toldOf } from './parse.ts';
import type { Told } from './told.ts';

type Client = Pick<KubeClient, 'reach' | 'server'>;

/** By which one logs in, where that is a certificate. */
export function userCertificate({ reach, server }: Client): Told[] {
  const { cert } = reach.tls;
  const read = Buffer.isBuffer(cert) || typeof cert === 'string' ? firstToEnd(String(cert)) : null;
  return read === null
    ? []
    : [{ kind: 'user', where: `your kubeconfig, for ${server}`, usedBy: null, services: [], ...read }];
}

/** What the server showed when the connection was made that is open anyway: a load balancer's, where one ends TLS before it. */
export function serverCertificate({ reach, server }: Client): Told[] {
  const shown = openSockets(reach.agent(false))
    .map(certificateOf)
    .find((one) => one !== undefined);
  const read = shown === undefined ? null : toldOf(shown);
  return read === null
    ? []
    : [{ kind: 'server', where: `shown by ${server}`, usedBy: null, services: [], ...read }];
}

const openSockets = ({ sockets, freeSockets }: http.Agent): unknown[] =>
  [...Object.values(freeSockets), ...Object.values(sockets)].flatMap((some) => some ?? []);

const certificateOf = (socket: unknown): X509Certificate | undefined =>
  socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
