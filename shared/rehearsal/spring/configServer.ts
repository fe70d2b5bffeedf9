import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { type Answerer, serve, type Served, springError } from './server.ts';

/** One file as the Config Server hands it out. */
export interface HandedOut {
  readonly name: string;
  readonly source: ReadonlyMap<string, string | number | boolean>;
}

/** Spring Cloud Config with its native backend: a folder, read anew at each request. */
export interface SimulatedConfigServer extends Served {
  /** What an application gets, the first that has a property winning. */
  sources(app: string, profiles: readonly string[]): readonly HandedOut[];
  /** Fails as the real one does while one of its files cannot be read; `stands still` hands out what it had. */
  fault: 'fails' | 'stands still' | null;
}

export async function simulateConfigServer(folder: string): Promise<SimulatedConfigServer> {
  const settings: Pick<SimulatedConfigServer, 'fault'> = { fault: null };
  const kept = new Map<string, readonly HandedOut[]>();

  function sources(app: string, profiles: readonly string[]): readonly HandedOut[] {
    const asked = `${app}/${profiles.join(',')}`;
    const before = kept.get(asked);
    if (settings.fault === 'stands still' && before !== undefined) return before;
    const files = new Set(readdirSync(folder));
    const named = profiles.flatMap((profile) => [`${app}-${profile}.yml`, `application-${profile}.yml`]);
    const found = [...named, `${app}.yml`, 'application.yml']
      .filter((file) => files.has(file))
      .map((file) => ({
        name: `file:${folder}/${file}`,
        source: flatten(parseDocument(readFileSync(join(folder, file), 'utf8'), { version: '1.1' }).toJS()),
      }));
    kept.set(asked, found);
    return found;
  }

  const answer: Answerer = ({ method, path }) => {
    const [, app, profiles, ...more] = path.split('/');
    if (method !== 'GET' || app === undefined || profiles === undefined || more.length > 1)
      return springError(404, 'Not Found', path);
    if (settings.fault === 'fails') return springError(500, 'Internal Server Error', path);
    const names = profiles.split(',');
    return {
      status: 200,
      body: {
        name: app,
        // As it was asked: the real one does not part them either.
        profiles: [profiles],
        label: null,
        version: null,
        state: null,
        propertySources: sources(app, names).map(({ name, source }) => ({
          name,
          source: Object.fromEntries(source),
        })),
      },
    };
  };

  const served = await serve(answer);
  return Object.assign(settings, {
    sources,
    port: served.port,
    asked: served.asked,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  });
}

/** Maps and lists become names with dots and places in brackets. */
function flatten(value: unknown, key = ''): Map<string, string | number | boolean> {
  if (Array.isArray(value))
    return new Map(value.flatMap((item, place) => [...flatten(item, `${key}[${place}]`)]));
  if (typeof value === 'object' && value !== null)
    return new Map(
      Object.entries(value).flatMap(([name, inner]) => [
        ...flatten(inner, key === '' ? name : `${key}.${name}`),
      ]),
    );
  if (key === '') return new Map();
  const isPlain = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
  return new Map([[key, isPlain ? value : '']]);
}
