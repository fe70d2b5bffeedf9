import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import type { SearchPath } from '../core/ports.ts';
import { pathsIn } from '../model/pathList.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const answerWithinMs = 10_000;
const longestAnswer = 1024 * 1024;

/** The folders that this process was started with; right where a terminal started it. */
export function ownSearchPath(env: Environment = process.env): SearchPath {
  return { folders: pathsIn(env['PATH'], process.platform), problem: null };
}

/**
 * The folders of the operator's login shell: a desktop starts programs with a PATH that knows nothing of what they installed.
 * The shell is asked once, when somebody first looks for a program; where it does not answer, that is said.
 */
export function createLoginSearchPath(
  env: Environment = process.env,
  withinMs: number = answerWithinMs,
): () => Promise<SearchPath> {
  let asked: Promise<SearchPath> | null = null;
  return () => (asked ??= askShell(env, withinMs));
}

async function askShell(env: Environment, withinMs: number): Promise<SearchPath> {
  const own = ownSearchPath(env);
  if (process.platform === 'win32') return own;
  const shell = env['SHELL'] || userInfo().shell || '/bin/sh';
  const answer = await environmentOf(shell, env, withinMs);
  const path = 'text' in answer ? /^PATH=(.*)$/m.exec(answer.text)?.[1] : undefined;
  if (path === undefined) {
    const why = 'why' in answer ? answer.why : 'it told no PATH';
    return {
      ...own,
      problem: `Your login shell (${shell}) was asked for its PATH and ${why}, so only the folders that the desktop gave were searched: ${own.folders.join(', ')}.`,
    };
  }
  return { folders: [...new Set([...pathsIn(path, process.platform), ...own.folders])], problem: null };
}

function environmentOf(
  shell: string,
  env: Environment,
  withinMs: number,
): Promise<{ readonly text: string } | { readonly why: string }> {
  // Interactive too: many set their PATH only in what such a shell reads. No terminal, so that nothing can ask back.
  const child = spawn(shell, ['-ilc', '/usr/bin/env'], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  return new Promise((resolve) => {
    let text = '';
    const end = (answer: { readonly text: string } | { readonly why: string }): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      resolve(answer);
    };
    const stop = (why: string): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
      end({ why });
    };
    const timer = setTimeout(() => stop(`did not answer within ${Math.round(withinMs / 1000)} s`), withinMs);
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.length > longestAnswer) stop('did not stop talking');
    });
    child.once('error', () => end({ why: 'could not be started' }));
    child.once('close', () => end({ text }));
  });
}
