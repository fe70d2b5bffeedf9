import { kindSubjectOf, type ObjectCall } from './call.ts';
import { specShapes } from './istioSchemas.ts';
import { isRecord } from './jsonPatch.ts';
import { check } from './schema.ts';
import { badRequest, invalid, type StatusCause } from './status.ts';
import type { WriteAsked } from './writeOptions.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The body as it may be stored; throws what a CRD's schema refuses, and adds warnings for what it drops. */
export function validated(
  call: ObjectCall,
  asked: WriteAsked,
  body: Fields,
  name: string,
  warnings: string[],
): Fields {
  const shape = call.resource.custom ? specShapes[call.resource.plural] : undefined;
  if (shape === undefined || body['spec'] === undefined) return body;
  const checked = check(body['spec'], shape, 'spec');
  const unknown = checked.unknown.map((path) => `unknown field "${path}"`);
  if (unknown.length > 0 && asked.fieldValidation === 'Strict') {
    const told = `strict decoding error: ${unknown.join(', ')}`;
    if (call.verb !== 'patch') {
      const { kind } = call.resource;
      throw badRequest(
        `${kind} in version "${call.address.version}" cannot be handled as a ${kind}: ${told}`,
      );
    }
    // For a patch the whole patched document is the invalid value, under no name and no kind.
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(body))}: ${told}`;
    throw invalid({ group: '', resource: '', name: '' }, [
      { reason: 'FieldValueInvalid', message, field: 'patch' },
    ]);
  }
  if (asked.fieldValidation === 'Warn') warnings.push(...unknown);
  if (checked.causes.length > 0)
    throw invalid(kindSubjectOf(call, name), [...checked.causes, rulesNotChecked]);
  return { ...body, spec: checked.pruned };
}

// Istio's CRDs have rules (CEL) besides their types; the server says that it did not get to them.
const rulesNotChecked: StatusCause = {
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  field: '<nil>',
};

/** The name under which a body is to be stored; throws 422 for one that no object may have. */
export function nameOf(body: Fields, call: ObjectCall): string {
  const { name, generateName } = fieldsOf(body['metadata']);
  if (typeof name === 'string' && name !== '') {
    if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name) && name.length <= 253)
      return name;
    const message = `Invalid value: ${JSON.stringify(name)}: a lowercase RFC 1123 subdomain is expected`;
    throw invalid(kindSubjectOf(call, name), [
      { reason: 'FieldValueInvalid', message, field: 'metadata.name' },
    ]);
  }
  if (typeof generateName === 'string' && generateName !== '') {
    return `${generateName}${call.store.revision().toString(36).padStart(5, '0').slice(-5)}`;
  }
  const message = 'Required value: name or generateName is required';
  throw invalid(kindSubjectOf(call, ''), [{ reason: 'FieldValueRequired', message, field: 'metadata.name' }]);
}

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
