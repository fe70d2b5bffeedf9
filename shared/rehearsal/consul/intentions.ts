import { listIn } from './entryRules.ts';
import type { ConsulState, Fields } from './state.ts';

/** What governs calls from one service to another: the most exact intention; undefined where none does. */
export function intentionFor(
  state: ConsulState,
  caller: string,
  callee: string,
): { readonly source: Fields; readonly exact: boolean } | undefined {
  for (const [from, to] of [
    [caller, callee],
    ['*', callee],
    [caller, '*'],
    ['*', '*'],
  ] as const) {
    const sources = listIn(state.entry('service-intentions', to)?.content, 'Sources');
    const source = sources.find(({ Name }) => Name === from);
    if (source !== undefined) return { source, exact: from === caller && to === callee };
  }
  return undefined;
}
