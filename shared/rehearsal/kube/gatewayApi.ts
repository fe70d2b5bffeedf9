import { fieldsAt, listAt, numberOf, type Fields } from '../traffic/reading.ts';
import { fields, list, type Shape } from './schema.ts';
import type { StatusCause } from './status.ts';

const backend = fields({
  group: 'string',
  kind: 'string',
  name: 'string',
  namespace: 'string',
  port: 'integer',
  weight: 'integer',
  filters: list('any'),
});

const route = (more: Readonly<Record<string, Shape>>): Shape =>
  fields({
    parentRefs: list('any'),
    hostnames: list('string'),
    rules: list(
      fields({
        name: 'string',
        matches: list('any'),
        filters: list('any'),
        backendRefs: list(backend),
        sessionPersistence: 'any',
        ...more,
      }),
    ),
  });

/** The `spec` of the Gateway API's kinds, as far as an operator changes them. */
export const gatewayApiShapes: Readonly<Record<string, Shape>> = {
  httproutes: route({ timeouts: fields({ request: 'string', backendRequest: 'string' }), retry: 'any' }),
  grpcroutes: route({}),
};

/** What the schema of a route says against weights, in its words. */
export function* routeCauses(spec: unknown): Iterable<StatusCause> {
  for (const [rule, given] of listAt(spec, 'rules').entries()) {
    for (const [index, one] of listAt(given, 'backendRefs').entries()) {
      const weight = numberOf(fieldsAt(one)['weight']);
      const field = `spec.rules[${rule}].backendRefs[${index}].weight`;
      const bound =
        weight === null
          ? null
          : weight < 0
            ? 'greater than or equal to 0'
            : weight > 1_000_000
              ? 'less than or equal to 1000000'
              : null;
      if (bound !== null)
        yield {
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${weight}: ${field} in body should be ${bound}`,
          field,
        };
    }
  }
}

/** What the schema of a route fills in where a writer said nothing. */
export function routeDefaults(kind: string, spec: Fields): Fields {
  return {
    ...spec,
    ...('parentRefs' in spec
      ? {
          parentRefs: listAt(spec, 'parentRefs').map((one) => ({
            group: 'gateway.networking.k8s.io',
            kind: 'Gateway',
            ...fieldsAt(one),
          })),
        }
      : {}),
    rules: listAt(spec, 'rules').map((given) => {
      const rule = fieldsAt(given);
      const matches = 'matches' in rule ? listAt(rule, 'matches') : kind === 'HTTPRoute' ? [{}] : null;
      return {
        ...rule,
        ...(matches === null ? {} : { matches: matches.map((one) => matchDefaults(kind, fieldsAt(one))) }),
        ...('backendRefs' in rule
          ? {
              backendRefs: listAt(rule, 'backendRefs').map((one) => ({
                group: '',
                kind: 'Service',
                weight: 1,
                ...fieldsAt(one),
              })),
            }
          : {}),
      };
    }),
  };
}

function matchDefaults(kind: string, match: Fields): Fields {
  const exact = (one: unknown): Fields => ({ type: 'Exact', ...fieldsAt(one) });
  const lists = ['headers', 'queryParams'].filter((list) => list in match);
  return {
    ...match,
    ...(kind === 'HTTPRoute'
      ? { path: { type: 'PathPrefix', value: '/', ...fieldsAt(match['path']) } }
      : 'method' in match
        ? { method: exact(match['method']) }
        : {}),
    ...Object.fromEntries(lists.map((list) => [list, listAt(match, list).map(exact)])),
  };
}
