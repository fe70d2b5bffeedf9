import type { CallView, Protection, ServiceDetail } from '../../../shared/model/inspect.ts';
import type { UnprotectedCall } from '../../../shared/model/protection.ts';

export type MissingKind = UnprotectedCall['missing'][number];

/** Protections as the screen calls them. */
export const protectionTitles: Readonly<Record<Protection['kind'], string>> = {
  timeout: 'Time-out',
  retry: 'Retries',
  limit: 'Limit',
  ejection: 'Ejection',
  breaker: 'Breaker',
  fallback: 'Fallback',
};

/** What is missing, as the button that would add it says. */
export const missingActions: Readonly<Record<MissingKind, string>> = {
  timeout: 'Set a time-out…',
  limit: 'Set a limit…',
  ejection: 'Set ejection…',
  fallback: 'Declare a fallback…',
};

const missingWords: Readonly<Record<MissingKind, string>> = {
  timeout: 'no time-out',
  limit: 'no limit',
  ejection: 'no ejection',
  fallback: 'no fallback',
};

/** "no time-out, no limit". */
export function missingInWords(missing: readonly MissingKind[]): string {
  return missing.map((kind) => missingWords[kind]).join(', ');
}

/** The kinds behind the console's words of what is missing; a word of another kind has no button. */
export function missingOf(view: CallView): readonly MissingKind[] {
  const kinds: readonly MissingKind[] = ['timeout', 'limit', 'ejection', 'fallback'];
  return kinds.filter((kind) => view.missing.includes(missingWords[kind]));
}

/** The same protections guard all callers of a service: those of its calls in, each once. */
export function protectionsOfService(detail: ServiceDetail): readonly Protection[] {
  const found = new Map<string, Protection>();
  for (const protection of detail.callsIn.flatMap((call) => call.protections))
    found.set(`${protection.kind} ${protection.text} ${protection.evidence}`, protection);
  return [...found.values()];
}
