/** How a piece of a line is to be drawn, as far as its escape sequences ask for what does no harm. */
export interface TerminalStyle {
  /** 0 to 7: black, red, green, yellow, blue, magenta, cyan, white; null for the usual one. */
  readonly colour: number | null;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** A piece of a line without its escape sequences. */
export interface TerminalSpan extends TerminalStyle {
  readonly text: string;
}

const plain: TerminalStyle = { colour: null, bold: false, dim: false };

/*
 * ECMA-48. Control sequences: ESC [ (or U+009B), parameters, intermediates, one final. Strings (OSC, DCS, SOS, PM, APC): up to ST
 * or BEL; one that begins within another ends it unread. Others: ESC, intermediates, one final. Each is matched in one pass: no alternative can match what another does.
 */
const sequence =
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-OQ-WYZ`-~]/g;

/** Beyond so many pieces a line goes on in its usual colour: each is an element, and a hostile line could ask for thousands. */
export const mostSpans = 200;

/**
 * A line as a terminal would colour it, and as nothing else of a terminal: no cursor moves, no title is set, no link is made, the
 * clipboard stays as it is. Sequences are left out; what only looks like one keeps its ESC, to be shown as such.
 */
export function terminalSpans(line: string): TerminalSpan[] {
  const spans: TerminalSpan[] = [];
  let style = plain;
  let from = 0;
  const push = (text: string): void => {
    if (text === '') return;
    const asked = spans.length < mostSpans - 1 ? style : plain;
    const last = spans.at(-1);
    if (last === undefined || !isSame(last, asked)) spans.push({ text, ...asked });
    else spans[spans.length - 1] = { ...last, text: last.text + text };
  };
  for (const found of line.matchAll(sequence)) {
    push(line.slice(from, found.index));
    from = found.index + found[0].length;
    if (found[2] === 'm') style = styled(style, found[1] ?? '');
  }
  push(line.slice(from));
  return spans;
}

const isSame = (a: TerminalStyle, b: TerminalStyle): boolean =>
  a.colour === b.colour && a.bold === b.bold && a.dim === b.dim;

/** A line without its escape sequences. */
export const withoutSequences = (line: string): string => line.replace(sequence, '');

function styled(before: TerminalStyle, parameters: string): TerminalStyle {
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  let style = before;
  for (let place = 0; place < codes.length; place += 1) {
    const code = codes[place] ?? 0;
    // 38 and 48 bring their colour along: 5 and one number, or 2 and three. Such colours are not drawn.
    if (code === 38 || code === 48) {
      place += codes[place + 1] === 5 ? 2 : codes[place + 1] === 2 ? 4 : 0;
      if (code === 38) style = { ...style, colour: null };
    } else if (code === 0) style = plain;
    else if (code === 1) style = { ...style, bold: true };
    else if (code === 2) style = { ...style, dim: true };
    else if (code === 22) style = { ...style, bold: false, dim: false };
    else if (code === 39) style = { ...style, colour: null };
    else if (code >= 30 && code <= 37) style = { ...style, colour: code - 30 };
    else if (code >= 90 && code <= 97) style = { ...style, colour: code - 90 };
  }
  return style;
}
