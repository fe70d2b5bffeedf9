import { expect, test } from 'vitest';
import { address, authority, headerLines, headersIn } from './typedFields.ts';

test('an address is one of http or https', () => {
  expect(address.safeParse('https://alerts.example.com/am').success).toBe(true);
  for (const text of ['alerts.example.com', 'ftp://alerts.example.com', ''])
    expect(address.safeParse(text).error?.issues[0]?.message).toBe('give it as http:// or https://');
});

test('a certificate authority is in PEM form, or none', () => {
  expect(authority.safeParse(undefined).success).toBe(true);
  expect(authority.safeParse('MIIB').success).toBe(false);
});

test('headers are read a line at a time, with colons in their values', () => {
  expect(headersIn('Authorization: Bearer a:b\n\n  X-Scope-OrgID:shop \r\n')).toEqual([
    { name: 'Authorization', value: 'Bearer a:b' },
    { name: 'X-Scope-OrgID', value: 'shop' },
  ]);
});

test('a line that is no header is refused without saying it', () => {
  const refused = headerLines.safeParse('Accept: a\ns3cret-without-a-name').error;
  expect(refused?.issues[0]?.message).toBe('a line is not a name, a colon and a value');
  expect(JSON.stringify(refused)).not.toContain('s3cret');
});
