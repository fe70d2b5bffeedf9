import { join } from 'node:path';
import type { Credentials } from './certificates.ts';
import type { KubernetesPrograms } from './kubernetes.ts';
import type { Launch } from './processes.ts';

/** Where one etcd and its API server listen, and what they are called. */
export interface ControlPlane {
  /** Stands before the names of the processes: "" for the cluster that all suites share. */
  readonly prefix: string;
  readonly etcdUrl: string;
  readonly etcdPeerUrl: string;
  readonly apiPort: number;
  readonly etcdDataDir: string;
}

/** How etcd is started. */
export function etcdLaunch(
  { etcdDir }: Pick<KubernetesPrograms, 'etcdDir'>,
  { prefix, etcdUrl, etcdPeerUrl, etcdDataDir }: ControlPlane,
): Launch {
  return {
    name: `${prefix}etcd`,
    command: join(etcdDir, 'etcd'),
    args: [
      '--name=e1',
      `--data-dir=${etcdDataDir}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${etcdPeerUrl}`,
      `--initial-advertise-peer-urls=${etcdPeerUrl}`,
      `--initial-cluster=e1=${etcdPeerUrl}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  };
}

/** How the API server is started. */
export function apiServerLaunch(
  { kubernetesDir }: Pick<KubernetesPrograms, 'kubernetesDir'>,
  { prefix, etcdUrl, apiPort }: ControlPlane,
  credentials: Credentials,
  more: readonly string[],
): Launch {
  return {
    name: `${prefix}kube-apiserver`,
    command: join(kubernetesDir, 'kube-apiserver'),
    args: [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${apiPort}`,
      // The address it would advertise is a loopback one, which its own Endpoints object refuses.
      '--endpoint-reconciler-type=none',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=RBAC',
      '--anonymous-auth=false',
      `--client-ca-file=${credentials.caFile}`,
      `--tls-cert-file=${credentials.serverCertFile}`,
      `--tls-private-key-file=${credentials.serverKeyFile}`,
      `--token-auth-file=${credentials.tokensFile}`,
      `--service-account-issuer=${apiUrlOf(apiPort)}`,
      `--service-account-key-file=${credentials.accountKeyFile}`,
      `--service-account-signing-key-file=${credentials.accountKeyFile}`,
      ...more,
    ],
  };
}

export const apiUrlOf = (port: number): string => `https://127.0.0.1:${port}`;
