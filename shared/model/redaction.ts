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

/** The name of a secret and what parts it from its value. Names in JSON that is a text of JSON have backslashes before their quotes. */
const secretName =
  /(?:\b(?:(?:set-)?cookie|(?:proxy-)?authorization|x-(?:consul|vault|auth)-token)|(?<![\w.-])[\w.-]{0,40}(?:password|passwd|secret|token|credential|(?:api|access|private|client)[-_]?key)[\w.-]{0,40})[\\"']*\s*[:=]\s*/gi;

/** Where a value is over that stands by itself: with its line, or with the text that it is quoted in. */
const endOfBare = /\\*["']\s*(?:[,}\])]|$)|$/gm;
/** A value of JSON that is no text, or was blanked already. */
const plainJson = /(?:-?\d[\d.eE+-]*|true|false|null|\[redacted\])(?=\s*(?:[,}\]]|$))/my;
/** What was blanked already, with nothing more of it behind. */
const blankedAlready = /\[redacted\](?=[&#]|\\*["']|\s*$)/my;
const white = /\s/g;
const opening = /(\\*)(["'])/y;

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
  const shapes = [...(isSecretBody.test(text) ? secretBodies : []), ...secretShapes];
  return blankNamed(
    shapes.reduce<string>((clean, [shape, instead]) => clean.replaceAll(shape, instead), text),
  );
}

/** The names stay. What a value may hold is not known, so it is rather too much that goes than too little. */
function blankNamed(text: string): string {
  let clean = '';
  let done = 0;
  secretName.lastIndex = 0;
  for (let name = secretName.exec(text); name !== null; name = secretName.exec(text)) {
    const from = secretName.lastIndex;
    const [begins, ends, over] = valueAt(text, from, /["']\s*[:=]\s*$/.test(name[0]));
    if (ends > begins) clean += text.slice(done, begins) + blank;
    done = ends > begins ? ends : done;
    secretName.lastIndex = Math.max(over, from);
  }
  return clean + text.slice(done);
}

/** Where a value begins and ends, and where the search goes on. */
function valueAt(text: string, from: number, inJson: boolean): readonly [number, number, number] {
  const quoted = matchAt(opening, text, from);
  if (quoted !== null) {
    const begins = from + quoted.length;
    const ends = endOfQuoted(text, begins, quoted);
    return [begins, ends, ends];
  }
  if (text[from] === '{' || (text[from] === '[' && !text.startsWith(blank, from))) {
    const ends = endOfGroup(text, from);
    return [from, ends, ends];
  }
  const already = matchAt(blankedAlready, text, from);
  if (already !== null) return [from, from, from + already.length];
  // Written as one word, as in a command or an address, it is over with the word.
  if (text[from - 1] === '=') {
    const ends = Math.min(endOfWord(text, from), endOfLine(text, from));
    return [from, ends, ends];
  }
  const literal = inJson ? matchAt(plainJson, text, from) : null;
  const ends = literal === null ? endOfLine(text, from) : from + literal.length;
  return [from, ends, ends];
}

function matchAt(shape: RegExp, text: string, from: number): string | null {
  shape.lastIndex = from;
  return shape.exec(text)?.[0] ?? null;
}

function endOfLine(text: string, from: number): number {
  endOfBare.lastIndex = from;
  return endOfBare.exec(text)?.index ?? text.length;
}

function endOfWord(text: string, from: number): number {
  white.lastIndex = from;
  return white.exec(text)?.index ?? text.length;
}

/** Where the same quote comes again that is not escaped more than the first; the end of the line where it does not. */
function endOfQuoted(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length && text[at] !== '\n'; at++) {
    if (!text.startsWith(quote, at) || isEscaped(text, from, at)) continue;
    return at;
  }
  const line = text.indexOf('\n', from);
  return line === -1 ? text.length : line;
}

function isEscaped(text: string, from: number, at: number): boolean {
  let before = at;
  while (before > from && text[before - 1] === '\\') before--;
  return (at - before) % 2 === 1;
}

/** Behind the bracket that closes the one at `from`; the end of the text where none does, for it may have been cut. */
function endOfGroup(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const quote = matchAt(opening, text, at);
    if (quote !== null) at = endOfQuoted(text, at + quote.length, quote) + quote.length - 1;
    else if (text[at] === '{' || text[at] === '[') depth++;
    else if ((text[at] === '}' || text[at] === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}
