import { readCoordinates } from './coordinates.ts';
import { findPeers } from './install.ts';
import type { Installed } from './install/cache.ts';
import { type ConsulPeer, startConsul } from './start/consul.ts';
import { noteStarted } from './started.ts';

function dirOf(peer: Installed): string {
  if (peer.kind === 'present') return peer.dir;
  throw new Error(`${peer.name} is absent because ${peer.because}`);
}

/** The agent of this run without any service, for suites that register their own. */
export const agentAlone = (): Promise<ConsulPeer> => start(null);

/** The agent with its shop: started by the suites that need it, so that no other waits for six more proxies. */
export const consulShop = (): Promise<ConsulPeer> => start(dirOf(findPeers().envoy));

async function start(envoyDir: string | null): Promise<ConsulPeer> {
  const { consul } = findPeers();
  const { runDir } = readCoordinates();
  const started = await startConsul({ consulDir: dirOf(consul), envoyDir, runDir });
  noteStarted(runDir, consul.name);
  return started;
}
