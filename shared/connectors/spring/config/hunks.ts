import { z } from 'zod';

/** Lines that a change took out and put in, so that it is taken back to the letter. */
export const Hunk = z.object({ at: z.number().int(), out: z.string(), in: z.string() });
export type Hunk = z.infer<typeof Hunk>;

/** What differs between two texts, as one run of whole lines. */
export function hunksOf(from: string, to: string): Hunk[] {
  const [a, b] = [linesOf(from), linesOf(to)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const cut = (lines: readonly string[]) => lines.slice(start, lines.length - end).join('');
  return [{ at: start, out: cut(a), in: cut(b) }];
}

/** Null where the lines are not there any more. */
export function takenBack(text: string, hunks: readonly Hunk[]): string | null {
  let now = text;
  for (const { at, out, in: put } of hunks) {
    const lines = linesOf(now);
    const from = lines.slice(0, at).join('').length;
    if (!now.startsWith(out, from)) return null;
    now = now.slice(0, from) + put + now.slice(from + out.length);
  }
  return now;
}

export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
