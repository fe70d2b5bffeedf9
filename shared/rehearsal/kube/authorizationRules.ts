import { isRecord } from './jsonPatch.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What Istio's webhook says against an AuthorizationPolicy, in its words; each names the policy. */
export function* authorizationFaults(spec: Fields, name: string, namespace: string): Iterable<string> {
  for (const told of faultsOf(spec)) yield `invalid policy ${name}.${namespace}: ${told}`;
}

function* faultsOf(spec: Fields): Iterable<string> {
  const { action, rules, provider } = spec;
  if (action === 'CUSTOM') {
    if (rules === undefined) yield meaningless('CUSTOM');
    else if ((fieldsOf(provider)['name'] ?? '') === '') yield '`provider.name` must not be empty';
  } else if (provider !== undefined) {
    yield `\`provider\` must not be with non CUSTOM action, found ${typeof action === 'string' ? action : 'ALLOW'}`;
  }
  if (action === 'DENY' && rules === undefined) yield meaningless('DENY');
  for (const [index, rule] of listOf(rules).map(fieldsOf).entries()) yield* ruleFaults(rule, index);
}

const meaningless = (action: string): string =>
  `${action} action without \`rules\` is meaningless as it will never be triggered, add an empty rule \`{}\` if you want it be triggered for every request`;

function* ruleFaults(rule: Fields, index: number): Iterable<string> {
  const where = `found at rule ${index}`;
  for (const [part, inner] of [
    ['from', 'source'],
    ['to', 'operation'],
  ] as const) {
    const given = rule[part];
    if (Array.isArray(given) && given.length === 0) yield `\`${part}\` must not be empty, ${where}`;
    for (const one of listOf(given).map(fieldsOf)) {
      const fields = one[inner];
      if (!isRecord(fields)) yield `\`${part}.${inner}\` must not be nil, ${where}`;
      else if (!Object.values(fields).some((values) => listOf(values).length > 0)) {
        yield `\`${part}.${inner}\` must not be empty, ${where}`;
      } else yield* valueFaults(fields, where);
    }
  }
  for (const condition of listOf(rule['when']).map(fieldsOf)) yield* conditionFaults(condition);
}

function* valueFaults(fields: Fields, where: string): Iterable<string> {
  const has = (...names: readonly string[]): boolean => names.some((name) => listOf(fields[name]).length > 0);
  const identities = has('principals', 'notPrincipals', 'namespaces', 'notNamespaces');
  if (identities && has('serviceAccounts', 'notServiceAccounts')) {
    yield `cannot set serviceAccounts with namespaces or principals, ${where}`;
  }
  for (const [name, values] of Object.entries(fields)) {
    if (listOf(values).includes(''))
      yield `empty value not allowed, found in ${name[0]?.toUpperCase()}${name.slice(1)}`;
  }
  for (const port of [...listOf(fields['ports']), ...listOf(fields['notPorts'])].map(String)) {
    if (!/^\d{1,9}$/.test(port) || Number(port) > 65_535) {
      yield `bad port (${port}): ${/^\d+$/.test(port) ? '<nil>' : `strconv.ParseUint: parsing ${JSON.stringify(port)}: invalid syntax`}`;
    }
  }
}

function* conditionFaults(condition: Fields): Iterable<string> {
  const { key, values, notValues } = condition;
  if (typeof key !== 'string' || key === '') yield '`key` must not be empty';
  else if (listOf(values).length === 0 && listOf(notValues).length === 0) {
    yield `at least one of \`values\` or \`notValues\` must be set for key ${key}`;
  } else if (!attributes.test(key)) yield `invalid \`value\` for \`key\` ${key}: unknown attribute: ${key}`;
}

const attributes =
  /^(?:request\.headers\[.+\]|request\.auth\.(?:principal|audiences|presenter|claims\[.+\])|source\.(?:ip|namespace|principal|serviceAccount|trustDomain)|remote\.ip|destination\.(?:ip|port)|connection\.sni|experimental\..+\[.+\])$/;

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];
