/** One text that holds a secret, as peers, files and programs write it. */
interface SecretText {
  readonly what: string;
  readonly text: string;
  /** What must not be seen of it. */
  readonly secret: string;
}

const consulToken = '7f3e9c1a-0b1d-4c22-9a77-5d1e00c0ffee';
const body = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  data: { url: 'aHVudGVyMi1hdC1kYg==' },
};

/** Secrets in the shapes in which they turn up. None is a real one. */
export const secretTexts: readonly SecretText[] = [
  {
    what: 'a web token',
    text: 'refused eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl by the server',
    secret: 'eyJzdWIiOiJzeXN0ZW0ifQ',
  },
  {
    what: 'a private key',
    text: 'read -----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIGtleQ\n-----END EC PRIVATE KEY-----',
    secret: 'MHcCAQEEIGtleQ',
  },
  {
    what: 'a password in an address',
    text: 'GET https://ana:hunter2@prometheus:9090/api/v1/query',
    secret: 'hunter2',
  },
  { what: 'the id of an AWS key', text: 'signed by AKIAIOSFODNN7EXAMPLE', secret: 'AKIAIOSFODNN7EXAMPLE' },
  {
    what: 'an AWS key',
    text: 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    secret: 'wJalrXUtnFEMI',
  },
  {
    what: 'an AWS session',
    text: '{"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"tnFEMIK7MDENG","SessionToken":"IQoJb3JpZ2lu"}',
    secret: 'IQoJb3JpZ2lu',
  },
  {
    what: 'the body of a Secret',
    text: `the server said ${JSON.stringify(body)}`,
    secret: 'aHVudGVyMi1hdC1kYg',
  },
  {
    what: 'the body of a Secret in an annotation',
    text: JSON.stringify({ annotations: { 'last-applied-configuration': JSON.stringify(body) } }),
    secret: 'aHVudGVyMi1hdC1kYg',
  },
  {
    what: 'the body of a Secret in YAML',
    text: 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  url: hunter2-at-db\n  port: "5432"\n',
    secret: 'hunter2-at-db',
  },
  { what: 'a Consul token in a header', text: `X-Consul-Token: ${consulToken}`, secret: consulToken },
  {
    what: 'a Consul token in an address',
    text: `GET /v1/kv/a?token=${consulToken}&wait=5s`,
    secret: consulToken,
  },
  {
    what: 'a Consul token in an answer',
    text: `{"AccessorID":"a","SecretID":"${consulToken}"}`,
    secret: consulToken,
  },
  {
    what: 'a cookie that is set',
    text: 'Set-Cookie: SESSION=c00k1e-c00k1e; Path=/; HttpOnly',
    secret: 'c00k1e-c00k1e',
  },
  {
    what: 'headers as JSON',
    text: '{"set-cookie":"JSESSIONID=c00k1e-c00k1e; Secure","x-vault-token":"hvs.CAESIJ"}',
    secret: 'c00k1e-c00k1e',
  },
  { what: 'a token of Vault', text: 'headers: {"x-vault-token":"hvs.CAESIJ"}', secret: 'hvs.CAESIJ' },
];
