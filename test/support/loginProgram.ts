import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const group = 'client.authentication.k8s.io';

/** A login program of a test's own, in a folder of its own: a script that says what the test wants it to say. */
export interface TestProgram extends Disposable {
  readonly folder: string;
  readonly path: string;
  /** How often it was run. */
  runs(): number;
  /** What it was told by its environment, the last time. */
  told(): { readonly spec: Readonly<Record<string, unknown>> };
  /** From now on it gives this token, until then. */
  gives(token: string, expiresAt?: number): void;
  /** From now on it prints this. */
  prints(text: string): void;
  /** Another program takes its place, in one step, as an update does. */
  becomes(script: string): void;
  /** The `exec` of a kubeconfig's user. */
  exec(more?: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
}

export function createTestProgram(name = 'cloud-login'): TestProgram {
  const folder = mkdtempSync(join(tmpdir(), 'podium-login-'));
  const at = (file: string): string => join(folder, file);
  const replace = (file: string, text: string, mode = 0o600): void => {
    writeFileSync(at(`${file}.new`), text);
    chmodSync(at(`${file}.new`), mode);
    renameSync(at(`${file}.new`), at(file));
  };
  const program: TestProgram = {
    folder,
    path: at(name),
    runs: () => (existsSync(at('runs')) ? readFileSync(at('runs'), 'utf8').length : 0),
    told: () => JSON.parse(readFileSync(at('told'), 'utf8')) as ReturnType<TestProgram['told']>,
    gives(token, expiresAt) {
      const expirationTimestamp = expiresAt === undefined ? undefined : new Date(expiresAt).toISOString();
      program.prints(credentialText({ token, expirationTimestamp }));
    },
    prints: (text) => replace('answer', text),
    becomes: (script) => replace(name, `#!/bin/sh\ncd '${folder}'\nprintf x >> runs\n${script}\n`, 0o700),
    exec: (more = {}) => ({
      apiVersion: `${group}/v1`,
      command: at(name),
      interactiveMode: 'IfAvailable',
      ...more,
    }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
  program.becomes('printf %s "$KUBERNETES_EXEC_INFO" > told\ncat answer');
  return program;
}

/** An answer as such programs print it. */
export const credentialText = (status: Readonly<Record<string, unknown>>, version = 'v1'): string =>
  JSON.stringify({ kind: 'ExecCredential', apiVersion: `${group}/${version}`, status });

/** A kubeconfig with one context that logs in with this user. */
export const kubeconfigText = (
  server: string,
  user: Readonly<Record<string, unknown>>,
  cluster: Readonly<Record<string, unknown>> = {},
): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cloud', cluster: { server, ...cluster } }],
    users: [{ name: 'sso', user }],
    contexts: [{ name: 'cloud', context: { cluster: 'cloud', user: 'sso' } }],
    'current-context': 'cloud',
  });
