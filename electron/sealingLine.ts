import type { Sealing } from '../shared/node/vault.ts';

/** Long enough for a person to type the password of a keyring. */
const answerWithinMs = 120_000;

/** What the console's process asks of the main process, which alone has the operating system's encryption. */
interface Question {
  readonly sealing: { readonly id: number; readonly act: keyof Sealing; readonly text: string };
}

interface Answer {
  readonly sealed: { readonly id: number; readonly answer: unknown; readonly problem: string | null };
}

/** The console's end. */
export interface SealingLine {
  readonly sealing: Sealing;
  /** Hears what the main process says; of other things than this nothing comes. */
  take(message: unknown): void;
}

/** Puts each question to the main process and waits for its answer. */
export function createSealingLine(say: (question: Question) => void): SealingLine {
  const waiting = new Map<number, (answer: Answer['sealed']) => void>();
  let count = 0;

  function ask(act: keyof Sealing, text: string): Promise<unknown> {
    count += 1;
    const id = count;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        waiting.delete(id);
        reject(new Error('the keyring does not answer'));
      }, answerWithinMs);
      waiting.set(id, ({ answer, problem }) => {
        clearTimeout(late);
        waiting.delete(id);
        if (problem === null) resolve(answer);
        else reject(new Error(problem));
      });
      say({ sealing: { id, act, text } });
    });
  }

  return {
    // Both processes are of one build: the answers are what `Sealing` promises.
    sealing: {
      whyNot: () => ask('whyNot', '') as ReturnType<Sealing['whyNot']>,
      seal: (text) => ask('seal', text) as ReturnType<Sealing['seal']>,
      open: (sealed) => ask('open', sealed) as ReturnType<Sealing['open']>,
    },
    take(message) {
      if (typeof message !== 'object' || message === null || !('sealed' in message)) return;
      const { sealed } = message as Answer;
      waiting.get(sealed.id)?.(sealed);
    },
  };
}

/** The main process's end: what to say to a message, null where it asks nothing of the kind. */
export async function answerSealing(sealing: Sealing, message: unknown): Promise<Answer | null> {
  if (typeof message !== 'object' || message === null || !('sealing' in message)) return null;
  const { id, act, text } = (message as Question).sealing;
  try {
    return { sealed: { id, answer: await sealing[act](text), problem: null } };
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    return { sealed: { id, answer: null, problem } };
  }
}
