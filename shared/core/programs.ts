import { PeerError, sayError } from '../connectors/kit/peerError.ts';
import type { ProgramGate } from '../connectors/kit/programs.ts';
import type { AllowedProgram, LoginProgram, ProgramQuestion } from '../model/program.ts';
import type { AskedProgram, Ports, ProgramsPort } from './ports.ts';
import { createPulse, type Pulse } from './pulse.ts';
import { Refusal } from './refusal.ts';
import type { SettingsKeeper } from './settings.ts';

/** Which programs the operator allowed, and which ones connections wait for. Nothing is allowed before it was asked. */
export interface Programs {
  /** Moves when a question is put, answered or dropped. */
  readonly changes: Pulse;
  /** What one connection goes through; null where this host runs no programs. */
  gateFor(connectionId: string, title: string): ProgramGate | null;
  /** What the connection waits for. */
  question(connectionId: string): ProgramQuestion | null;
  /** Resolves when the connection waits for nothing any more; rejects with the signal's reason. */
  answered(connectionId: string, signal: AbortSignal): Promise<void>;
  /** The operator's word in the window. Throws `Refusal` where the window has no say, or where something else is asked by now. */
  allow(connectionId: string, fingerprint: string): Promise<void>;
  /** It is asked for again before it is run the next time. */
  revoke(fingerprint: string): Promise<void>;
  /** The connection was closed: nobody waits any more. */
  drop(connectionId: string): void;
}

interface Open {
  readonly title: string;
  readonly question: ProgramQuestion;
  readonly over: AbortController;
}

const keptAtMost = 200;

export function createPrograms(
  settings: SettingsKeeper,
  ports: Pick<Ports, 'programs' | 'log' | 'clock'>,
): Programs {
  const changes = createPulse();
  const open = new Map<string, Open>();
  const host = ports.programs;

  const isAllowed = ({ fingerprint }: LoginProgram): boolean =>
    settings.current.programs.some((one) => one.fingerprint === fingerprint);

  function drop(connectionId: string): void {
    const asked = open.get(connectionId);
    if (asked === undefined) return;
    open.delete(connectionId);
    asked.over.abort(new Error('nobody waits for an answer any more'));
    changes.bump();
  }

  function put(connectionId: string, title: string, program: LoginProgram): void {
    if (open.get(connectionId)?.question.program.fingerprint === program.fingerprint) return;
    drop(connectionId);
    const byTerminal = host?.askInTerminal;
    const question: ProgramQuestion = {
      program,
      changed: sayChange(program, settings.current.programs),
      terminalCode: byTerminal === undefined ? null : program.fingerprint.slice(0, 6),
    };
    const over = new AbortController();
    open.set(connectionId, { title, question, over });
    changes.bump();
    // In a browser any page might have stolen its way to here: only the terminal's owner may let a program run.
    if (byTerminal !== undefined) void askThere(byTerminal, connectionId, { title, question }, over.signal);
  }

  /** Until it is answered and the answer is kept; one that could not be kept is asked for again. */
  async function askThere(
    ask: NonNullable<ProgramsPort['askInTerminal']>,
    connectionId: string,
    asked: AskedProgram,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        await ask(asked, signal);
      } catch (thrown) {
        if (!signal.aborted)
          ports.log.warn('the terminal could not be asked', { why: sayError(thrown, 'Asking there') });
        return;
      }
      if (signal.aborted) return;
      try {
        return await settle(connectionId, asked.question.program.fingerprint);
      } catch (thrown) {
        ports.log.warn('what the terminal allowed could not be kept', {
          why: sayError(thrown, 'Keeping it'),
        });
      }
    }
  }

  async function settle(connectionId: string, fingerprint: string): Promise<void> {
    const asked = open.get(connectionId);
    if (asked?.question.program.fingerprint !== fingerprint)
      throw new Refusal(
        'GONE',
        'That program is not asked for any more: it changed, or its connection was closed.',
      );
    const { path, sha256 } = asked.question.program;
    const allowed: AllowedProgram = { fingerprint, path, sha256, title: asked.title, at: ports.clock.now() };
    ports.log.info('a login program was allowed', { connection: connectionId, path, sha256 });
    await settings.write(({ programs }) => ({
      programs: [...programs.filter((one) => one.fingerprint !== fingerprint), allowed].slice(-keptAtMost),
    }));
    for (const [id, { question }] of open) if (question.program.fingerprint === fingerprint) drop(id);
  }

  return {
    changes,
    gateFor(connectionId, title) {
      if (host === undefined) return null;
      return {
        searchPath: () => host.searchPath(),
        mustBeAllowed(program) {
          if (isAllowed(program)) return drop(connectionId);
          put(connectionId, title, program);
          throw new PeerError(
            'refused',
            `Logging in to ${title} needs a program to be run (${program.path}), and you have not allowed that. Nothing was run.`,
          );
        },
      };
    },
    question: (connectionId) => open.get(connectionId)?.question ?? null,
    async answered(connectionId, signal) {
      for (let seen = changes.count; open.has(connectionId);) seen = await changes.after(seen, signal);
    },
    async allow(connectionId, fingerprint) {
      if (host?.askInTerminal !== undefined)
        throw new Refusal('REFUSED', 'A program is allowed in the terminal that Podium was started in.');
      await settle(connectionId, fingerprint);
    },
    async revoke(fingerprint) {
      const isIt = (one: AllowedProgram): boolean => one.fingerprint === fingerprint;
      const was = settings.current.programs.find(isIt);
      if (was === undefined) return;
      await settings.write(({ programs }) => ({ programs: programs.filter((one) => !isIt(one)) }));
      ports.log.info('a login program is not allowed any more', { path: was.path, sha256: was.sha256 });
    },
    drop,
  };
}

/** What is another than what was allowed before, if anything. */
function sayChange(program: LoginProgram, allowed: readonly AllowedProgram[]): string | null {
  const before = allowed.findLast(({ path }) => path === program.path);
  const named = allowed.findLast(({ path }) => nameOf(path) === nameOf(program.path));
  if (before === undefined)
    return named === undefined
      ? null
      : `You allowed a program of this name on ${dayOf(named.at)}, and it was another file: ${named.path}.`;
  return before.sha256 === program.sha256
    ? `The program is the file that you allowed on ${dayOf(before.at)}; its arguments, its environment or the kubeconfig that names it are others.`
    : `The file is not the one that you allowed on ${dayOf(before.at)}: it was replaced or updated since.`;
}

const nameOf = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
