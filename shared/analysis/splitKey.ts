import type { Split } from '../model/weights.ts';

/** By what a split is told from every other: its id alone is that of its document, which two connections may share. */
export type SplitPlace = Pick<Split, 'connectionId' | 'id'>;

/** A split's place as one text, to keep things by. */
export const splitKey = ({ connectionId, id }: SplitPlace): string => JSON.stringify([connectionId, id]);
