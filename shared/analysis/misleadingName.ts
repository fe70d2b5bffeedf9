/** A character of a name that is not what it looks like. */
export interface MisleadingCharacter {
  /** "U+0430". */
  readonly point: string;
  /** "looks like “a”, but is not", "steers the direction of writing", "is not drawn at all". */
  readonly what: string;
}

/** U+061C, U+200E…: they turn the order in which what stands around them is drawn. */
const steersDirection = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
/** Zero width, soft hyphen, fillers, variation selectors, tags, controls: nothing is drawn for them. */
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/u;

/** Letters of other scripts that common typefaces draw as a Latin one. */
const twins: Readonly<Record<string, string>> = Object.fromEntries(
  [
    // Cyrillic
    ['аɑα', 'a'],
    ['ɓЬ', 'b'],
    ['сϲᴄ', 'c'],
    ['ԁ', 'd'],
    ['еҽ', 'e'],
    ['ɡ', 'g'],
    ['һ', 'h'],
    ['іıιӏ', 'i'],
    ['ј', 'j'],
    ['кκ', 'k'],
    ['ⅼ', 'l'],
    ['м', 'm'],
    ['пη', 'n'],
    ['оοօ', 'o'],
    ['рρ', 'p'],
    ['ԛ', 'q'],
    ['г', 'r'],
    ['ѕ', 's'],
    ['т', 't'],
    ['υս', 'u'],
    ['νѵ', 'v'],
    ['ԝω', 'w'],
    ['хχ', 'x'],
    ['уγ', 'y'],
    ['АΑ', 'A'],
    ['ВΒ', 'B'],
    ['С', 'C'],
    ['ЕΕ', 'E'],
    ['НΗ', 'H'],
    ['ІΙ', 'I'],
    ['Ј', 'J'],
    ['КΚ', 'K'],
    ['МΜ', 'M'],
    ['Ν', 'N'],
    ['ОΟ', 'O'],
    ['РΡ', 'P'],
    ['Ѕ', 'S'],
    ['ТΤ', 'T'],
    ['ХΧ', 'X'],
    ['УΥ', 'Y'],
    ['Ζ', 'Z'],
    ['‐‑‒–—−﹣', '-'],
    ['․', '.'],
    ['⁄∕', '/'],
  ].flatMap(([letters = '', latin = '']) => [...letters].map((letter) => [letter, latin])),
);

/** What of a name does not show what it is, in order of appearance; empty for an honest name. */
export function misleadingIn(name: string): MisleadingCharacter[] {
  const isLatin = /[a-z]/i.test(name);
  return [...name].flatMap((character) => {
    const what = deceitOf(character, isLatin);
    if (what === null) return [];
    const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return [{ point: `U+${point}`, what }];
  });
}

/** What a name looks like: two names that are not the same and look the same have one likeness. */
export function likenessOf(name: string): string {
  return [...name]
    .filter((character) => !steersDirection.test(character) && !invisible.test(character))
    .map((character) => twins[character] ?? character.normalize('NFKD').replace(/\p{M}/gu, ''))
    .join('')
    .toLowerCase();
}

/** Whether what was typed is the name itself: no trimming, no case, no normal form stands in for a character. */
export function isExactly(typed: string, name: string): boolean {
  return typed === name;
}

function deceitOf(character: string, isLatin: boolean): string | null {
  if (steersDirection.test(character)) return 'steers the direction of writing';
  if (invisible.test(character)) return 'is not drawn at all';
  if (/^[\u0020-\u007e]$/.test(character)) return null;
  const twin = Object.hasOwn(twins, character) ? twins[character] : undefined;
  if (twin !== undefined) return `looks like “${twin}”, but is not`;
  const compatible = character.normalize('NFKC');
  if (/^[\u0021-\u007e]+$/.test(compatible)) return `looks like “${compatible}”, but is not`;
  if (/\p{M}/u.test(character)) return 'is drawn onto the letter before it';
  if (/\p{Z}/u.test(character)) return 'is a blank of another kind';
  if (isLatin && /\p{L}/u.test(character) && !/\p{Script=Latin}/u.test(character))
    return 'is a letter of another script';
  return null;
}
