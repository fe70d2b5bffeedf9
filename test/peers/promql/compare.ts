import { z } from 'zod';
import { answer, type ApiSource } from '../../../shared/rehearsal/prometheus/api.ts';

export type Params = Readonly<Record<string, string>>;

const Body = z.object({
  status: z.string(),
  errorType: z.string().optional(),
  error: z.string().optional(),
  data: z.unknown().optional(),
});
const Row = z.object({
  metric: z.record(z.string(), z.string()),
  value: z.tuple([z.number(), z.string()]).optional(),
  values: z.array(z.tuple([z.number(), z.string()])).optional(),
});
const Result = z.object({ resultType: z.enum(['vector', 'matrix']), result: z.array(Row) });
const tolerance = 1e-9;

export interface Answers {
  readonly real: z.infer<typeof Body> & { readonly code: number };
  readonly own: z.infer<typeof Body> & { readonly code: number };
}

/** Asks both sides the same. */
export async function askBoth(
  url: string,
  source: ApiSource,
  path: string,
  params: Params,
): Promise<Answers> {
  const search = new URLSearchParams(params);
  const theirs = await fetch(`${url}${path}?${search}`);
  const real = { code: theirs.status, ...Body.parse(await theirs.json()) };
  const ours = answer(path, search, source);
  if (ours === null) throw new Error(`the fleet has no ${path}`);
  return { real, own: { code: ours.status, ...Body.parse(JSON.parse(ours.body)) } };
}

/** Where two answers differ, in words; null when they say the same, values compared within 1e-9 of their size. */
export function difference({ real, own }: Answers, ordered: boolean): string | null {
  if (real.code !== own.code || real.status !== own.status)
    return `real ${real.code} ${real.error ?? ''}, own ${own.code} ${own.error ?? ''}`;
  if (real.status === 'error') {
    if (real.errorType !== own.errorType) return `real ${real.errorType}, own ${own.errorType}`;
    return null;
  }
  const [theirs, ours] = [Result.safeParse(real.data), Result.safeParse(own.data)];
  if (!theirs.success || !ours.success) return sameText(real.data, own.data);
  if (theirs.data.resultType !== ours.data.resultType) return 'the type of the result';
  return rowsDiffer(rowsOf(theirs.data, ordered), rowsOf(ours.data, ordered));
}

/** How many sample values an answer holds. */
export function valuesIn({ real }: Answers): number {
  const parsed = Result.safeParse(real.data);
  return parsed.success
    ? parsed.data.result.reduce((sum, row) => sum + (row.values?.length ?? 1), 0)
    : real.status === 'success'
      ? 1
      : 0;
}

interface Line {
  readonly labels: string;
  readonly points: readonly (readonly [number, string])[];
}

function rowsOf({ result }: z.infer<typeof Result>, ordered: boolean): readonly Line[] {
  const lines = result.map(({ metric, value, values }) => ({
    labels: JSON.stringify(Object.entries(metric).sort()),
    points: values ?? (value === undefined ? [] : [value]),
  }));
  return ordered ? lines : lines.sort((a, b) => (a.labels < b.labels ? -1 : 1));
}

function rowsDiffer(real: readonly Line[], own: readonly Line[]): string | null {
  if (real.length !== own.length) return `real has ${real.length} rows, own ${own.length}`;
  for (const [i, { labels, points }] of real.entries()) {
    const other = own[i];
    if (labels !== other?.labels) return `labels ${labels}, own ${other?.labels}`;
    if (points.length !== other.points.length)
      return `${labels}: real has ${points.length} points, own ${other.points.length}`;
    for (const [k, [at, value]] of points.entries()) {
      const [ownAt, ownValue] = other.points[k] ?? [NaN, ''];
      if (!isClose(at, ownAt) || !isSame(value, ownValue))
        return `${labels}: real ${value} at ${at}, own ${ownValue} at ${ownAt}`;
    }
  }
  return null;
}

/** `NaN`, `+Inf` and `-Inf` must be the same text; numbers may differ in the last digits that summing order leaves open. */
function isSame(real: string, own: string): boolean {
  return real === own || isClose(Number(real), Number(own));
}

function isClose(real: number, own: number): boolean {
  return Math.abs(real - own) <= tolerance * Math.max(Math.abs(real), Math.abs(own));
}

function sameText(real: unknown, own: unknown): string | null {
  const [theirs, ours] = [JSON.stringify(real), JSON.stringify(own)];
  return theirs === ours ? null : `real ${theirs.slice(0, 200)}, own ${ours.slice(0, 200)}`;
}
