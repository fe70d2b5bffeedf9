import { createHash } from 'node:crypto';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { Exec, type ExecPlugin, readPlugin } from './exec/plugin.ts';
import { isAbsent, readSmallFile } from './files.ts';
import { besideFile, inDotKube } from './places.ts';
import { proxyOf } from '../http/proxy.ts';
import type { Caution } from '../../model/connection.ts';
import { pathsIn } from '../../model/pathList.ts';

const Cluster = z.object({
  server: z.string().optional(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': z.string().optional(),
  'proxy-url': z.string().optional(),
  extensions: z.array(z.looseObject({ name: z.string(), extension: z.unknown() })).optional(),
});
const User = z.object({
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  as: z.string().optional(),
  'as-groups': z.array(z.string()).optional(),
  'as-uid': z.string().optional(),
  'as-user-extra': z.record(z.string(), z.array(z.string())).optional(),
  exec: Exec.optional(),
  'auth-provider': z.object({ name: z.string().optional() }).nullish(),
});
const Context = z.object({
  cluster: z.string().optional(),
  user: z.string().optional(),
  namespace: z.string().optional(),
});
export type KubeconfigCluster = z.infer<typeof Cluster>;
export type KubeconfigUser = z.infer<typeof User>;

// A field that kubeconfig writers leave empty is written as null.
const named = z.array(z.looseObject({ name: z.string() })).nullish();
const File = z.object({
  kind: z.string().optional(),
  clusters: named,
  users: named,
  contexts: named,
  'current-context': z.string().nullish(),
});

/** One context with what it refers to, from the first file that defines each. */
export interface KubeContext {
  readonly name: string;
  readonly cluster: KubeconfigCluster;
  readonly user: KubeconfigUser;
  /** The program that it logs in with; null for none, and for one that cannot be run. */
  readonly plugin: ExecPlugin | null;
  readonly userName: string | null;
  readonly namespace: string | null;
  /** Where the context is written; null for pasted text. */
  readonly file: string | null;
  readonly current: boolean;
  /** Why it cannot be opened, else null. */
  readonly problem: string | null;
}

export interface Kubeconfig {
  readonly contexts: readonly KubeContext[];
  /** Files and entries that could not be read, in words. */
  readonly problems: readonly string[];
  /** The file in the home folder, where nobody named another and it is not there: no fault of its own. */
  readonly missing: string | null;
}

/** What to read: files in order, or text. Nothing given means what kubectl would read. */
export interface KubeconfigSource {
  readonly paths?: readonly string[] | undefined;
  readonly text?: string | undefined;
}

/** Where kubectl looks: KUBECONFIG's list, else ~/.kube/config. */
export function defaultPaths(
  env: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  const named = pathsIn(env['KUBECONFIG'], process.platform);
  return named.length > 0 ? named : [inDotKube('config', env)];
}

interface Entry {
  readonly value: unknown;
  readonly file: string | null;
}

/** What files held when they could last be read, by path. */
export type FormerTexts = Map<string, string>;

/** Reads and merges; the first file that defines a name wins. A file that cannot be read is a problem, not an end. */
export async function readKubeconfig(
  source: KubeconfigSource,
  /** With it, a file that is being written counts as what it was before. */
  former?: FormerTexts,
): Promise<Kubeconfig> {
  const problems: string[] = [];
  let missing: string | null = null;
  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  const contexts = new Map<string, Entry>();
  let current: string | null = null;

  const take = (text: string, file: string | null): void => {
    let parsed = parseFile(text);
    const where = file ?? 'the pasted kubeconfig';
    if (typeof parsed === 'string') {
      const before = file === null ? undefined : former?.get(file);
      problems.push(`${where} ${parsed}${before === undefined ? '' : '; what it said before still counts'}`);
      if (before === undefined) return;
      parsed = parseFile(before);
      if (typeof parsed === 'string') return;
    } else if (file !== null) former?.set(file, text);
    for (const [map, list, key] of [
      [clusters, parsed.clusters, 'cluster'],
      [users, parsed.users, 'user'],
      [contexts, parsed.contexts, 'context'],
    ] as const) {
      for (const entry of list ?? []) {
        if (!map.has(entry.name)) map.set(entry.name, { value: entry[key] ?? {}, file });
      }
    }
    current ??= parsed['current-context'] || null;
  };

  if (source.text !== undefined) take(source.text, null);
  const paths = source.paths ?? (source.text === undefined ? defaultPaths() : []);
  const isNamed =
    source.paths !== undefined || pathsIn(process.env['KUBECONFIG'], process.platform).length > 0;
  for (const path of paths) {
    try {
      take((await readSmallFile(path, 'The kubeconfig file')).toString('utf8'), path);
    } catch (error) {
      if (!isNamed && isAbsent(error)) missing = path;
      else problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  const found = [...contexts].map(([name, entry]) =>
    contextFrom(name, entry, clusters, users, name === current),
  );
  return { contexts: found, problems, missing };
}

function parseFile(text: string): z.infer<typeof File> | string {
  if (text.trim() === '') return 'is empty';
  let value: unknown;
  try {
    const document = parseDocument(text, { uniqueKeys: true, prettyErrors: false });
    const error = document.errors[0];
    if (error !== undefined) {
      const line = text.slice(0, error.pos[0]).split('\n').length;
      // The parser's own words may quote the line, and the line may be a key.
      return `is not valid YAML (line ${line}: ${error.code.toLowerCase().replaceAll('_', ' ')})`;
    }
    value = document.toJS({ maxAliasCount: 50 });
  } catch {
    return 'is not valid YAML';
  }
  const parsed = File.safeParse(value);
  if (!parsed.success) {
    return `is not a kubeconfig: ${parsed.error.issues[0]?.path.join('.') || 'the document'} has the wrong type`;
  }
  return parsed.data;
}

function contextFrom(
  name: string,
  entry: Entry,
  clusters: ReadonlyMap<string, Entry>,
  users: ReadonlyMap<string, Entry>,
  current: boolean,
): KubeContext {
  const context = Context.safeParse(dropNulls(entry.value));
  const clusterName = context.success ? context.data.cluster : undefined;
  const userName = context.success ? context.data.user : undefined;
  const clusterEntry = clusters.get(clusterName ?? '');
  const userEntry = users.get(userName ?? '');
  const cluster = Cluster.safeParse(dropNulls(clusterEntry?.value ?? {}));
  const user = User.safeParse(dropNulls(userEntry?.value ?? {}));
  const plugin =
    user.success && user.data.exec !== undefined ? readPlugin(user.data.exec, userEntry?.file ?? null) : null;
  const problem = ((): string | null => {
    if (!context.success) return 'The context has a field of the wrong type.';
    if (clusterName === undefined) return 'The context names no cluster.';
    if (clusterEntry === undefined) return `Its cluster “${clusterName}” is defined nowhere.`;
    if (!cluster.success) return `Its cluster “${clusterName}” has a field of the wrong type.`;
    if (userName !== undefined && userName !== '' && userEntry === undefined)
      return `Its user “${userName}” is defined nowhere.`;
    if (!user.success) return `Its user “${userName ?? ''}” has a field of the wrong type.`;
    return problemOfServer(cluster.data) ?? (typeof plugin === 'string' ? plugin : problemOfLogin(user.data));
  })();
  return {
    name,
    cluster: cluster.success ? absolute(cluster.data, ['certificate-authority'], clusterEntry?.file) : {},
    user: user.success
      ? absolute(user.data, ['client-certificate', 'client-key', 'tokenFile'], userEntry?.file)
      : {},
    plugin: typeof plugin === 'string' ? null : plugin,
    userName: userName ?? null,
    namespace: context.success ? (context.data.namespace ?? null) : null,
    file: entry.file,
    current,
    problem,
  };
}

function problemOfServer(cluster: KubeconfigCluster): string | null {
  if (cluster.server === undefined || cluster.server === '') return 'Its cluster has no server.';
  const url = URL.parse(cluster.server);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return 'Its server is not an http or https address.';
  if (url.username !== '' || url.password !== '')
    return 'Its server address carries a user name or password; move them to the user entry.';
  return null;
}

function problemOfLogin(user: KubeconfigUser): string | null {
  if (user['auth-provider'])
    return `It logs in by the provider “${user['auth-provider'].name ?? 'unnamed'}”, which Podium does not do; use a context with a token, a client certificate or a login program (exec).`;
  return null;
}

/** Where the context leads, how and as whom: all but the credentials, which are read anew while it is open. */
export function definitionOf({ cluster, user, userName, plugin, namespace }: KubeContext): string {
  const acting = [userName, user.username, user.as, user['as-uid'], user['as-groups'], user['as-user-extra']];
  return createHash('sha256')
    .update(JSON.stringify([cluster, acting, plugin, namespace]))
    .digest('hex');
}

/** What must stay in view while this context is open: whoever is in between, and who is acted as. */
export function cautionsOf({ cluster, user }: KubeContext): readonly Caution[] {
  const cautions: Caution[] = [];
  if (cluster['insecure-skip-tls-verify'] === true)
    cautions.push({
      short: 'TLS not checked',
      says: 'The server’s certificate is not checked (insecure-skip-tls-verify): whoever stands in between can read and change everything.',
    });
  if (cluster.server?.startsWith('http:') && !isLoopback(cluster.server))
    cautions.push({ short: 'not encrypted', says: 'The connection is not encrypted (http).' });
  if (user.as !== undefined) {
    const groups = user['as-groups'] ?? [];
    const among =
      groups.length === 0 ? '' : `, in the ${groups.length === 1 ? 'group' : 'groups'} ${groups.join(', ')}`;
    cautions.push({ short: `as ${user.as}`, says: `It acts as another user: ${user.as}${among}.` });
  }
  return cautions;
}

/** What an operator should know before opening this context. */
export function warningsOf(context: KubeContext): readonly string[] {
  const { cluster, plugin } = context;
  const warnings = cautionsOf(context).map(({ says }) => says);
  if (plugin !== null)
    warnings.push(`It logs in by running a program: ${plugin.command}. You are asked before it runs.`);
  const proxy = proxyOf(cluster);
  if (proxy !== null) warnings.push(`It goes through the proxy ${hideUserInfo(proxy.url)} (${proxy.from}).`);
  return warnings;
}

const isLoopback = (server: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(URL.parse(server)?.hostname ?? '');

function hideUserInfo(text: string): string {
  const url = URL.parse(text);
  return url === null ? '(address not readable)' : `${url.protocol}//${url.host}`;
}

function absolute<T extends object>(
  value: T,
  keys: readonly (keyof T)[],
  file: string | null | undefined,
): T {
  const copy = { ...value };
  for (const key of keys) {
    const path = copy[key];
    if (typeof path === 'string' && path !== '' && file !== null && file !== undefined)
      Object.assign(copy, { [key]: besideFile(file, path) });
  }
  return copy;
}

function dropNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}
