import type { ContractRouterClient } from '@orpc/contract';
import { create } from 'zustand';
import type { contract } from '../../shared/contract/contract.ts';

/** The console as the window calls it: one function for each procedure of the contract. */
export type ConsoleClient = ContractRouterClient<typeof contract>;

/** One working way to the console. `closed` settles once it is gone, with what the operator should know. */
export interface Line {
  readonly client: ConsoleClient;
  readonly closed: Promise<Closing>;
}

/** Why a line went: `ended` will not come back by itself, `lost` is tried again. */
export interface Closing {
  readonly kind: 'lost' | 'ended';
  readonly text: string;
}

/** Opens a line, or says why it cannot; `ended` when trying again is of no use. */
export type OpenLine = () => Promise<
  { readonly line: Line } | { readonly failure: Closing & { readonly retryAfterMs?: number } }
>;

/** What the window knows of its line to the console. */
export interface LinkState {
  readonly state: 'connecting' | 'open' | 'lost' | 'ended';
  readonly client: ConsoleClient | null;
  /** Why the line is not open, in words; null while it is. */
  readonly text: string | null;
  readonly attempt: number;
}

export const useLink = create<LinkState>(() => ({
  state: 'connecting',
  client: null,
  text: null,
  attempt: 0,
}));

/** A question that could not be put to the console, or was cut off: nothing is known of its outcome. */
export class ConsoleLostError extends Error {
  override readonly name = 'ConsoleLostError';
}

const firstRetryMs = 500;
const longestRetryMs = 8_000;

/** How long to wait before the n-th try in a row (from 1): 0.5 s doubling to 8 s. */
export function retryAfterMs(attempt: number): number {
  return Math.min(longestRetryMs, firstRetryMs * 2 ** (attempt - 1));
}

/** Keeps one line to the console open for as long as the window lives. */
export async function keepLine(open: OpenLine, wait: (ms: number) => Promise<void> = pause): Promise<void> {
  let attempt = 0;
  for (;;) {
    const opened = await open();
    if ('line' in opened) {
      attempt = 0;
      useLink.setState({ state: 'open', client: opened.line.client, text: null, attempt });
      const closing = await opened.line.closed;
      useLink.setState({ state: closing.kind, client: null, text: closing.text });
      if (closing.kind === 'ended') return;
    } else {
      useLink.setState({ state: opened.failure.kind, client: null, text: opened.failure.text });
      if (opened.failure.kind === 'ended') return;
    }
    attempt += 1;
    useLink.setState({ attempt });
    const least = 'failure' in opened ? (opened.failure.retryAfterMs ?? 0) : 0;
    await wait(Math.max(least, retryAfterMs(attempt)));
  }
}

/**
 * Puts one question to the console. Rejects with the console's own error, or with ConsoleLostError when the line is down
 * or goes down before the answer: a call on a dead line would otherwise wait for ever.
 */
export async function ask<T>(question: (client: ConsoleClient) => Promise<T>): Promise<T> {
  const { client } = useLink.getState();
  if (client === null) throw new ConsoleLostError('The console cannot be reached just now. Try again.');
  let stop = (): void => undefined;
  const gone = new Promise<never>((_, reject) => {
    stop = useLink.subscribe((link) => {
      if (link.client === client) return;
      reject(new ConsoleLostError('The console was lost before it answered. Look before you try again.'));
    });
  });
  try {
    return await Promise.race([question(client), gone]);
  } finally {
    stop();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
