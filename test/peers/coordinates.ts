import { readFileSync } from 'node:fs';
import type { UserName } from './start/certificates.ts';
import type { Envoys } from './start/envoys.ts';
import type { IstiodPeer } from './start/istio.ts';
import type { PrometheusPeer } from './start/prometheus.ts';

/** Where everything of a run is: plain data, handed to suites as a JSON file named in `PODIUM_PEERS`. */
export interface PeersCoordinates {
  /** Logs and files of this run. */
  readonly runDir: string;
  /** Process ids by name (`istiod`, `kube-apiserver` …), for suites that stop or freeze a peer. */
  readonly pids: Readonly<Record<string, number>>;
  readonly kubernetes: {
    /** The API server's URL. */
    readonly url: string;
    /** The authority that signed its certificate. */
    readonly caFile: string;
    /** A kubeconfig with a context for every user, besides `admin-token`, `expired` (401) and `gone` (refused). */
    readonly kubeconfigFile: string;
    /** A bearer token for every user; what each may do stands in start/access.ts. */
    readonly tokens: Readonly<Record<UserName, string>>;
  };
  /** Prometheus directly; through the API server it is service `http:prometheus:9090` in namespace `monitoring`. */
  readonly prometheus: PrometheusPeer | null;
  /** istiod, or null when the run has no mesh. */
  readonly istiod: IstiodPeer | null;
  /** The gateway and the sidecar, or null when the run has no mesh. */
  readonly envoys: Envoys | null;
  /** The programs in the pods: `GET /_count`, `POST /_mode?service=payment-v2&failRatio=0.13&delayMs=80`. */
  readonly worldUrl: string;
  /** The load generator: `GET /_stats`, `POST /_rate?perSecond=50`. */
  readonly loadUrl: string | null;
  /** Versions of the peers, as installed. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Reads the coordinates of the run this process was started for. */
export function readCoordinates(): PeersCoordinates {
  const file = process.env['PODIUM_PEERS'];
  if (file === undefined) throw new Error('PODIUM_PEERS names no run: start this through test/peers/run.ts');
  return JSON.parse(readFileSync(file, 'utf8')) as PeersCoordinates;
}
