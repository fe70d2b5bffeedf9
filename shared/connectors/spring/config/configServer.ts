import { z } from 'zod';
import { PeerError } from '../../kit/peerError.ts';
import type { PeerAnswer, Transport } from '../../kit/transport.ts';
import { entriesOf, textOf } from './environment.ts';

/** What an application asks the Config Server for. */
export interface Asker {
  readonly app: string;
  readonly profiles: readonly string[];
  /** A branch or tag; null for the server's own. */
  readonly label: string | null;
}

/** One file as the Config Server hands it out. */
export interface ServedSource {
  /** As the server calls it. */
  readonly name: string;
  readonly file: SourceFile;
  readonly properties: ReadonlyMap<string, string>;
}

/** Where a property source comes from. */
export interface SourceFile {
  /** "/srv/config/payment.yml", or the address of a repository with the path in it. */
  readonly path: string;
  /** Which of several documents in the file; null where it is the only one. */
  readonly document: number | null;
}

/** The part of Spring Cloud Config's API that Podium uses: reading. Everything throws `PeerError`. */
export interface ConfigServer {
  readonly route: string;
  /** The first that has a property wins. An application that it does not know gets what all get. */
  sources(asker: Asker, signal: AbortSignal): Promise<readonly ServedSource[]>;
  close(): void;
}

const timeoutMs = 8_000;
const maxBytes = 8 * 1024 * 1024;

/** Reaches it when it is first asked, so that one that is down takes nothing else with it. */
export function createConfigServer(
  address: string,
  reach: () => Promise<Transport & { close(): void }>,
): ConfigServer {
  let reached: ReturnType<typeof reach> | null = null;
  const route = `at ${address}`;
  return {
    route,
    async sources({ app, profiles, label }, signal) {
      reached ??= reach();
      const transport = await reached.catch((error: unknown) => {
        reached = null;
        throw error;
      });
      // A slash in a label is written so, for it would begin another part of the path (Config Server's reference).
      const parts = [app, profiles.join(','), ...(label === null ? [] : [label.replaceAll('/', '(_)')])];
      const path = `/${parts.map(encodeURIComponent).join('/')}`;
      return read(await transport.request({ method: 'GET', path, signal, timeoutMs, maxBytes }), app, route);
    },
    close: () => void reached?.then((transport) => transport.close()).catch(() => undefined),
  };
}

const Answer = z.object({
  name: z.string(),
  propertySources: z.array(z.object({ name: z.string(), source: z.unknown().optional() })),
});

function read({ status, body }: PeerAnswer, app: string, route: string): readonly ServedSource[] {
  const tried = `Reading what ${app} gets of the Config Server ${route}`;
  const fail = (kind: PeerError['kind'], why: string): never => {
    throw new PeerError(kind, `${tried}: ${why} (${status}).`, { status });
  };
  if (status === 401 || status === 403)
    fail(status === 401 ? 'unauthenticated' : 'forbidden', 'it asks for other credentials');
  if (status === 404) fail('notFound', 'it has no such label, or is no Config Server');
  if (status === 500) fail('broken', 'it fails, as it does where one of its files cannot be read');
  if (status !== 200) fail(status === 503 || status === 429 ? 'busy' : 'broken', 'it answers with an error');
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(body);
  } catch {
    // Said below.
  }
  const answer = Answer.safeParse(parsed).data;
  if (answer === undefined) throw new PeerError('notThePeer', `${tried}: what answers is no Config Server.`);
  return answer.propertySources.map(({ name, source }) => ({
    name,
    file: fileOf(name),
    properties: new Map(entriesOf(source).map(([key, value]) => [key, textOf(value)])),
  }));
}

/**
 * The file that a source's name tells of: "file:/srv/config/payment.yml", as instances call it "configserver:file:/srv/…", or
 * "Config resource 'file [/srv/config/payment.yml]' via location 'file:/srv/config/' (document #1)" where a file holds several.
 */
export function fileOf(name: string): SourceFile {
  const plain = name.replace(/^configserver:/, '');
  const document = / \(document #(\d+)\)$/.exec(plain)?.[1];
  const inside = /'(?:file|class path resource) \[([^\]]+)\]'/.exec(plain)?.[1];
  const path = (inside ?? plain.replace(/ \(document #\d+\)$/, '')).replace(/^file:(\/\/)?/, '');
  return { path, document: document === undefined ? null : Number(document) };
}

export const isFromConfigServer = (source: string): boolean => source.startsWith('configserver:');

export const isSameFile = (a: SourceFile, b: SourceFile): boolean =>
  a.path === b.path && a.document === b.document;

/** Its last part, by which people call it. */
export const nameOf = ({ path, document }: SourceFile): string =>
  `${path.split('/').at(-1) ?? path}${document === null ? '' : ` #${document}`}`;
