import { z } from 'zod';

/** A zone by its IANA name ("Europe/Berlin", "UTC"); '' for the one that the operator's computer is in. */
export const TimeZone = z.string().max(64).refine(isKnown, 'is no time zone that is known here');
export type TimeZone = z.infer<typeof TimeZone>;

function isKnown(zone: string): boolean {
  try {
    return zone === '' || new Intl.DateTimeFormat('en-GB', { timeZone: zone }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
