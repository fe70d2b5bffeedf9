import type { IncomingMessage } from 'node:http';
import type { SeenRequest } from './faults.ts';
import { isTrue, targetOf, verbOf } from './paths.ts';
import { badRequest, tooLarge } from './status.ts';

/** The URL that was asked for; what is no URL counts as the root. */
export function urlOf(request: IncomingMessage): URL {
  return URL.parse(`http://127.0.0.1${request.url ?? '/'}`) ?? new URL('http://127.0.0.1/');
}

/** What a path names; throws 400 for a malformed escape. */
export function readTarget(path: string): ReturnType<typeof targetOf> {
  try {
    return targetOf(path);
  } catch {
    throw badRequest(`the path ${path} has a malformed escape`);
  }
}

/** The request as faults and counts see it. */
export function seenRequest(request: IncomingMessage, url: URL, at: number): SeenRequest {
  const method = request.method ?? 'GET';
  const seen = { method, path: url.pathname, query: url.searchParams, at };
  const nothing = { ...seen, verb: '', resource: '', namespace: null, name: null };
  try {
    const target = targetOf(url.pathname);
    if (target.kind === 'other') return nothing;
    const { plural, namespace, name } = target.address;
    const verb = verbOf(method, target.address, isTrue(url.searchParams.get('watch')));
    return { ...seen, verb, resource: plural, namespace, name };
  } catch {
    return nothing;
  }
}

const bodyLimit = 3 * 1024 * 1024;

/** The whole body; throws 413 above the limit of the real server. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > bodyLimit) throw tooLarge(bodyLimit);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
