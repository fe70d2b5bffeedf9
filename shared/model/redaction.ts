/** Stands where a secret was. */
export const blank = '[redacted]';

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

/** Names of fields whose values are not to be told, whatever they look like. */
export const secretNames =
  /authorization|cookie|token|password|passwd|secret|credential|private|client-?key|api-?key|session|bearer|certificate-?data/i;

/** Text with everything that looks like a secret blanked. */
export function blankSecrets(text: string): string {
  return secretShapes.reduce<string>((clean, shape) => clean.replaceAll(shape, blank), text);
}
