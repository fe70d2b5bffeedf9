import { isRecord, setOwn } from './jsonPatch.ts';
import type { StatusCause } from './status.ts';

/** A structural schema, as far as a CRD's answers need it. */
export type Shape =
  | 'any'
  | 'string'
  | 'boolean'
  | 'integer'
  | 'number'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

/** What a look at a value against its shape found. */
export interface Checked {
  /** The value without the fields that the schema does not know: what a server stores. */
  readonly pruned: unknown;
  /** Paths of those fields, as `spec.http[0].route[0].wieght`. */
  readonly unknown: readonly string[];
  readonly causes: readonly StatusCause[];
}

export const list = (of: Shape): Shape => ({ list: of });
export const map = (of: Shape): Shape => ({ map: of });
export const fields = (of: Readonly<Record<string, Shape>>): Shape => ({ fields: of });

/** Checks a value and prunes it; `path` is where the value sits. */
export function check(value: unknown, shape: Shape, path: string): Checked {
  const unknown: string[] = [];
  const causes: StatusCause[] = [];
  const visit = (at: unknown, wanted: Shape, where: string): unknown => {
    if (wanted === 'integer' && jsonTypeOf(at) === 'number') {
      causes.push(...fractionCauses(where));
      return at;
    }
    const expected = typeName(wanted);
    const found = jsonTypeOf(at);
    if (expected !== 'any' && found !== expected && !(expected === 'number' && found === 'integer')) {
      causes.push({
        reason: 'FieldValueTypeInvalid',
        message: `Invalid value: "${found}": ${where} in body must be of type ${expected}: "${found}"`,
        field: where,
      });
      return at;
    }
    if (typeof wanted === 'string') return at;
    if (Array.isArray(at)) {
      return 'list' in wanted
        ? at.map((element, index) => visit(element, wanted.list, `${where}[${index}]`))
        : at;
    }
    if (!isRecord(at)) return at;
    const kept: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(at)) {
      if ('map' in wanted) setOwn(kept, key, visit(inner, wanted.map, `${where}.${key}`));
      else if ('fields' in wanted) {
        // A null is dropped without a word where the schema does not allow it: a weight of null is no weight.
        if (inner === null) continue;
        const known = Object.hasOwn(wanted.fields, key) ? wanted.fields[key] : undefined;
        if (known === undefined) unknown.push(`${where}.${key}`);
        else setOwn(kept, key, visit(inner, known, `${where}.${key}`));
      }
    }
    return kept;
  };
  return { pruned: visit(value, shape, path), unknown, causes };
}

const fractionCauses = (where: string): readonly StatusCause[] => [
  {
    reason: 'FieldValueTypeInvalid',
    message: `Invalid value: "float64": ${where} in body must be of type int32: "float64"`,
    field: where,
  },
  {
    reason: 'FieldValueInvalid',
    message: `Invalid value: "": Checked value must be of type integer with format int32 in ${where}`,
    field: '<nil>',
  },
];

function typeName(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  return 'list' in shape ? 'array' : 'object';
}

function jsonTypeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
