import { builtInShapes } from './builtIns.ts';
import { kindSubjectOf, type ObjectCall } from './call.ts';
import { gatewayApiShapes, routeCauses } from './gatewayApi.ts';
import { ruleCauses, schemaCauses } from './istioRules.ts';
import { specShapes } from './istioSchemas.ts';
import { isRecord } from './jsonPatch.ts';
import { check } from './schema.ts';
import { badRequest, invalid, type StatusCause } from './status.ts';
import type { WriteAsked } from './writeOptions.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The body as it may be stored; throws what its schema refuses, and adds warnings for what it drops. */
export function validated(
  call: ObjectCall,
  asked: WriteAsked,
  body: Fields,
  name: string,
  warnings: string[],
): Fields {
  const { custom, plural } = call.resource;
  const shape = custom ? (specShapes[plural] ?? gatewayApiShapes[plural]) : builtInShapes[plural];
  if (shape === undefined || (custom && body['spec'] === undefined)) return body;
  const checked = custom ? check(body['spec'], shape, 'spec') : check(body, shape, '');
  const unknown = checked.unknown.map((path) => `unknown field "${path.replace(/^\./, '')}"`);
  if (unknown.length > 0 && asked.fieldValidation === 'Strict')
    throw undecodable(call, body, `strict decoding error: ${unknown.join(', ')}`);
  if (asked.fieldValidation === 'Warn') warnings.push(...unknown);
  if (custom) {
    const causes = [...checked.causes, ...schemaCauses(plural, checked.pruned)];
    if (causes.length > 0) throw invalid(kindSubjectOf(call, name), [...causes, rulesNotChecked]);
    const broken = [
      ...ruleCauses(plural, checked.pruned),
      ...(plural in gatewayApiShapes ? routeCauses(checked.pruned) : []),
    ];
    if (broken.length > 0) throw invalid(kindSubjectOf(call, name), broken);
    return { ...body, spec: checked.pruned };
  }
  const [wrong] = checked.causes;
  if (wrong !== undefined) throw undecodable(call, body, unmarshalled(call, wrong));
  const encoded = plural === 'secrets' ? Object.values(fieldsOf(body['data'])).map(String) : [];
  if (encoded.some((value) => !/^[A-Za-z0-9+/]*={0,2}$/.test(value)))
    throw undecodable(call, body, 'illegal base64 data at input byte 0');
  return fieldsOf(checked.pruned);
}

/** A body that is no object of its kind. */
function undecodable(call: ObjectCall, body: Fields, told: string): Error {
  if (call.verb !== 'patch') {
    const { kind } = call.resource;
    return badRequest(`${kind} in version "${call.address.version}" cannot be handled as a ${kind}: ${told}`);
  }
  // For a patch the whole patched document is the invalid value, under no name and no kind.
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(body))}: ${told}`;
  return invalid({ group: '', resource: '', name: '' }, [
    { reason: 'FieldValueInvalid', message, field: 'patch' },
  ]);
}

/** A value of the wrong type, in the words of the Go program that could not read it. */
function unmarshalled(call: ObjectCall, cause: StatusCause): string {
  const [, type = '', found = ''] = /of type (\w+): "(\w+)"/.exec(cause.message) ?? [];
  const path = (cause.field ?? '').replace(/^\./, '');
  const { kind } = call.resource;
  const field = path.startsWith('spec.') ? `${kind}Spec.${path}` : `${kind}.${path.split('.')[0] ?? ''}`;
  const wanted = goTypes[type] ?? type;
  return `json: cannot unmarshal ${found === 'integer' ? 'number' : found} into Go struct field ${field} of type ${wanted}`;
}

const goTypes: Readonly<Record<string, string>> = { boolean: 'bool', integer: 'int32' };

// Istio's CRDs have rules (CEL) besides their types; the server says that it did not get to them.
const rulesNotChecked: StatusCause = {
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  field: '<nil>',
};

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** The name under which a body is to be stored; throws 422 for one that no object may have. */
export function nameOf(body: Fields, call: ObjectCall): string {
  const { name, generateName } = fieldsOf(body['metadata']);
  if (typeof name === 'string' && name !== '') {
    if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name) && name.length <= 253)
      return name;
    const message = `Invalid value: ${JSON.stringify(name)}: ${subdomain}`;
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
