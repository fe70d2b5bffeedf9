import { kindSubjectOf, type ObjectCall } from './call.ts';
import { badRequest, invalid, unsupportedMediaType } from './status.ts';

/** How a write was asked for, in its query. */
export interface WriteAsked {
  readonly dryRun: boolean;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  readonly manager: string;
}

/** Reads the query of a write; throws 422 for a word the server does not know. */
export function writeAsked(call: ObjectCall): WriteAsked {
  const { query, headers } = call;
  const dryRun = query.getAll('dryRun');
  if (dryRun.some((value) => value !== 'All' && value !== '')) {
    throw unsupportedValue(call, 'dryRun', `[${dryRun.map((word) => JSON.stringify(word)).join(' ')}]`, [
      'All',
    ]);
  }
  const fieldValidation = query.get('fieldValidation') ?? '';
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(fieldValidation)) {
    throw unsupportedValue(call, 'fieldValidation', `"${fieldValidation}"`, ['', 'Ignore', 'Strict', 'Warn']);
  }
  const named = query.get('fieldManager') ?? '';
  return {
    dryRun: dryRun.includes('All'),
    // The server's default since 1.27: prune and warn.
    fieldValidation: fieldValidation === 'Strict' || fieldValidation === 'Ignore' ? fieldValidation : 'Warn',
    // Without a name the manager is the first word of the user agent.
    manager: named !== '' ? named : ((headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown'),
  };
}

function unsupportedValue(
  call: ObjectCall,
  field: string,
  value: string,
  supported: readonly string[],
): Error {
  const quoted = supported.map((word) => `"${word}"`).join(', ');
  const message = `Unsupported value: ${value}: supported values: ${quoted}`;
  const kind =
    call.verb === 'patch' ? 'PatchOptions' : call.verb === 'create' ? 'CreateOptions' : 'UpdateOptions';
  return invalid({ ...kindSubjectOf(call, ''), group: 'meta.k8s.io', resource: kind }, [
    { reason: 'FieldValueNotSupported', message, field },
  ]);
}

/** The media type of a body, without its parameters. */
export const mediaTypeOf = (call: ObjectCall): string =>
  (call.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** Reads a JSON body; throws 415 for another type and 400, begun with `told`, for what is no JSON. */
export async function jsonBody(
  call: ObjectCall,
  accepted: readonly string[],
  told: string,
): Promise<unknown> {
  const type = mediaTypeOf(call);
  if (type !== '' && !accepted.includes(type)) throw unsupportedMediaType(accepted);
  const text = (await call.body()).toString();
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(`${told}${error instanceof Error ? error.message : String(error)}`);
  }
}
