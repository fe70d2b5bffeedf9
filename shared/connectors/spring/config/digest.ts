import { createHash } from 'node:crypto';

/** Stands for a text where it may hold secrets. */
export const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);
