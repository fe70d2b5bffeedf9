import type { FaultEffect, KubeFaults, SeenRequest } from './kube/faults.ts';
import { fieldsAt, numberOf, textOf, type Fields } from './traffic/reading.ts';

/** What a script may ask for, in one line each: the API server of the rehearsal then does to its clients what real ones do. */
export const faultCommands = [
  '{"fault":"cut","how":"reset"}',
  '{"fault":"silence"}',
  '{"fault":"webhook","is":"unreachable"}',
  '{"fault":"answer","code":503,"verb":"patch","resource":"virtualservices","times":1}',
  '{"fault":"dropAfterApply","verb":"patch"}',
  '{"fault":"clear"}',
] as const;

/** Carries out one; gives back null, or a sentence that says why not. */
export function obeyFault(command: Fields, faults: KubeFaults): string | null {
  const kind = textOf(command['fault']);
  const how = textOf(command['how']) === 'end' ? 'end' : 'reset';
  const matches = matcherOf(command);
  switch (kind) {
    case 'cut':
      faults.cutWatches(how, ({ resource }) => !('resource' in command) || resource === command['resource']);
      return null;
    case 'silence':
      faults.silenceWatches(({ resource }) => !('resource' in command) || resource === command['resource']);
      return null;
    case 'clear':
      faults.clear();
      faults.webhook = 'answering';
      return null;
    case 'webhook': {
      const is = textOf(command['is']);
      if (is !== 'answering' && is !== 'unreachable' && is !== 'absent')
        return 'a webhook is answering, unreachable or absent';
      faults.webhook = is;
      return null;
    }
    default: {
      const effect = effectOf(kind, command, how);
      if (effect === null) return `there is no such fault; there are ${faultCommands.join(' ')}`;
      faults.add(effect, matches, numberOf(command['times']) ?? 1);
      return null;
    }
  }
}

/** Only what a command names must match. */
function matcherOf(command: Fields): (request: SeenRequest) => boolean {
  const named = (['verb', 'resource', 'namespace', 'name'] as const).filter((field) => field in command);
  return (request) => named.every((field) => request[field] === command[field]);
}

function effectOf(kind: string | null, command: Fields, how: 'end' | 'reset'): FaultEffect | null {
  switch (kind) {
    case 'answer': {
      const retryAfter = textOf(fieldsAt(command)['retryAfter']);
      const code = numberOf(command['code']);
      return code === null ? null : { kind, code, ...(retryAfter === null ? {} : { retryAfter }) };
    }
    case 'watchError':
      return { kind, code: numberOf(command['code']) ?? 410 };
    case 'slow':
      return { kind, ms: numberOf(command['ms']) ?? 1_000 };
    case 'cutBody':
      return { kind, afterBytes: numberOf(command['afterBytes']) ?? 40, how };
    case 'stall':
    case 'reset':
    case 'dropAfterApply':
    case 'html':
    case 'drip':
    case 'crlf':
    case 'emptyWatch':
      return { kind };
    case null:
    default:
      return null;
  }
}
