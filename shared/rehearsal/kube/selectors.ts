import type { KubeObject } from './store.ts';
import { badRequest } from './status.ts';

/** Whether an object is among those asked for. */
export type Matches = (object: KubeObject) => boolean;

/** Both selectors of a request as one question; throws the 400 of a selector that cannot be read. */
export function selectorOf(query: URLSearchParams, resource: string, custom: boolean): Matches {
  const labels = labelSelector(query.get('labelSelector') ?? '');
  const fields = fieldSelector(query.get('fieldSelector') ?? '', resource, custom);
  return (object) => labels(object.metadata.labels ?? {}) && fields(object);
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** Reads `app=payment,version in (v1,v2),!canary` and the other forms of a label selector. */
export function labelSelector(text: string): LabelTest {
  const tests = splitOutsideParentheses(text).map(labelTest);
  return (labels) => tests.every((test) => test(labels));
}

const key = '[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?';
const exists = new RegExp(`^(!?)\\s*(${key})$`);
const equality = new RegExp(`^(${key})\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)$`);
const inSet = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const compared = new RegExp(`^(${key})\\s*([<>])\\s*(-?\\d+)$`);

function labelTest(text: string): LabelTest {
  const present = exists.exec(text);
  if (present !== null) {
    const [, not, name = ''] = present;
    return (labels) => Object.hasOwn(labels, name) === (not !== '!');
  }
  const equal = equality.exec(text);
  if (equal !== null) {
    const [, name = '', , operator, value] = equal;
    // An absent label counts as different.
    return operator === '!=' ? (labels) => labels[name] !== value : (labels) => labels[name] === value;
  }
  const set = inSet.exec(text);
  if (set !== null) {
    const [, name = '', , operator, values = ''] = set;
    const wanted = new Set(values.split(',').map((value) => value.trim()));
    return operator === 'in'
      ? (labels) => Object.hasOwn(labels, name) && wanted.has(labels[name] ?? '')
      : (labels) => !Object.hasOwn(labels, name) || !wanted.has(labels[name] ?? '');
  }
  const order = compared.exec(text);
  if (order !== null) {
    const [, name = '', , operator, bound] = order;
    return (labels) => {
      const value = Number.parseInt(labels[name] ?? '', 10);
      return operator === '<' ? value < Number(bound) : value > Number(bound);
    };
  }
  throw badRequest(`unable to parse requirement: found '${text}', expected: a label requirement`);
}

function splitOutsideParentheses(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: ['spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName', 'status.phase', 'status.podIP'],
  events: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].flatMap((field) => [
      `involvedObject.${field}`,
      `regarding.${field}`,
    ]),
    ...['reason', 'type', 'source', 'reportingComponent', 'reportingController'],
  ],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
};

function fieldSelector(text: string, resource: string, custom: boolean): Matches {
  const allowed = ['metadata.name', 'metadata.namespace', ...(custom ? [] : (selectable[resource] ?? []))];
  const tests = splitOutsideParentheses(text).map((part): Matches => {
    const [, path = '', operator = '', value = ''] = /^([^=!]+?)\s*(==|=|!=)\s*(.*)$/.exec(part) ?? [];
    if (operator === '') throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
    if (!allowed.includes(path)) throw badRequest(`field label not supported: ${path}`);
    return (object) => (fieldOf(object, path) === value) === (operator !== '!=');
  });
  return (object) => tests.every((test) => test(object));
}

function fieldOf(object: KubeObject, path: string): string {
  const aliased = path.replace(/^regarding\./, 'involvedObject.').replace(/^source$/, 'source.component');
  let value: unknown = object;
  for (const part of aliased.split('.')) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  // An unset field compares as the empty string.
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
