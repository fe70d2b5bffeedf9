import { describe, expect, test } from 'vitest';
import type { ConfigDocument } from '../../../shared/model/config.ts';
import { documentFindings, valueFindings, yamlFindings } from './textFindings.ts';

const settings: ConfigDocument = {
  document: {
    connectionId: 'c1',
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: 'shop',
    name: 'payment',
    uid: 'u1',
  },
  revision: '1',
  kind: 'configMap',
  entries: [],
  yaml: null,
  immutable: false,
  reach: [],
  writers: [],
  readOnly: null,
};
const text = (data: string, name = 'payment') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n${data}`;

test('an error of YAML is said at its line', () => {
  expect(yamlFindings('a: 1\nb: [1, 2\n')).toMatchObject([{ line: 2, severity: 'error' }]);
  expect(yamlFindings('a: 1\na: 2\n')).toMatchObject([{ line: 2, severity: 'error' }]);
  expect(yamlFindings('a: 1\n')).toEqual([]);
});

describe('a whole document', () => {
  test('must stay the one it is', () => {
    expect(documentFindings(text('  a: b\n', 'order'), settings)).toMatchObject([
      { line: 4, text: 'metadata.name must stay payment: another would be another document.' },
    ]);
  });

  test('has text only in a ConfigMap', () => {
    expect(documentFindings(text('  port: 8080\n  on: "true"\n'), settings)).toMatchObject([
      { line: 6, severity: 'error', text: 'port must be text: put it in quotes.' },
    ]);
  });

  test('is a map of fields', () => {
    expect(documentFindings('- a\n', settings)).toMatchObject([{ line: 1, severity: 'error' }]);
  });
});

test('a value that breaks what its key promises is told, not refused', () => {
  expect(valueFindings('app.yaml', 'a: [')).toMatchObject([{ severity: 'warning' }]);
  expect(valueFindings('app.json', '{"a": 1,\n}')).toMatchObject([{ line: 2, severity: 'warning' }]);
  expect(valueFindings('app.properties', 'a=[')).toEqual([]);
});

describe('a text that does not say which document it is', () => {
  test('is asked for no identity, and a file for nothing that its name does not promise', () => {
    expect(documentFindings('LIMIT: "4"\n', { ...settings, kind: 'keys' })).toEqual([]);
    const file = { ...settings, kind: 'file' as const };
    const named = (name: string) => ({ ...file, document: { ...file.document, name } });
    expect(documentFindings('limit=[', named('DEFAULT_GROUP/payment.properties'))).toEqual([]);
    expect(documentFindings('a: [', named('DEFAULT_GROUP/payment.yaml'))).toMatchObject([
      { severity: 'warning' },
    ]);
  });
});
