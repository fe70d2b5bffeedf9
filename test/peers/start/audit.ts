import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UserName } from './certificates.ts';

/** Users whose requests the API server writes down; nobody but suites acts as them. */
const audited: readonly UserName[] = ['viewer', 'shop-operator'];

/** A request as the API server wrote it down. */
export interface AuditedRequest {
  readonly user: string;
  readonly verb: string;
  /** Without its query. */
  readonly path: string;
  /** Epoch ms at which it came in, by the server's clock. */
  readonly at: number;
}

const policyFile = (runDir: string): string => join(runDir, 'audit-policy.json');
const logFile = (runDir: string): string => join(runDir, 'audit.log');

/** Flags with which the API server writes down what these users ask for, and nothing of anybody else. */
export async function auditFlags(runDir: string): Promise<readonly string[]> {
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    rules: [
      // A watch is noted when it begins: it may not end within the run.
      {
        level: 'Metadata',
        users: audited,
        verbs: ['watch'],
        omitStages: ['RequestReceived', 'ResponseComplete'],
      },
      { level: 'Metadata', users: audited, omitStages: ['RequestReceived', 'ResponseStarted'] },
      { level: 'None' },
    ],
  };
  await writeFile(policyFile(runDir), JSON.stringify(policy));
  return [`--audit-policy-file=${policyFile(runDir)}`, `--audit-log-path=${logFile(runDir)}`];
}

/** What these users asked for since a moment. */
export function auditedSince(runDir: string, since: number): readonly AuditedRequest[] {
  return readFileSync(logFile(runDir), 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Noted)
    .map(({ user, verb, requestURI, requestReceivedTimestamp }) => ({
      user: user.username,
      verb,
      path: requestURI.split('?')[0] ?? requestURI,
      at: Date.parse(requestReceivedTimestamp),
    }))
    .filter(({ at }) => at >= since);
}

interface Noted {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly requestURI: string;
  readonly requestReceivedTimestamp: string;
}
