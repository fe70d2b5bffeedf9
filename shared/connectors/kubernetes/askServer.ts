import { PeerError } from '../kit/peerError.ts';
import type { Transport } from '../kit/transport.ts';

/** Asks something that may be the server which is looked for. `body` is null where it is no JSON. Throws `PeerError`. */
export async function askServer(
  transport: Transport,
  path: string,
  { title, advice }: { readonly title: string; readonly advice?: string },
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const { status, body } = await transport.request({
    method: 'GET',
    path,
    signal,
    timeoutMs: 10_000,
    maxBytes: 4 * 1024 * 1024,
  });
  if (status === 401 || status === 403) {
    const words = [`${title} ${transport.route} asks for credentials (${status}).`, advice ?? ''];
    throw new PeerError('unauthenticated', words.join(' ').trim(), { status });
  }
  return { status, body: jsonIn(body) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The same server below a path; itself where there is none. */
export const below = (transport: Transport, prefix: string): Transport =>
  prefix === ''
    ? transport
    : {
        route: `${transport.route}${prefix}`,
        request: (request) => transport.request({ ...request, path: prefix + request.path }),
      };
