/** Stands where a secret was. */
export const blank = '[redacted]';

type Shape = readonly [RegExp, string];

/** What is a secret by itself, wherever it stands. */
const secretShapes: readonly Shape[] = [
  [/eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, blank], // JSON Web Token
  [/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g, blank], // PEM
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g, blank], // PEM in base64, as a kubeconfig holds it
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, blank], // AWS access key
  [/\bgh[pousr]_[A-Za-z0-9]{20,}\b/g, blank], // GitHub token
  [/\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, blank],
  [/(?<=:\/\/)[^\s/@]+:[^\s/@]+(?=@)/g, blank], // user and password in an address
  [/(?<=[#?&](?:t|token|access_token|code|password)=)[^\s&#]+/gi, blank],
];

/** What is a secret by the name before it; the name stays. Names in JSON that is a text of JSON have backslashes before their quotes. */
const namedSecrets: readonly Shape[] = [
  // Headers, to the end of the line or of the text they are quoted in.
  [
    /\b((?:set-)?cookie|(?:proxy-)?authorization|x-(?:consul|vault|auth)-token)([\\"']*\s*[:=]\s*[\\"']*)[^\r\n"'\\]+/gi,
    `$1$2${blank}`,
  ],
  [
    /(?<![\w.-])([\w.-]{0,40}(?:password|passwd|secret|token|credential|(?:api|access|private|client)[-_]?key)[\w.-]{0,40}[\\"']*\s*[:=]\s*[\\"']*)[^\s"'\\,;&{}[\]]+/gi,
    `$1${blank}`,
  ],
];

/** The body of a Secret, in JSON and in YAML, whatever its keys are called. */
const secretBodies: readonly Shape[] = [
  [/([\\"']*\b(?:data|stringData)[\\"']*\s*:\s*)\{[^{}]*\}/g, `$1${blank}`],
  [/(^([ \t]*)(?:data|stringData):[ \t]*\r?\n)(?:\2[ \t]+\S.*(?:\r?\n|$))+/gm, `$1$2  ${blank}\n`],
  // The same in a text of JSON, where a line ends with a backslash and an n.
  [
    /((?:data|stringData):[ \t]*(?:\\+r)?\\+n)(?:[ \t]+(?:(?!\\+[rn])[^\n])*(?:\\+r)?(?:\\+n|$))+/gm,
    `$1${blank}`,
  ],
];
const isSecretBody = /(?:\b|\\n)kind[\\"']*\s*:\s*[\\"']*Secret\b/;

/** Names of fields whose values are not to be told, whatever they look like. */
export const secretNames =
  /authorization|cookie|token|password|passwd|secret|credential|private|client-?key|api-?key|session|bearer|certificate-?data/i;

/** Text with everything that looks like a secret blanked, and everything that is called one. */
export function blankSecrets(text: string): string {
  const shapes = [...(isSecretBody.test(text) ? secretBodies : []), ...secretShapes, ...namedSecrets];
  return shapes.reduce<string>((clean, [shape, instead]) => clean.replaceAll(shape, instead), text);
}
