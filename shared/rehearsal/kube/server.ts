import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allows, anonymous, demand, type KubeUser, userOf } from './access.ts';
import type { ObjectCall } from './call.ts';
import { discoveryDocument, versionDocument } from './discovery.ts';
import { createFaults, type KubeFaults, type SeenRequest, suffer } from './faults.ts';
import { readBody, readTarget, seenRequest, urlOf } from './incoming.ts';
import { isRecord } from './jsonPatch.ts';
import { get, list } from './list.ts';
import { podLog, type PodLogs } from './logs.ts';
import { isTrue, type ObjectAddress, verbOf } from './paths.ts';
import { createPortForwarder, type PodPorts } from './portForward.ts';
import { type Proxies, proxyService } from './proxy.ts';
import { type Reply, replyTo, sendJson, sendText } from './reply.ts';
import { review, reviewKinds } from './reviews.ts';
import {
  badRequest,
  forbidden,
  internalError,
  methodNotAllowed,
  noSuchResource,
  Refusal,
  unauthorized,
} from './status.ts';
import { optionalGroups, type OptionalGroup } from './resources.ts';
import { scale } from './scale.ts';
import type { ObjectStore } from './store.ts';
import { type OpenWatch, watch } from './watch.ts';
import { create, patch, remove, update } from './write.ts';

/** What the API server serves, to whom, and what stands behind its Services. */
export interface KubeServerOptions {
  readonly store: ObjectStore;
  /** By bearer token; may be changed while the server runs. */
  readonly tokens: ReadonlyMap<string, KubeUser>;
  readonly proxies: Proxies;
  readonly podLogs?: PodLogs;
  /** What port-forwards reach; nothing where it is absent. */
  readonly podPorts?: PodPorts;
  readonly now?: () => number;
  readonly bookmarkEveryMs?: number;
  readonly port?: number;
  /** Groups of custom resources that are installed besides Istio's; none unless said. */
  readonly serves?: readonly OptionalGroup[];
}

/** A running API server on the loopback address. */
export interface KubeServer extends AsyncDisposable {
  readonly url: string;
  readonly faults: KubeFaults;
  /** What was asked so far, the newest last; the oldest are forgotten beyond ten thousand. */
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

/** Starts the rehearsal's API server: plain HTTP on 127.0.0.1. */
export async function startKubeServer(options: KubeServerOptions): Promise<KubeServer> {
  const watches = new Set<OpenWatch>();
  const { faults, take } = createFaults(watches);
  const requests: SeenRequest[] = [];
  const now = options.now ?? Date.now;

  const server = createServer((request, response) => {
    const reply = replyTo(request, response);
    let through = reply;
    const url = urlOf(request);
    const seen = seenRequest(request, url, now());
    requests.push(seen);
    if (requests.length > 10_000) requests.splice(0, 1000);
    const effect = take(seen);
    if (effect !== undefined) {
      const suffered = suffer(effect, reply);
      if ('answered' in suffered) return;
      through = suffered.through;
    }
    answer(request, url, through).catch((error: unknown) => refuse(through, error));
  });

  const answer = async (request: IncomingMessage, url: URL, reply: Reply): Promise<void> => {
    const user = userOf(request.headers.authorization, options.tokens, now());
    if (user === undefined) throw unauthorized();
    const target = readTarget(url.pathname);
    if (target.kind === 'other') return other(request, url.pathname, user, reply);
    const { address } = target;
    const verb = verbOf(request.method ?? 'GET', address, isTrue(url.searchParams.get('watch')));
    const { group, namespace, name } = address;
    const resourceName =
      address.subresource === null ? address.plural : `${address.plural}/${address.subresource}`;
    demand(user, {
      verb: proxied(address) ? proxyVerb(verb) : verb,
      group,
      resource: resourceName,
      namespace,
      name,
    });
    let whole: Promise<Buffer> | undefined;
    const body = (): Promise<Buffer> => (whole ??= readBody(request));
    const reviewKind = reviewKinds[group]?.[address.plural];
    if (reviewKind !== undefined)
      return answerReview(reviewKind, request.method, await body(), user, reply, now());
    const { resource } = address;
    const installed = !optionalGroups.some((one) => one === group && !options.serves?.includes(one));
    if (resource === undefined || !installed) return unknownResource(address, reply);
    const call: ObjectCall = {
      method: request.method ?? 'GET',
      verb,
      query: url.searchParams,
      headers: request.headers,
      address,
      resource,
      user,
      store: options.store,
      reply,
      now,
      body,
    };
    if (proxied(address)) return proxyService(call, request, options.proxies);
    return objects(call);
  };

  const objects = (call: ObjectCall): void | Promise<void> => {
    const { subresource } = call.address;
    if (subresource !== null && !call.resource.subresources.includes(subresource)) throw noSuchResource();
    if (subresource === 'log') {
      if (call.verb !== 'get') throw methodNotAllowed();
      return podLog(call, options.podLogs ?? (() => undefined));
    }
    if (subresource === 'portforward') throw badRequest('Upgrade request required');
    if (subresource === 'scale') return scale(call);
    const named = call.address.name !== null;
    if (call.verb === 'get') return get(call);
    if (call.verb === 'list') return list(call);
    if (call.verb === 'watch') return watch(call, watches, options.bookmarkEveryMs ?? 60_000);
    // An object that lives in a namespace is written through its namespace's address.
    if (call.resource.namespaced && call.address.namespace === null) throw methodNotAllowed();
    if (call.verb === 'create' && !named) return create(call, faults.webhook);
    if (call.verb === 'update' && named) return update(call, faults.webhook);
    if (call.verb === 'patch' && named) return patch(call, faults.webhook);
    if (call.verb === 'delete' && named && subresource === null) return remove(call);
    throw methodNotAllowed();
  };

  const other = (request: IncomingMessage, path: string, user: KubeUser, reply: Reply): void => {
    const open = ['/version', '/version/', '/healthz', '/livez', '/readyz'].includes(path);
    const known = open || /^\/apis?(\/|$)/.test(path);
    if ((user === anonymous && !open) || (!known && !allows(user, everything))) {
      const refusal = forbidden({ group: '', resource: '' }, `User "${user.name}" cannot get path "${path}"`);
      const message = `forbidden: User "${user.name}" cannot get path "${path}"`;
      throw new Refusal({ ...refusal.body, message, details: {} });
    }
    if (path.startsWith('/version')) return sendJson(reply, 200, versionDocument);
    if (open) return sendText(reply, 200, 'ok');
    const document = discoveryDocument(path, request.headers.host ?? '', options.serves);
    if (document === undefined) return sendText(reply, 404, '404 page not found\n');
    if (request.method !== 'GET') throw methodNotAllowed();
    sendJson(reply, 200, document);
  };

  const podPorts = options.podPorts ?? (() => undefined);
  const forwarder = createPortForwarder({ store: options.store, tokens: options.tokens, now, podPorts });
  server.on('upgrade', (request, socket, head) => forwarder.accept(request, socket, head));
  // A watch may be silent for long, and a client must never be hurried by this side.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      forwarder.close();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, faults, requests, close, [Symbol.asyncDispose]: close };
}

const everything = { verb: '*', group: '*', resource: '*', namespace: null, name: null };
const proxied = (address: ObjectAddress): boolean =>
  address.plural === 'services' && address.subresource === 'proxy';
const proxyVerb = (verb: string): string => (verb === 'list' ? 'get' : verb);

function answerReview(
  kind: string,
  method: string | undefined,
  body: Buffer,
  user: KubeUser,
  reply: Reply,
  nowMs: number,
): void {
  if (method !== 'POST') throw methodNotAllowed();
  let asked: unknown;
  try {
    asked = JSON.parse(body.toString());
  } catch {
    throw badRequest('the body of the review is not JSON');
  }
  if (!isRecord(asked)) throw badRequest('the body of the review is not an object');
  sendJson(reply, 201, review(kind, asked, user, nowMs));
}

function unknownResource(address: ObjectAddress, reply: Reply): void {
  // Built-in groups answer with a Status; where no group stands behind the path, the answer is text.
  const builtIn =
    !address.group.endsWith('.istio.io') && discoveryDocument(`/apis/${address.group}`, '') !== undefined;
  if (builtIn || (address.group === '' && address.version === 'v1')) throw noSuchResource();
  sendText(reply, 404, '404 page not found\n');
}

function refuse(reply: Reply, error: unknown): void {
  if (reply.begun()) return reply.reset();
  const refusal =
    error instanceof Refusal ? error : internalError(error instanceof Error ? error.message : String(error));
  sendJson(reply, refusal.body.code, refusal.body, { headers: refusal.headers });
}
