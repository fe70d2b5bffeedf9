import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { z } from 'zod';
import { removedAtExit } from '../support/leaveNothing.ts';

/** The built-in fleet in a process of the test's own, so that the test can read past Podium what Podium wrote. */
export interface Fleet extends AsyncDisposable {
  readonly kubeconfigFile: string;
  /** What its kubeconfig logs in with. */
  readonly token: string;
  /** Where its API server listens. */
  readonly url: string;
  readonly pid: number;
  /** The object as the API server has it. */
  read(path: string): Promise<{ spec: unknown; metadata: { resourceVersion: string } }>;
  /** Writes as somebody else would, behind Podium's back. */
  patch(path: string, steps: readonly object[], manager?: string): Promise<void>;
  /** Adds an object to the collection at `path`. */
  create(path: string, object: object): Promise<void>;
  /** The names of the objects at `path`. */
  names(path: string): Promise<readonly string[]>;
  /** Has it behave as `command` says, a line of its script; resolves once it does. */
  tell(command: object): Promise<void>;
}

const Ready = z.object({ ready: z.literal(true), kubeconfig: z.string(), kubeUrl: z.string() });
const Kubeconfig = z.object({
  users: z.array(z.object({ name: z.string(), user: z.object({ token: z.string() }) })),
});

export const paymentPath = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/payment';

/** Starts the fleet and writes its kubeconfig where KUBECONFIG can name it. */
export async function startFleet(...args: readonly string[]): Promise<Fleet> {
  const folder = removedAtExit(await mkdtemp(join(tmpdir(), 'podium-fleet-')));
  // Its stdin is ours: however we end, it reads that and goes too.
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../shared/rehearsal/main.ts'), ...args],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the fleet ended with code ${code}`)));
  });
  const { kubeconfig, kubeUrl } = Ready.parse(JSON.parse(line));
  const token = Kubeconfig.parse(parse(kubeconfig)).users[0]?.user.token ?? '';
  const kubeconfigFile = join(folder, 'kubeconfig');
  await writeFile(kubeconfigFile, kubeconfig, { mode: 0o600 });

  async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
    const answer = await fetch(kubeUrl + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
    });
    if (!answer.ok)
      throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  return {
    kubeconfigFile,
    token,
    url: kubeUrl,
    pid: child.pid ?? -1,
    read: async (path) => (await ask(path)) as Awaited<ReturnType<Fleet['read']>>,
    async patch(path, steps, manager = 'bob') {
      await ask(`${path}?fieldManager=${encodeURIComponent(manager)}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json-patch+json' },
        body: JSON.stringify(steps),
      });
    },
    async create(path, object) {
      await ask(`${path}?fieldManager=bob`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(object),
      });
    },
    async names(path) {
      const { items } = (await ask(path)) as { items: { metadata: { name: string } }[] };
      return items.map(({ metadata }) => metadata.name);
    },
    async tell(command) {
      const answered = once(lines, 'line');
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const [answer] = (await answered) as [string];
      if (!answer.includes('"ok":true')) throw new Error(`${JSON.stringify(command)}: ${answer}`);
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
