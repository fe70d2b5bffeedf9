import { basename, delimiter, isAbsolute } from 'node:path';
import { pathsIn } from '../../../model/pathList.ts';
import { blank, blankSecrets } from '../../../model/redaction.ts';
import type { LoginProgram } from '../../../model/program.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { ProgramGate } from '../../kit/programs.ts';
import { type Credential, readCredential } from './credential.ts';
import type { ExecPlugin } from './plugin.ts';
import { refuseByKuberc } from './policy.ts';
import { findProgram } from './program.ts';
import { type Ended, runProgram } from './run.ts';

const timeoutMs = 60_000;
const maxBytes = 1024 * 1024;
/** A program that failed is not run again for everybody who asks. */
const restMs = 10_000;
/** Credentials are replaced this long before they expire, for what is on its way then. */
const earlyMs = 10_000;
const longestComplaint = 300;

/** Logs in by running a program, and again when what it gave runs out. */
export interface PluginLogin {
  /** What it gave, while that is good; else it is run, once for all who wait. Throws `PeerError`. */
  credential(): Promise<Credential>;
  /** Runs it again although what it gave has not run out. */
  renew(): Promise<Credential>;
}

/** What a program may be told of the cluster, for those that ask (`provideClusterInfo`). */
export type ClusterInfo = Readonly<Record<string, unknown>>;

/** Runs nothing before somebody asks for credentials. */
export function createPluginLogin(
  plugin: ExecPlugin,
  cluster: ClusterInfo,
  programs: ProgramGate | undefined,
  now: () => number,
  closed: AbortSignal,
): PluginLogin {
  let kept: Credential | null = null;
  let goodUntil = Infinity;
  let failure: { readonly error: unknown; readonly until: number } | null = null;
  let running: Promise<Credential> | null = null;

  const ask = async (): Promise<Credential> => {
    if (programs === undefined)
      throw new PeerError(
        'refused',
        `It logs in by running ${plugin.command}, and this Podium runs no programs.`,
      );
    const search = await programs.searchPath();
    const program = await findProgram(plugin, search);
    await refuseByKuberc(program);
    programs.mustBeAllowed(program);
    const ended = await runProgram({
      path: program.path,
      args: plugin.args,
      env: environmentOf(plugin, cluster, search.folders),
      timeoutMs,
      maxBytes,
      signal: closed,
    });
    const name = basename(program.path);
    if (ended.how !== 'exit' || ended.code !== 0) throw failed(plugin, program, ended);
    const credential = readCredential(ended.stdout, plugin.apiVersion, name, now());
    kept = credential;
    const { expiresAt } = credential;
    goodUntil = expiresAt === null ? Infinity : expiresAt - Math.min(earlyMs, (expiresAt - now()) / 10);
    return credential;
  };

  const renew = (): Promise<Credential> => {
    if (failure !== null && now() < failure.until) return Promise.reject(failure.error);
    running ??= ask()
      .then(
        (credential) => {
          failure = null;
          return credential;
        },
        (error: unknown) => {
          failure = { error, until: now() + restMs };
          throw error;
        },
      )
      .finally(() => (running = null));
    return running;
  };

  return {
    credential: () => (kept !== null && now() < goodUntil ? Promise.resolve(kept) : renew()),
    renew,
  };
}

function environmentOf(
  plugin: ExecPlugin,
  cluster: ClusterInfo,
  folders: readonly string[],
): Record<string, string> {
  const env: Record<string, string> = {};
  // As kubectl: the environment of whoever started it. What is meant for Podium's own runtime is not the program's.
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(NODE_|ELECTRON_|PODIUM_|npm_)/.test(name)) env[name] = value;
  }
  // What it calls in turn lies where it was found, which a host started from a desktop has not in its own PATH.
  const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const own = pathsIn(env[pathName], process.platform);
  env[pathName] = [...new Set([...folders.filter((one) => isAbsolute(one)), ...own])].join(delimiter);
  for (const { name, value } of plugin.env) env[name] = value;
  env['KUBERNETES_EXEC_INFO'] = JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: plugin.apiVersion,
    spec: { interactive: false, ...(plugin.provideClusterInfo ? { cluster } : {}) },
  });
  return env;
}

function failed(plugin: ExecPlugin, program: LoginProgram, ended: Ended): PeerError {
  const said = endOf(ended.stderr, plugin);
  const how = ((): string => {
    if (ended.how === 'timeout') return `did not end within ${timeoutMs / 1000} s and was stopped`;
    if (ended.how === 'tooMuch') return 'printed more than 1 MiB and was stopped';
    if (ended.how === 'notStarted') return 'could not be started';
    return ended.code === null
      ? `was ended by ${ended.signal ?? 'a signal'}`
      : `ended with exit code ${ended.code}`;
  })();
  const hint =
    plugin.installHint !== null && (ended.how === 'notStarted' || ended.code === 127)
      ? ` The kubeconfig says: ${endOf(plugin.installHint, plugin)}`
      : '';
  return new PeerError(
    'refused',
    `The login program ${basename(program.path)} ${how}${said === '' ? '.' : `, and said: ${said}`}${hint}`,
  );
}

/** The end of a complaint, as plain text, without what looks like a secret. */
function endOf(text: string, { env, args }: ExecPlugin): string {
  const values = [...env.map(({ value }) => value), ...args.map((arg) => arg.replace(/^--?[\w-]+=/, ''))];
  let clean = blankSecrets(text.replace(/\p{Cc}+/gu, ' ').replace(/\p{Cf}/gu, ''));
  clean = clean.replaceAll(/[\w+=-]{40,}/g, blank);
  for (const value of values) if (value.length >= 16) clean = clean.replaceAll(value, blank);
  clean = clean.replaceAll(/\s+/g, ' ').trim();
  return clean.length > longestComplaint ? `…${clean.slice(-longestComplaint)}` : clean;
}
