import type { LogFields } from '../core/ports.ts';

const blank = '[redacted]';
const longest = 2_000;

const secretNames =
  /authorization|cookie|token|password|passwd|secret|credential|private|client-?key|api-?key|session|bearer|certificate-?data/i;

const secretShapes: readonly RegExp[] = [
  /eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, // JSON Web Token
  /-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g, // PEM
  /LS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g, // PEM in base64, as a kubeconfig holds it
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, // AWS access key
  /\bgh[pousr]_[A-Za-z0-9]{20,}\b/g, // GitHub token
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  /(?<=:\/\/)[^\s/@]+:[^\s/@]+(?=@)/g, // user and password in an address
  /(?<=[#?&](?:t|token|access_token|code|password)=)[^\s&#]+/gi,
];

/** A line for the log without what must not be in one: by the field's name, and by what secrets look like anywhere. */
export function redactFields(fields: LogFields): LogFields {
  const clean = ([name, value]: [string, LogFields[string]]): [string, LogFields[string]] => {
    if (typeof value !== 'string') return [name, value ?? null];
    return [name, secretNames.test(name) ? blank : redactText(value)];
  };
  return Object.fromEntries(Object.entries(fields).map(clean));
}

/** Text with everything that looks like a secret blanked, and cut to a length that a log can bear. */
export function redactText(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return secretShapes.reduce<string>((clean, shape) => clean.replaceAll(shape, blank), cut);
}
