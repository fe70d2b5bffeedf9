import type { DocumentRef } from '../../../model/entity.ts';
import { createOriginTransport } from '../../http/originTransport.ts';
import type { NamedFolder } from '../../kit/folder.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import type { Fleet } from '../fleet.ts';
import { type ConfigServer, createConfigServer, type ServedSource, type SourceFile } from './configServer.ts';
import { readSourceText } from './readSourceText.ts';
import type { SourceText } from './sourceText.ts';

/** What the configuration of one connection is read and written with. */
export interface Desk {
  readonly fleet: Fleet;
  /** Null where the operator gave no Config Server. */
  readonly server: ConfigServer | null;
  /** The folder of its backend on this machine; null where none was given. Throws `PeerError`. */
  folder(): Promise<NamedFolder | null>;
  /** What instances answered to the last refresh, by name: for those that mask their values. */
  readonly refreshed: Map<string, Refreshed>;
  close(): void;
}

/** What the operator gave of the Config Server. */
export interface GivenServer {
  readonly address: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly folder: string | null;
}

export function createDesk(given: GivenServer | undefined, fleet: Fleet): Desk {
  const { host } = fleet;
  const server =
    given === undefined ? null : createConfigServer(given.address, () => createOriginTransport(given, host));
  return {
    fleet,
    server,
    async folder() {
      const path = given?.folder ?? null;
      if (path === null) return null;
      if (host.openFolder === undefined)
        throw new PeerError('refused', 'This Podium lends no folders of its machine.');
      try {
        return await host.openFolder(path);
      } catch (error) {
        throw new PeerError('refused', sayError(error, `Opening ${path}`));
      }
    },
    refreshed: new Map(),
    close: () => server?.close(),
  };
}

/** What became of a refresh. */
export interface Refreshed {
  readonly at: number;
  readonly service: string;
  readonly keys: readonly string[];
}

const awayMs = 10_000;

/** Instances that may be away for a moment because they were just refreshed; of all services where none is named. */
export function justRefreshed({ refreshed, fleet }: Desk, service: string | null): readonly string[] {
  const since = fleet.host.clock.now() - awayMs;
  return [...refreshed].flatMap(([name, one]) =>
    one.at >= since && (service === null || service === one.service) ? [name] : [],
  );
}

export type DocumentKind = 'ConfigFile' | 'Overrides' | 'Loggers';

/** A file is named by its path; the other two by the service whose instances have them. */
export const refOf = ({ fleet }: Desk, kind: DocumentKind, name: string): DocumentRef => ({
  connectionId: fleet.host.connectionId,
  apiVersion: 'spring',
  kind,
  namespace: null,
  name,
  uid: `${kind}/${name}`,
});

/** A file in the operator's folder that is what the Config Server hands out. */
export interface BackendFile {
  readonly folder: NamedFolder;
  /** Its path in the folder. */
  readonly file: string;
  readonly text: string;
  readonly source: SourceText;
}

/** Finds the file of a source. Throws `PeerError` that says why it cannot be changed. */
export async function backendFile(
  desk: Desk,
  { file, properties, name }: ServedSource,
): Promise<BackendFile> {
  const refuse = (why: string): never => {
    throw new PeerError('refused', why);
  };
  const folder =
    (await desk.folder()) ??
    refuse(
      'No folder of the Config Server’s files on this machine was given: fill it in in this connection.',
    );
  if (file.document !== null) return refuse('The file holds several documents; change it by hand.');
  const found = (await findFile(folder, file)) ?? refuse(`Nothing in ${folder.path} is ${name}.`);
  const source = readSourceText(found.file, found.text);
  const differing =
    [...properties.keys()].find((key) => source.values.get(key) !== properties.get(key)) ??
    [...source.values.keys()].find((key) => !properties.has(key));
  if (differing !== undefined)
    return refuse(
      `${found.file} in ${folder.path} is not what the Config Server hands out: ${differing} is another there. It reads other files, or has not taken up the newest yet.`,
    );
  return { folder, source, ...found };
}

/** The file by as much of its path as the folder has: the server may know it by another root. */
async function findFile(folder: NamedFolder, { path }: SourceFile) {
  const parts = path.split('/').filter((part) => part !== '' && !part.startsWith('.'));
  for (let at = 0; at < parts.length; at += 1) {
    const file = parts.slice(at).join('/');
    const text = await folder.read(file).catch((error: unknown) => {
      throw new PeerError('refused', sayError(error, `Reading ${file}`));
    });
    if (text !== null) return { file, text };
  }
  return null;
}
