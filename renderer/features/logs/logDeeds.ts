/** Narrower than this the bars of the logs have no room for all that can be done. */
export const narrowLogsPx = 830;

/** What a narrow bar offers in a menu. */
export type LogDeed = 'wrap' | 'previous' | 'more' | 'copy' | 'save';

export interface LogState {
  readonly wraps: boolean;
  readonly previous: boolean;
  readonly hasMore: boolean;
  readonly hasLines: boolean;
}

/** What can be done at this moment, in words that say what will be. */
export function logDeeds({ wraps, previous, hasMore, hasLines }: LogState) {
  const all: readonly { readonly id: LogDeed; readonly title: string; readonly can: boolean }[] = [
    { id: 'wrap', title: wraps ? 'Do not wrap' : 'Wrap', can: true },
    { id: 'previous', title: previous ? 'Since the restart' : 'Before the restart', can: true },
    { id: 'more', title: 'More lines', can: hasMore },
    { id: 'copy', title: 'Copy', can: hasLines },
    { id: 'save', title: 'Save…', can: hasLines },
  ];
  return all.filter(({ can }) => can);
}
