import type { GreyMatch, SetRouting } from '../../../shared/model/operation.ts';
import type { Split } from '../../../shared/model/weights.ts';

/** A grey route as it stands in its form. */
export interface GreyDraft {
  readonly by: 'header' | 'cookie' | 'caller' | 'path';
  readonly headerName: string;
  readonly how: 'exact' | 'prefix';
  readonly value: string;
  readonly cookieName: string;
  /** A caller's entity id; null while none is chosen. */
  readonly callerId: string | null;
  readonly destination: number;
  /** Empty takes a name made from the match. */
  readonly name: string;
}

/** A service that calls this one. */
export interface CallerOption {
  readonly id: string;
  readonly name: string;
  readonly namespace: string | null;
}

type Drafted =
  | { readonly operation: SetRouting; readonly problem: null }
  | { readonly operation: null; readonly problem: string };

/** What a route beside this split may look at: a peer that does not say looks at all but paths, which are routes of their own. */
export const waysBeside = ({ beside }: Split): readonly GreyDraft['by'][] =>
  beside?.by ?? ['header', 'cookie', 'caller'];

/** The route that a draft asks for, or what is wrong with it. */
export function greyRouteOf(draft: GreyDraft, split: Split, callers: readonly CallerOption[]): Drafted {
  const match = matchOf(draft, callers);
  if (typeof match === 'string') return { operation: null, problem: match };
  const name = draft.name.trim() === '' ? nameOf(draft, match, split) : draft.name.trim();
  if (!/^[a-z0-9][-a-z0-9]{0,59}$/.test(name))
    return { operation: null, problem: 'A route’s name has small letters, digits and dashes, 60 at most.' };
  return {
    operation: {
      ...routingOf(split),
      change: { kind: 'addRoute', name, match, destination: draft.destination },
    },
    problem: null,
  };
}

/** The mirror that is asked for; no destination ends it. */
export function mirrorOf(split: Split, destination: number | null, percent: string): Drafted {
  const value = Number(percent.trim().replace(',', '.'));
  if (destination !== null && (percent.trim() === '' || !(value > 0 && value <= 100)))
    return { operation: null, problem: 'The share that is copied is above 0 and at most 100 %.' };
  return {
    operation: {
      ...routingOf(split),
      change: { kind: 'mirror', destination, percent: destination === null ? 0 : value },
    },
    problem: null,
  };
}

/** Takes a route away. */
export function removalOf(split: Split, routeName: string): SetRouting {
  return { ...routingOf(split), change: { kind: 'removeRoute', routeName } };
}

function routingOf({ connectionId, id, revision }: Split): Omit<SetRouting, 'change'> {
  return { kind: 'setRouting', connectionId, splitId: id, revision };
}

function matchOf(draft: GreyDraft, callers: readonly CallerOption[]): GreyMatch | string {
  const nothing: GreyMatch = { headers: [], cookie: null, caller: null };
  const value = draft.value.trim();
  switch (draft.by) {
    case 'header': {
      const name = draft.headerName.trim().toLowerCase();
      if (!/^[a-z0-9!#$%&'*+.^_`|~-]{1,200}$/.test(name)) return 'Name the header: x-beta-user.';
      if (value === '') return 'Say which value of the header is meant.';
      return { ...nothing, headers: [{ name, value, how: draft.how }] };
    }
    case 'cookie': {
      const name = draft.cookieName.trim();
      if (!/^[^\s=;,]{1,200}$/.test(name)) return 'Name the cookie: group.';
      if (value === '' || /[;\s]/.test(value)) return 'A cookie’s value is one word without semicolon.';
      return { ...nothing, cookie: { name, value } };
    }
    case 'path':
      if (!/^\/[^\s?#]*$/.test(value)) return 'A path begins with /: /refunds.';
      if (draft.how === 'prefix' && value === '/') return 'Every path begins with /.';
      return { ...nothing, path: { value, how: draft.how } };
    case 'caller': {
      const caller = callers.find(({ id }) => id === draft.callerId);
      if (caller === undefined) return 'Choose who calls.';
      return { ...nothing, caller: { namespace: caller.namespace, name: caller.name } };
    }
  }
}

/** "x-user-beta-to-v2": what it is for, so that who reads the document need not guess. */
function nameOf(
  { destination }: GreyDraft,
  { headers, cookie, caller, path }: GreyMatch,
  split: Split,
): string {
  const who = headers[0]
    ? `${headers[0].name}-${headers[0].value}`
    : cookie
      ? `${cookie.name}-${cookie.value}`
      : (caller?.name ?? path?.value ?? '');
  const to = split.destinations[destination]?.title ?? '';
  return `${who}-to-${to}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
}
