/**
 * The programs inside the shop's pods, all in one process: it watches the pods of the namespace and answers HTTP on
 * the address of each one that is ready, so that a pod that comes or goes takes its traffic with it. Every request is
 * counted here, at the service itself, which is the truth that measurements are held against. It also lists all pods of
 * the cluster for Prometheus, with the meta labels of Prometheus's own Kubernetes discovery.
 */
import { createWriteStream } from 'node:fs';
import { createServer, get, type Server } from 'node:http';
import { z } from 'zod';
import { createApiClient } from '../start/api.ts';

const settings = z
  .object({
    apiUrl: z.string(),
    caFile: z.string(),
    token: z.string(),
    servicePort: z.number(),
    controlPort: z.number(),
    /** Where `order` sends its own requests. */
    sidecarUrl: z.string(),
    paymentHost: z.string(),
    lifeSeconds: z.number(),
    /** Failed requests are written here, in the form in which container runtimes keep logs. */
    logFile: z.string(),
  })
  .parse(JSON.parse(process.env['PODIUM_WORLD'] ?? '{}'));

const podShape = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({ nodeName: z.string().default('') }),
  status: z.object({ podIP: z.string().optional() }).default({}),
});
const listShape = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(podShape) });
const eventShape = z.object({ type: z.string(), object: z.unknown() });
type Pod = z.infer<typeof podShape>;

interface Mode {
  failRatio: number;
  delayMs: number;
}
interface Tally {
  requests: number;
  failed: number;
}

const log = createWriteStream(settings.logFile, { flags: 'a' });
const calm: Mode = { failRatio: 0, delayMs: 5 };
const modes = new Map<string, Mode>();
const tallies = new Map<string, Tally>();
const extraTargets: ReturnType<typeof extraTargetOf>[] = [];
const pods = new Map<string, Pod>();
const servers = new Map<string, Server>();

setTimeout(() => process.exit(0), settings.lifeSeconds * 1_000).unref();
createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://control');
  if (url.pathname === '/_mode' && request.method === 'POST') setMode(url.searchParams);
  response.setHeader('content-type', 'application/json');
  if (url.pathname === '/_targets') {
    response.end(JSON.stringify([...pods.values()].map(targetOf)));
    return;
  }
  if (url.pathname === '/_extraTargets') {
    const added = url.searchParams.get('target');
    if (request.method === 'POST' && added !== null) extraTargets.push(extraTargetOf(JSON.parse(added)));
    response.end(JSON.stringify(extraTargets));
    return;
  }
  response.end(JSON.stringify({ counts: Object.fromEntries(tallies), modes: Object.fromEntries(modes) }));
}).listen(settings.controlPort, '127.0.0.1');
await followPods();

/** Keyed by `app-version`; parameters not given keep their value. */
function setMode(wanted: URLSearchParams): void {
  const key = wanted.get('service') ?? '';
  const before = modes.get(key) ?? calm;
  const number = (name: string, otherwise: number) => Number(wanted.get(name) ?? otherwise);
  modes.set(key, {
    failRatio: number('failRatio', before.failRatio),
    delayMs: number('delayMs', before.delayMs),
  });
}

/** A target that a suite asked for; a job given as a label takes the place of the scrape configuration's own. */
function extraTargetOf(wanted: unknown) {
  const { job, url, labels } = z
    .object({ job: z.string(), url: z.url(), labels: z.record(z.string(), z.string()).default({}) })
    .parse(wanted);
  const { host, pathname } = new URL(url);
  return { targets: [host], labels: { ...labels, job, __metrics_path__: pathname } };
}

/** One entry of an `http_sd` answer; underscores replace what a label name cannot hold, as Prometheus does it. */
function targetOf({ metadata, spec, status }: Pod) {
  const prefix = '__meta_kubernetes_pod';
  const keyed = (kind: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => [
      `${prefix}_${kind}_${key.replaceAll(/[^A-Za-z0-9_]/g, '_')}`,
      value,
    ]);
  const labels = Object.fromEntries([
    ['__meta_kubernetes_namespace', metadata.namespace],
    [`${prefix}_name`, metadata.name],
    [`${prefix}_ip`, status.podIP ?? ''],
    [`${prefix}_node_name`, spec.nodeName],
    ...keyed('label', metadata.labels),
    ...keyed('annotation', metadata.annotations),
  ]) as Record<string, string>;
  return { targets: [status.podIP ?? 'unknown'], labels };
}

async function followPods(): Promise<void> {
  const api = createApiClient(settings.apiUrl, settings.caFile, settings.token);
  const path = '/api/v1/pods';
  for (;;) {
    try {
      const list = listShape.parse((await api.call(path)).body);
      const alive = new Set(list.items.map((pod) => pod.metadata.uid));
      for (const uid of pods.keys()) if (!alive.has(uid)) close(uid);
      for (const pod of list.items) open(pod);
      const since = list.metadata.resourceVersion;
      for await (const line of api.lines(
        `${path}?watch=1&resourceVersion=${since}`,
        AbortSignal.timeout(600_000),
      )) {
        const { type, object } = eventShape.parse(JSON.parse(line));
        if (type === 'ERROR') break;
        const pod = podShape.parse(object);
        if (type === 'DELETED') close(pod.metadata.uid);
        else open(pod);
      }
    } catch (error) {
      console.error('watching pods:', error instanceof Error ? error.message : error);
    }
    // A cut stream is followed by a fresh list, not more often than once a second.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

function open(pod: Pod): void {
  const { name, namespace, uid, labels } = pod.metadata;
  const { app = '', version = 'v1' } = labels;
  const address = pod.status.podIP;
  if (address === undefined) return;
  pods.set(uid, pod);
  // The gateway's pod is an Envoy; it answers for itself, as Prometheus and istiod do.
  if (namespace !== 'shop' || app === 'edge' || servers.has(uid)) return;
  const key = `${app}-${version}`;
  const tally = tallies.get(key) ?? { requests: 0, failed: 0 };
  tallies.set(key, tally);
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url?.startsWith('/_count') === true) {
      response.end(JSON.stringify({ app, version, pod: name, ...tally }));
      return;
    }
    tally.requests += 1;
    void answer(app, modes.get(key) ?? calm).then((status) => {
      if (status >= 500) {
        tally.failed += 1;
        const line = `${app} ${version} ${name}: answered ${status} to ${request.method} ${request.url}`;
        log.write(`${new Date().toISOString()} stdout F ${line}\n`);
      }
      response.statusCode = status;
      response.end(JSON.stringify({ app, version, pod: name, status }));
    });
  });
  server.on('error', (error) => console.error(name, error.message));
  server.listen(settings.servicePort, address);
  servers.set(uid, server);
}

function close(uid: string): void {
  const server = servers.get(uid);
  pods.delete(uid);
  servers.delete(uid);
  server?.close();
  server?.closeAllConnections();
}

async function answer(app: string, { failRatio, delayMs }: Mode): Promise<number> {
  // Between half and one and a half of the delay, so that percentiles differ.
  await new Promise((resolve) => setTimeout(resolve, delayMs * (0.5 + Math.random())));
  if (Math.random() < failRatio) return 500;
  if (app !== 'order') return 200;
  const called = await Promise.all([
    call(settings.paymentHost, '/pay'),
    call('inventory.shop.svc.cluster.local', '/reserve'),
  ]);
  return called.every((status) => status === 200) ? 200 : 502;
}

function call(host: string, path: string): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = get(
      new URL(path, settings.sidecarUrl),
      { headers: { host }, signal: AbortSignal.timeout(5_000) },
      (incoming) => {
        incoming.resume();
        incoming.on('error', () => resolve(599));
        incoming.on('end', () => resolve(incoming.statusCode ?? 599));
      },
    );
    outgoing.on('error', () => resolve(599));
  });
}
