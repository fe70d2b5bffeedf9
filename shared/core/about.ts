import type { AboutConnection } from '../model/about.ts';
import type { Connections } from './connections.ts';
import { Refusal } from './refusal.ts';

/** What a connection is made of by now, and what it costs its peers. */
export function aboutConnection(id: string, { open }: Pick<Connections, 'open'>): AboutConnection {
  const connection = open.get(id);
  if (connection === undefined) throw new Refusal('REFUSED', 'That connection is closed.');
  return {
    peers: connection.sources.map(({ title, session: { peer, server } }) => ({
      source: title,
      product: peer.product,
      version: peer.version,
      server,
    })),
    usage: connection.usage(),
  };
}
