import { readCoordinates } from './coordinates.ts';
import { findPeers } from './install.ts';
import type { Installed } from './install/cache.ts';
import { type ConsulPeer, startConsul } from './start/consul.ts';

function dirOf(peer: Installed): string {
  if (peer.kind === 'present') return peer.dir;
  throw new Error(`${peer.name} is absent because ${peer.because}`);
}

/** The agent of this run without any service, for suites that register their own. */
export function agentAlone(): Promise<ConsulPeer> {
  const { consul } = findPeers();
  return startConsul({ consulDir: dirOf(consul), envoyDir: null, runDir: readCoordinates().runDir });
}

/** The agent with its shop: started by the suites that need it, so that no other waits for six more proxies. */
export function consulShop(): Promise<ConsulPeer> {
  const { consul, envoy } = findPeers();
  return startConsul({
    consulDir: dirOf(consul),
    envoyDir: dirOf(envoy),
    runDir: readCoordinates().runDir,
  });
}
