import type { PatchStep } from '../../model/change.ts';
import type { ConnectorHost, Lent } from '../kit/connector.ts';
import type { PeerAnswer, PeerRequest } from '../kit/transport.ts';
import { errorOf, notThePeer, readJson } from './answers.ts';
import { at, type KubeObject, listAt, readObject, textAt } from './objects.ts';
import { PeerError } from '../kit/peerError.ts';
import { createSeen, type Seen } from './documents/seen.ts';
import type { Reach } from '../http/reach.ts';
import type { Listed, Page } from './reflector.ts';
import { dropIdle, type OpenAnswer, openStream, send } from '../http/request.ts';
import { withLogin } from './withLogin.ts';
import { requestKindOf } from './requestKind.ts';
import { apiVersionOf, pathOf, type Resource } from './resources.ts';
import { createServerClock, type ServerClock } from './serverClock.ts';
import { createSharedWatches, type SharedWatches } from './sharedWatches.ts';
import { readWatch } from './watchStream.ts';

/** What the Kubernetes-native connectors share: one API server, one user, one set of watches. */
export interface KubeClient extends AsyncDisposable {
  /** "https://10.0.0.1:6443". */
  readonly server: string;
  readonly context: string;
  /** Namespaces the operator named; null when all that can be listed. */
  readonly namespaces: readonly string[] | null;
  readonly reach: Reach;
  /** Any request; any status is an answer. */
  request(request: PeerRequest): Promise<PeerAnswer>;
  /** Answers as soon as the headers are there; the caller reads the body, or destroys it. */
  openStream(request: PeerRequest): Promise<OpenAnswer>;
  /** GET of JSON. Throws `PeerError` for everything that is not it. */
  read(path: string, signal: AbortSignal): Promise<unknown>;
  /** POST of a review; creates nothing. */
  review(path: string, body: unknown, signal: AbortSignal): Promise<unknown>;
  object(of: Resource, namespace: string | null, name: string, signal: AbortSignal): Promise<KubeObject>;
  list(
    of: Resource,
    namespace: string | null,
    signal: AbortSignal,
    query?: Readonly<Record<string, string>>,
  ): Promise<readonly KubeObject[]>;
  /** Page by page, so that one may stop early. `metadataOnly`: nothing but names and metadata leave the server. */
  pages(
    of: Resource,
    namespace: string | null,
    how: {
      readonly limit: number;
      readonly metadataOnly: boolean;
      /** Only those that fit, as the server selects them: "type=Warning". */
      readonly fieldSelector?: string;
    },
    signal: AbortSignal,
  ): AsyncIterable<readonly KubeObject[]>;
  patch(
    of: Resource,
    object: KubeObject,
    steps: readonly PatchStep[],
    how: { readonly dryRun: boolean; readonly subresource?: 'status' | null },
    signal: AbortSignal,
  ): Promise<KubeObject>;
  /** POST of a new object; `object` carries no uid or revision. */
  create(
    of: Resource,
    object: NewObject,
    how: { readonly dryRun: boolean },
    signal: AbortSignal,
  ): Promise<KubeObject>;
  /** DELETE of exactly this object: another uid or revision is a conflict. */
  remove(
    of: Resource,
    object: KubeObject,
    how: { readonly dryRun: boolean },
    signal: AbortSignal,
  ): Promise<void>;
  readonly watches: SharedWatches;
  /** For what goes there without it: port-forwards. */
  readonly meter: ConnectorHost['meter'];
  /** Texts that operators were shown, whichever connector showed them. */
  readonly seen: Seen;
  /** The API server's own time, as its answers tell it. */
  readonly serverClock: ServerClock;
  /** Closed with the client: connections of its own that an offer opened. */
  readonly closing: Set<() => void>;
}

/** An object as it is asked to be made. */
export interface NewObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Constant, and holding nothing of the user: it lands in every object's managedFields. */
export const fieldManager = 'podium';
const pageSize = 500;
const metadataAccept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
/** A frozen webhook answers after its own 10 s, at most 30; the server's word is better than ours. */
const writeTimeoutMs = 35_000;

const writeQuery = (dryRun: boolean): URLSearchParams =>
  new URLSearchParams({ fieldManager, fieldValidation: 'Strict', ...(dryRun ? { dryRun: 'All' } : {}) });

const clients = new WeakSet<object>();

function kubeClientOf(lent: Lent): KubeClient | null {
  const { client } = lent;
  // Only clients made below are in the set, so the type is known.
  return typeof client === 'object' && client !== null && clients.has(client) ? (client as KubeClient) : null;
}

/** The client that a connector of the cluster needs; refused with `title`, and what to open instead, where none is lent. */
export function kubeClientFor({ lent }: Pick<ConnectorHost, 'lent'>, title: string): KubeClient {
  const client = kubeClientOf(lent);
  if (client === null)
    throw new PeerError('refused', `${title} is reached through a Kubernetes connection; open that instead.`);
  return client;
}

export function createKubeClient(
  reach: Reach,
  context: string,
  namespaces: readonly string[] | null,
  host: Pick<ConnectorHost, 'clock' | 'log' | 'random' | 'meter'>,
): KubeClient {
  const serverClock = createServerClock();
  const request = async (what: PeerRequest): Promise<PeerAnswer> => {
    const answer = await withLogin(reach, what.signal, () => {
      host.meter?.count(requestKindOf(what));
      return send(reach, what);
    });
    serverClock.note(answer.headers);
    return answer;
  };
  const openCounted = async (asked: PeerRequest, what: string): Promise<OpenAnswer> => {
    const answer = await withLogin(reach, asked.signal, () => {
      host.meter?.count(requestKindOf(asked));
      return openStream(reach, asked);
    });
    const ended = host.meter?.opened(what);
    if (ended !== undefined) answer.body.once('close', ended);
    return answer;
  };
  const read = async (path: string, signal: AbortSignal): Promise<unknown> =>
    readJson(
      await request({ method: 'GET', path, signal }),
      reach.name,
      `Reading ${path.split('?')[0] ?? path}`,
    );

  const page = async (
    of: Resource,
    namespace: string | null,
    query: URLSearchParams,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Page> => {
    const what = whatOf(of, namespace);
    const answer = await request({
      method: 'GET',
      path: `${pathOf(of, namespace)}?${query}`,
      headers,
      signal,
      timeoutMs: 60_000,
    });
    const body = readJson(answer, reach.name, `Listing ${what}`);
    const kind = textAt(body, 'kind');
    const resourceVersion = textAt(body, 'metadata', 'resourceVersion');
    if (kind?.endsWith('List') !== true || resourceVersion === null)
      throw notThePeer(answer, reach.name, `Listing ${what}`);
    const items = listAt(body, 'items')
      .map((item) => readObject(item, apiVersionOf(of), of.kind))
      .filter((item) => item !== null);
    return { items, resourceVersion, next: textAt(body, 'metadata', 'continue') || null };
  };

  const listed = (of: Resource, namespace: string | null): Listed => {
    const what = whatOf(of, namespace);
    const part = (limit: number, next: string | null, signal: AbortSignal): Promise<Page> =>
      page(
        of,
        namespace,
        new URLSearchParams({ limit: String(limit), ...(next === null ? {} : { continue: next }) }),
        signal,
      );
    return {
      what,
      page: (next, signal) => part(pageSize, next, signal),
      revision: async (signal) => (await part(1, null, signal)).resourceVersion,
      async watch(resourceVersion, timeoutSeconds, signal) {
        const query = new URLSearchParams({
          watch: 'true',
          allowWatchBookmarks: 'true',
          resourceVersion,
          timeoutSeconds: String(timeoutSeconds),
        });
        const path = `${pathOf(of, namespace)}?${query}`;
        const answer = await openCounted({ method: 'GET', path, signal }, what);
        const type = answer.headers['content-type'] ?? '';
        if (answer.status === 200 && type.startsWith('application/json'))
          return readWatch(answer.body, reach.name, what, { apiVersion: apiVersionOf(of), kind: of.kind });
        const body = await readStart(answer.body);
        const whole: PeerAnswer = { status: answer.status, headers: answer.headers, body };
        throw answer.status === 200
          ? notThePeer(whole, reach.name, `Watching ${what}`)
          : errorOf(whole, reach.name, `Watching ${what}`);
      },
    };
  };

  const watches = createSharedWatches(namespaces, listed, host, () => dropIdle(reach));
  const closing = new Set<() => void>();
  const client: KubeClient = {
    server: reach.name,
    context,
    namespaces,
    reach,
    request,
    openStream: (what) => openCounted(what, what.path.split('?')[0] ?? ''),
    read,
    watches,
    meter: host.meter,
    seen: createSeen(),
    serverClock,
    closing,
    async review(path, body, signal) {
      const answer = await request({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal,
      });
      return readJson(answer, reach.name, `Asking ${path}`);
    },
    async object(of, namespace, name, signal) {
      const found = readObject(await read(pathOf(of, namespace, name), signal), apiVersionOf(of), of.kind);
      if (found === null)
        throw new PeerError('broken', `${reach.name} gave no ${of.kind} for ${namespace ?? ''}/${name}.`);
      return found;
    },
    async list(of, namespace, signal, query = {}) {
      const items: KubeObject[] = [];
      let next: string | null = null;
      do {
        const asked = new URLSearchParams({
          ...query,
          limit: String(pageSize),
          ...(next === null ? {} : { continue: next }),
        });
        const one: Page = await page(of, namespace, asked, signal);
        items.push(...one.items);
        next = one.next;
      } while (next !== null);
      return items;
    },
    async *pages(of, namespace, { limit, metadataOnly, fieldSelector }, signal) {
      let next: string | null = null;
      do {
        const asked = new URLSearchParams({
          limit: String(limit),
          ...(fieldSelector === undefined ? {} : { fieldSelector }),
          ...(next === null ? {} : { continue: next }),
        });
        const headers: Readonly<Record<string, string>> = metadataOnly ? { accept: metadataAccept } : {};
        const one: Page = await page(of, namespace, asked, signal, headers);
        yield one.items;
        next = one.next;
      } while (next !== null);
    },
    async patch(of, object, steps, { dryRun, subresource = null }, signal) {
      const namespace = object.metadata.namespace ?? null;
      const answer = await request({
        method: 'PATCH',
        path: `${pathOf(of, namespace, object.metadata.name)}${subresource === null ? '' : `/${subresource}`}?${writeQuery(dryRun)}`,
        headers: { 'content-type': 'application/json-patch+json' },
        body: JSON.stringify(steps),
        timeoutMs: writeTimeoutMs,
        signal,
      });
      const tried = `${dryRun ? 'Trying the change of' : 'Changing'} ${of.kind} ${namespace ?? ''}/${object.metadata.name}`;
      const result = readObject(readJson(answer, reach.name, tried), apiVersionOf(of), of.kind);
      if (result === null) throw notThePeer(answer, reach.name, tried);
      return result;
    },
    async create(of, object, { dryRun }, signal) {
      const namespace = object.metadata.namespace ?? null;
      const answer = await request({
        method: 'POST',
        path: `${pathOf(of, namespace)}?${writeQuery(dryRun)}`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(object),
        timeoutMs: writeTimeoutMs,
        signal,
      });
      const tried = `${dryRun ? 'Trying to create' : 'Creating'} ${of.kind} ${namespace ?? ''}/${object.metadata.name}`;
      const made = readJson(answer, reach.name, tried);
      const result = readObject(dryRun ? withRevision(made) : made, apiVersionOf(of), of.kind);
      if (result === null) throw notThePeer(answer, reach.name, tried);
      return result;
    },
    async remove(of, object, { dryRun }, signal) {
      const { namespace = null, name, uid, resourceVersion } = object.metadata;
      const answer = await request({
        method: 'DELETE',
        path: `${pathOf(of, namespace, name)}${dryRun ? '?dryRun=All' : ''}`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          preconditions: { uid, resourceVersion },
          ...(dryRun ? { dryRun: ['All'] } : {}),
        }),
        timeoutMs: writeTimeoutMs,
        signal,
      });
      readJson(
        answer,
        reach.name,
        `${dryRun ? 'Trying to delete' : 'Deleting'} ${of.kind} ${namespace ?? ''}/${name}`,
      );
    },
    async [Symbol.asyncDispose]() {
      await watches[Symbol.asyncDispose]();
      for (const close of closing) close();
      reach.close();
    },
  };
  clients.add(client);
  return client;
}

const whatOf = (of: Resource, namespace: string | null): string =>
  `${of.plural} in ${namespace === null ? 'all namespaces' : `namespace ${namespace}`}`;

/** The beginning of an answer that was not a stream, for its error. */
async function readStart(body: AsyncIterable<unknown> & { destroy(): void }): Promise<string> {
  let text = '';
  try {
    for await (const chunk of body) {
      text += Buffer.isBuffer(chunk) ? chunk.toString('utf8') : String(chunk);
      if (text.length > 64 * 1024) break;
    }
  } catch {
    // What came is enough to say what it was.
  } finally {
    body.destroy();
  }
  return text;
}

/** Whether an error's body said that the caller's fence no longer holds, or a `test` failed: both want a second look. */
export const mayBeFence = (error: unknown): boolean =>
  error instanceof PeerError && (error.status === 409 || error.status === 422);

/** What was only tried was never stored: a real server gives it a uid and no revision. */
function withRevision(made: unknown): unknown {
  const metadata = at(made, 'metadata');
  if (typeof made !== 'object' || typeof metadata !== 'object') return made;
  return { ...made, metadata: { resourceVersion: '', ...metadata } };
}
