import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

/** A request as it is kept in a recording; the user's token never is. */
export interface RecordedRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Where and as whom to ask. */
export interface Asker {
  readonly url: string;
  readonly caFile?: string;
  readonly token?: string;
  /** Who asks, as it is written into the recording. */
  readonly user: string;
}

/** What came back: JSON where it is JSON, else text; a watch gives its lines. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Recorder {
  /** Asks, keeps question and answer under a name, and gives the answer. */
  record(name: string, asker: Asker, request: RecordedRequest): Promise<RecordedResponse>;
  /** Asks for a stream, keeps what came until it ended, one entry per line. */
  recordLines(name: string, asker: Asker, request: RecordedRequest): Promise<readonly unknown[]>;
  readonly count: number;
  readonly bytes: number;
}

const keptHeaders = [
  ...['content-type', 'warning', 'retry-after', 'location', 'allow', 'cache-control'],
  ...[
    'x-consul-index',
    'x-consul-knownleader',
    'x-consul-query-backend',
    'x-consul-results-filtered-by-acls',
  ],
];

/** A recorder for one peer; `keep` stores a finished recording. */
export function createRecorder(
  peer: string,
  keep: (name: string, fixture: string) => Promise<void>,
): Recorder {
  let count = 0;
  let bytes = 0;
  async function store(
    name: string,
    user: string,
    request: RecordedRequest,
    response: unknown,
  ): Promise<void> {
    const recordedWith = 'node test/peers/record.ts';
    const asked = { method: 'GET', ...request };
    const fixture = written({ recordedWith, peer, user, request: asked, response });
    count += 1;
    bytes += fixture.length;
    await keep(name, fixture);
  }
  return {
    get count() {
      return count;
    },
    get bytes() {
      return bytes;
    },
    async record(name, asker, request) {
      const { status, headers, text } = await ask(asker, request);
      const response = {
        status,
        headers,
        body: parse(text.replaceAll(certificates, 'left out: a certificate')),
      };
      await store(name, asker.user, request, response);
      return response;
    },
    async recordLines(name, asker, request) {
      const { status, headers, text } = await ask(asker, request);
      const lines = text
        .split('\n')
        .filter((line) => line !== '')
        .map(parse);
      await store(name, asker.user, request, { status, headers, lines });
      return lines;
    },
  };
}

/** One line for each part: indented throughout, a third of all recordings would be spaces. */
function written(recording: object): string {
  const parts = Object.entries(recording).map(
    ([name, part]) => `  ${JSON.stringify(name)}: ${JSON.stringify(part)}`,
  );
  return `{\n${parts.join(',\n')}\n}\n`;
}

/** As JSON has them: what proves who somebody is has no place in a recording. */
const certificates = /-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----(?:\\n)*/g;

/** Asks without recording. */
export async function ask(asker: Asker, request: RecordedRequest) {
  const { url, caFile, token } = asker;
  const { method = 'GET', path, headers = {}, body } = request;
  const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  // Node frames the body of a DELETE only where its length is given; without it the server sees none.
  const contentType =
    sent === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(sent)) };
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  const options = {
    method,
    headers: { accept: 'application/json', ...contentType, ...headers, ...authorization },
    signal: AbortSignal.timeout(150_000),
    agent: false as const,
    ...ca,
  };
  const send = url.startsWith('https:') ? secureRequest : plainRequest;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = send(new URL(path, url), options, resolve);
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
  const kept = keptHeaders.flatMap((name) => {
    const value = answer.headers[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return { status: answer.statusCode ?? 0, headers: Object.fromEntries(kept), text };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
