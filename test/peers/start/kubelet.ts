import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeAddress } from '../namespace.ts';

/** Where the API server finds kwok's kubelet, which serves pod logs and port-forwards. */
export const kubeletPort = 10_247;

/** The log that every pod of the shop shows: one line per failed request, written by the programs in the pods. */
export function podLogFile(runDir: string): string {
  return join(runDir, 'pods.log');
}

/** Writes kwok's configuration: how nodes and pods behave, whose logs are where, and where a port-forward leads. */
export async function writeKwokConfig(programDir: string, runDir: string): Promise<string> {
  await writeFile(podLogFile(runDir), `${new Date().toISOString()} stdout F the shop opens\n`);
  const apiVersion = 'kwok.x-k8s.io/v1alpha1';
  const logs = {
    apiVersion,
    kind: 'ClusterLogs',
    metadata: { name: 'shop' },
    spec: {
      selector: { matchNamespaces: ['shop'] },
      logs: [{ logsFile: podLogFile(runDir), follow: true }],
    },
  };
  const forward = {
    apiVersion,
    kind: 'ClusterPortForward',
    metadata: { name: 'prometheus' },
    spec: {
      selector: { matchNamespaces: ['monitoring'] },
      forwards: [{ ports: [9090], target: { port: 9090, address: nodeAddress } }],
    },
  };
  const documents = [
    await readFile(join(programDir, 'stages.yaml'), 'utf8'),
    ...[logs, forward].map((part) => JSON.stringify(part)),
  ];
  const file = join(runDir, 'kwok.yaml');
  await writeFile(file, documents.join('\n---\n'));
  return file;
}
