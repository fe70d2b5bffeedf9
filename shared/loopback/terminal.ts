import { createInterface } from 'node:readline';
import type { ProgramsPort } from '../core/ports.ts';

/** The terminal that the browser host was started in: what its owner types, and what they are asked there. */
export interface Terminal {
  readonly ask: NonNullable<ProgramsPort['askInTerminal']>;
  /** Hears every line that answers no question. */
  onLine(listener: () => void): void;
}

interface Waiting {
  readonly code: string;
  readonly allow: () => void;
}

/** Reads lines; a program runs only when somebody types its code here, which no page in the browser can do. */
export function createTerminal(input: NodeJS.ReadableStream, print: (line: string) => void): Terminal {
  const waiting = new Set<Waiting>();
  let heard: () => void = () => undefined;
  createInterface({ input }).on('line', (line) => {
    const code = /^\s*allow\s+([0-9a-f]+)\s*$/i.exec(line)?.[1]?.toLowerCase();
    if (code === undefined) return heard();
    const meant = [...waiting].filter((one) => one.code === code);
    print(
      meant.length > 0
        ? 'Allowed. It is asked for again when anything of it changes.'
        : 'Nothing waits for this code.',
    );
    for (const { allow } of meant) allow();
  });
  return {
    onLine: (listener) => void (heard = listener),
    ask({ title, question }, signal) {
      const { program, changed, terminalCode } = question;
      const code = terminalCode ?? program.fingerprint;
      print(`${plain(title)} wants to run a program to log in:`);
      print(`  program    ${plain(program.path)}`);
      for (const arg of program.args) print(`  argument   ${plain(arg)}`);
      for (const { name, value } of program.env) print(`  sets       ${plain(name)}=${plain(value)}`);
      print(`  SHA-256    ${program.sha256}`);
      print(`  named by   ${plain(program.kubeconfig ?? 'a pasted kubeconfig')}`);
      if (changed !== null) print(`  ! ${plain(changed)}`);
      print(
        `It runs with all your rights. Type "allow ${code}" and Enter to let it; do nothing, and it does not run.`,
      );
      return new Promise((resolve, reject) => {
        const one: Waiting = {
          code,
          allow() {
            waiting.delete(one);
            resolve();
          },
        };
        waiting.add(one);
        signal.addEventListener('abort', () => {
          waiting.delete(one);
          reject(signal.reason as Error);
        });
      });
    },
  };
}

/** A kubeconfig is a stranger's text: what steers a terminal is shown as what it is. */
const plain = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`,
  );
