import { listIn, textsIn } from './entryRules.ts';
import type { Fields } from './state.ts';

/** What a router's route asks of a request, in the traffic model's words; null where it takes every request. */
export function matchesOf(http: Fields | undefined): object[] | null {
  if (http === undefined) return null;
  const headers: Record<string, object> = {};
  const withoutHeaders: Record<string, object> = {};
  for (const one of listIn(http, 'Header')) {
    const name = textOf(one['Name']);
    const condition = conditionOf(one);
    if (one['Invert'] === true) withoutHeaders[name] = condition;
    else headers[name] = condition;
  }
  const uri = uriOf(http);
  const queries = listIn(http, 'QueryParam').map(({ Name }) => [textOf(Name), {}] as const);
  const common = {
    ...(uri === null ? {} : { uri, ignoreUriCase: http['CaseInsensitive'] === true }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(Object.keys(withoutHeaders).length === 0 ? {} : { withoutHeaders }),
    ...(queries.length === 0 ? {} : { queryParams: Object.fromEntries(queries) }),
  };
  const methods = textsIn(http, 'Methods').map((method) => ({ ...common, method: { exact: method } }));
  return methods.length > 0 ? methods : [common];
}

function uriOf({ PathExact, PathPrefix, PathRegex }: Fields): object | null {
  if (textOf(PathExact) !== '') return { exact: PathExact };
  if (textOf(PathPrefix) !== '') return { prefix: PathPrefix };
  return textOf(PathRegex) === '' ? null : { regex: PathRegex };
}

function conditionOf({ Exact, Prefix, Suffix, Contains, Regex }: Fields): object {
  if (textOf(Exact) !== '') return { exact: Exact };
  if (textOf(Prefix) !== '') return { prefix: Prefix };
  if (textOf(Suffix) !== '') return { regex: `.*${RegExp.escape(textOf(Suffix))}` };
  if (textOf(Contains) !== '') return { regex: `.*${RegExp.escape(textOf(Contains))}.*` };
  // Nothing else said: that it is there.
  return textOf(Regex) === '' ? {} : { regex: Regex };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
