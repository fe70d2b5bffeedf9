import type { IsolationControl } from '../connectors/kit/control.ts';
import type { Source } from './sources.ts';

/** Who can trip a call of a connection, its own control first: what others do in memory is for where that one cannot. */
export function isolationsOf({
  sources,
}: {
  readonly sources: readonly Source[];
}): readonly IsolationControl[] {
  const all = sources.flatMap(({ session }) => session.isolation ?? []);
  const isOwn = ({ takes }: IsolationControl): boolean => takes === undefined;
  return [...all.filter(isOwn), ...all.filter((one) => !isOwn(one))];
}
