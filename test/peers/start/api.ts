import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

/** What the API server answered; `body` is parsed JSON where the answer is JSON, else text. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly contentType?: string;
}

/** A Kubernetes object as far as the harness looks at it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The harness's own small client: it must not share code, and so mistakes, with the connectors it puts to the test. */
export interface ApiClient {
  call(path: string, call?: ApiCall): Promise<ApiAnswer>;
  /** Server-side apply; throws with the server's message when it is refused. */
  apply(object: KubeObject): Promise<void>;
  /** One line of a watch stream after the other, until the stream ends or the signal aborts. */
  lines(path: string, signal: AbortSignal): AsyncIterable<string>;
}

const plurals: Readonly<Record<string, string>> = {
  DestinationRule: 'destinationrules',
  Gateway: 'gateways',
  ServiceEntry: 'serviceentries',
  Sidecar: 'sidecars',
  VirtualService: 'virtualservices',
};

/** The path of an object, derived from its kind and names. */
export function pathOf(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  const { apiVersion, kind, metadata } = object;
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${group}${namespace}/${plurals[kind] ?? `${kind.toLowerCase()}s`}/${metadata.name}`;
}

/** A client for one user, known by token. */
export function createApiClient(url: string, caFile: string, token: string): ApiClient {
  const agent = new Agent({ keepAlive: true, ca: readFileSync(caFile) });
  const authorization = { authorization: `Bearer ${token}` };

  function call(path: string, { method = 'GET', body, contentType }: ApiCall = {}): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const headers = { ...authorization, 'content-type': contentType ?? 'application/json' };
      const signal = AbortSignal.timeout(30_000);
      const outgoing = request(new URL(path, url), { method, headers, agent, signal }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text += chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parse(text) }));
      });
      outgoing.on('error', reject);
      outgoing.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  return {
    call,
    async apply(object) {
      const path = `${pathOf(object)}?fieldManager=shop-team&force=true`;
      // JSON is YAML, so an object can be applied as it is.
      const contentType = 'application/apply-patch+yaml';
      const { status, body } = await call(path, { method: 'PATCH', body: object, contentType });
      if (status >= 300)
        throw new Error(`apply ${object.kind} ${object.metadata.name}: ${status} ${messageOf(body)}`);
    },
    async *lines(path, signal) {
      const answer = await new Promise<AsyncIterable<string>>((resolve, reject) => {
        const outgoing = request(new URL(path, url), { headers: authorization, agent, signal }, (incoming) =>
          resolve(incoming.setEncoding('utf8')),
        );
        outgoing.on('error', reject);
        outgoing.end();
      });
      let rest = '';
      for await (const chunk of answer) {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop() ?? '';
        yield* parts.filter((line) => line !== '');
      }
      if (rest !== '') yield rest;
    },
  };
}

/** The message of a Status, or the text itself. */
export function messageOf(body: unknown): string {
  if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message);
  return typeof body === 'string' ? body.slice(0, 300) : JSON.stringify(body).slice(0, 300);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
