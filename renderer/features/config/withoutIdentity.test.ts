import { describe, expect, test } from 'vitest';
import { withoutIdentity } from './withoutIdentity.ts';

describe('withoutIdentity', () => {
  test('leaves labels and data, and takes names only from metadata', () => {
    const whole = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
  labels:
    name: kept
data:
  name: kept
`;
    expect(withoutIdentity(whole)).toBe(`metadata:
  labels:
    name: kept
data:
  name: kept
`);
  });

  test('takes away metadata that held nothing else', () => {
    expect(withoutIdentity('apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata: {}\n')).toBe(
      'data: {}\n',
    );
  });

  test('leaves a text of the journal as it is', () => {
    const kept = 'metadata:\n  labels:\n    app: shop\ndata:\n  a: "1"\n';
    expect(withoutIdentity(kept)).toBe(kept);
  });
});
