import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeAddress } from '../namespace.ts';

/** Where the API server finds kwok's kubelet, which serves pod logs and port-forwards. */
export const kubeletPort = 10_247;

/** The log that every pod of the shop shows: one line per failed request, written by the programs in the pods. */
export function podLogFile(runDir: string): string {
  return join(runDir, 'pods.log');
}

/** A namespace whose pods show a log that nobody but a suite writes to. */
export const quietNamespace = 'quiet';

/** What its pods show. */
export function quietLogFile(runDir: string): string {
  return join(runDir, 'quiet.log');
}

/** A namespace whose pods' port 8080 leads to where a suite may listen. */
export const forwardedNamespace = 'forwarded';
export const forwardedTo = { address: nodeAddress, port: 17_080 };

/** Where a port-forward to one pod of the shop leads: kwok's pods have no ports of their own. */
export interface PodForward {
  readonly pod: string;
  readonly port: number;
  readonly to: { readonly address: string; readonly port: number };
}

/** Writes kwok's configuration: how nodes and pods behave, whose logs are where, and where a port-forward leads. */
export async function writeKwokConfig(
  programDir: string,
  runDir: string,
  forwards: readonly PodForward[] = [],
): Promise<string> {
  await writeFile(podLogFile(runDir), `${new Date().toISOString()} stdout F the shop opens\n`);
  const apiVersion = 'kwok.x-k8s.io/v1alpha1';
  await writeFile(quietLogFile(runDir), '');
  const logsOf = (namespace: string, logsFile: string) => ({
    apiVersion,
    kind: 'ClusterLogs',
    metadata: { name: namespace },
    spec: { selector: { matchNamespaces: [namespace] }, logs: [{ logsFile, follow: true }] },
  });
  const logs = [logsOf('shop', podLogFile(runDir)), logsOf(quietNamespace, quietLogFile(runDir))];
  const forward = {
    apiVersion,
    kind: 'ClusterPortForward',
    metadata: { name: 'prometheus' },
    spec: {
      selector: { matchNamespaces: ['monitoring'] },
      forwards: [{ ports: [9090], target: { port: 9090, address: nodeAddress } }],
    },
  };
  const suites = {
    apiVersion,
    kind: 'ClusterPortForward',
    metadata: { name: forwardedNamespace },
    spec: {
      selector: { matchNamespaces: [forwardedNamespace] },
      forwards: [{ ports: [8080], target: forwardedTo }],
    },
  };
  const shopForwards = forwards.map(({ pod, port, to }) => ({
    apiVersion,
    kind: 'ClusterPortForward',
    metadata: { name: `${pod}-${port}` },
    spec: {
      selector: { matchNamespaces: ['shop'], matchNames: [pod] },
      forwards: [{ ports: [port], target: to }],
    },
  }));
  const documents = [
    await readFile(join(programDir, 'stages.yaml'), 'utf8'),
    ...[...logs, forward, suites, ...shopForwards].map((part) => JSON.stringify(part)),
  ];
  const file = join(runDir, 'kwok.yaml');
  await writeFile(file, documents.join('\n---\n'));
  return file;
}
