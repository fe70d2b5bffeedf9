import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { PeerError } from '../kit/peerError.ts';
import { errorOfStatus } from './answers.ts';
import { at, type KubeObject, readObject, textAt } from './objects.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

const longestLine = 16 * 1024 * 1024;

/** Reads the lines of a watch. An ERROR event is thrown as `PeerError`; a line cut short by a lost connection is dropped. */
export async function* readWatch(
  body: IncomingMessage,
  server: string,
  what: string,
  of: { readonly apiVersion: string; readonly kind: string },
): AsyncIterable<WatchEvent> {
  for await (const line of readLines(body, server, what)) {
    const text = line.trim();
    if (text === '') continue;
    yield readEvent(text, server, what, of);
  }
}

function readEvent(
  text: string,
  server: string,
  what: string,
  of: { readonly apiVersion: string; readonly kind: string },
): WatchEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new PeerError('broken', `${server} sent something that is no watch event (watch of ${what}).`);
  }
  const type = textAt(value, 'type');
  if (type === 'ERROR') throw errorOfStatus(at(value, 'object'), server, `Watching ${what}`);
  if (type === 'BOOKMARK') {
    // A bookmark's object has a revision and nothing else worth naming.
    const resourceVersion = textAt(value, 'object', 'metadata', 'resourceVersion');
    if (resourceVersion !== null)
      return { type, object: { ...of, metadata: { name: '', uid: '', resourceVersion } } };
  } else if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') {
    const object = readObject(at(value, 'object'), of.apiVersion, of.kind);
    if (object !== null) return { type, object };
  }
  throw new PeerError('broken', `${server} sent a watch event that is not understood (watch of ${what}).`);
}

async function* readLines(body: IncomingMessage, server: string, what: string): AsyncIterable<string> {
  const decoder = new StringDecoder('utf8');
  let rest: string[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      const text: string = Buffer.isBuffer(chunk) ? decoder.write(chunk) : String(chunk);
      let from = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        rest.push(text.slice(from, end));
        yield rest.join('');
        rest = [];
        length = 0;
        from = end + 1;
      }
      if (from < text.length) rest.push(text.slice(from));
      length += text.length - from;
      if (length > longestLine)
        throw new PeerError(
          'tooLarge',
          `${server} sent a watch event larger than 16 MiB (watch of ${what}).`,
        );
    }
  } catch (error) {
    if (error instanceof PeerError) throw error;
    throw new PeerError('unanswered', `The watch of ${what} at ${server} was cut.`, { cause: error });
  } finally {
    body.destroy();
  }
}
