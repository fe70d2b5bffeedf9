import { get } from 'node:http';
import type { EnvoyPeer } from './start/envoys.ts';

/** What a real request got. */
export interface Answer {
  readonly status: number;
  /** The version of the instance that answered; null where a proxy did. */
  readonly version: string | null;
  /** The instance that answered. */
  readonly pod: string | null;
  /** Envoy says so when it refuses because a limit is reached. */
  readonly overloaded: boolean;
  readonly text: string;
}

/** Sends one request for a host through a proxy, as a caller behind it would. */
export function ask(
  proxy: EnvoyPeer,
  host: string,
  { path = '/pay', headers = {} }: { readonly path?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(
      `${proxy.url}${path}`,
      { headers: { ...headers, host }, timeout: 10_000 },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0 } = response;
          const overloaded = response.headers['x-envoy-overloaded'] === 'true';
          resolve({ status, overloaded, text, ...signature(text) });
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer of ${host} within 10 s`)));
    request.on('error', reject);
  });
}

/** Several at once. */
export const askAtOnce = (count: number, ...asked: Parameters<typeof ask>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, () => ask(...asked)));

/** One after the other. */
export async function askInTurn(count: number, ...asked: Parameters<typeof ask>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let turn = 0; turn < count; turn += 1) answers.push(await ask(...asked));
  return answers;
}

/** Every program of the shop signs its answers. */
function signature(text: string): Pick<Answer, 'version' | 'pod'> {
  const found = /^\{"app":"[^"]*","version":"([^"]*)","pod":"([^"]*)"/.exec(text);
  return { version: found?.[1] ?? null, pod: found?.[2] ?? null };
}
