import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Wanted } from './commandLine.ts';
import type { KubeInput, ObjectStore } from './kube/store.ts';
import { fieldsAt, listAt, textOf, type Fields } from './traffic/reading.ts';

const followed = ['virtualservices', 'destinationrules'] as const;
const pauseMs = 1_000;

/** Keeps routes and rules in step with a real API server's, by list and watch, until the signal. */
export function followReal(
  store: ObjectStore,
  real: NonNullable<Wanted['follow']>,
  signal: AbortSignal,
  log: (text: string) => void,
): void {
  const ask = asker(real, signal);
  for (const resource of followed) void followResource(resource, store, ask, signal, log);
}

type Ask = (path: string) => Promise<IncomingMessage>;

async function followResource(
  resource: string,
  store: ObjectStore,
  ask: Ask,
  signal: AbortSignal,
  log: (text: string) => void,
): Promise<void> {
  const path = `/apis/networking.istio.io/v1/${resource}`;
  while (!signal.aborted) {
    try {
      const list = fieldsAt(JSON.parse(await textFrom(await ask(path))));
      const items = listAt(list, 'items').map((item) => inputOf(item, resource));
      const present = new Set(items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
      for (const item of items) store.put(item);
      for (const { metadata } of store.list(resource)) {
        if (present.has(`${metadata.namespace}/${metadata.name}`)) continue;
        store.remove(resource, metadata.namespace ?? null, metadata.name);
      }
      const version = textOf(fieldsAt(list, 'metadata')['resourceVersion']) ?? '';
      const watch = await ask(
        `${path}?watch=true&resourceVersion=${encodeURIComponent(version)}&timeoutSeconds=300`,
      );
      for await (const line of linesOf(watch)) {
        const event = fieldsAt(JSON.parse(line));
        // An ERROR is mostly a revision that is too old: the next round lists again.
        if (event['type'] === 'ERROR') break;
        const object = inputOf(event['object'], resource);
        if (event['type'] !== 'DELETED') store.put(object);
        else store.remove(resource, object.metadata.namespace ?? null, object.metadata.name);
      }
    } catch (error) {
      if (!signal.aborted)
        log(`following ${resource}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function inputOf(object: unknown, resource: string): KubeInput {
  const fields = fieldsAt(object);
  const metadata: Fields = fieldsAt(fields, 'metadata');
  const name = textOf(metadata['name']);
  const namespace = textOf(metadata['namespace']);
  if (name === null || namespace === null)
    throw new Error(`an object of ${resource} has no name or namespace`);
  return {
    ...fields,
    apiVersion: 'networking.istio.io/v1',
    kind: resource === 'virtualservices' ? 'VirtualService' : 'DestinationRule',
    metadata: { ...metadata, name, namespace },
  };
}

function asker(real: NonNullable<Wanted['follow']>, signal: AbortSignal): Ask {
  const read = (file: string | null): Buffer | undefined => (file === null ? undefined : readFileSync(file));
  const [ca, cert, key] = [read(real.caFile), read(real.certFile), read(real.keyFile)];
  const headers = {
    accept: 'application/json',
    ...(real.token === null ? {} : { authorization: `Bearer ${real.token}` }),
  };
  return (path) =>
    new Promise((resolve, reject) => {
      const url = new URL(path, real.url);
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const outgoing = send(url, {
        headers,
        signal,
        ...(ca && { ca }),
        ...(cert && { cert }),
        ...(key && { key }),
      });
      outgoing.on('error', reject);
      outgoing.on('response', (answer) => {
        if (answer.statusCode === 200) return resolve(answer);
        answer.resume();
        reject(new Error(`GET ${url.pathname} was answered with ${answer.statusCode}`));
      });
      outgoing.end();
    });
}

async function textFrom(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function* linesOf(answer: IncomingMessage): AsyncIterable<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line;
  }
}
