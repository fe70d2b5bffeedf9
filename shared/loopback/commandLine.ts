import { parseArgs } from 'node:util';
import { linkToPlace, readLink, writeLink } from '../model/deepLink.ts';
import { whyNoWorkTree } from '../node/workTreeFolder.ts';

/** What the browser host was asked for. */
export interface CommandLine {
  /** A `podium://` link to follow; null where nothing is to be opened. */
  readonly link: string | null;
  readonly opensBrowser: boolean;
  /** 0 for whichever is free. */
  readonly port: number;
  /** Git work trees that declare what runs. */
  readonly repositories: readonly string[];
}

const usage = `npm start -- [open CONTEXT/NAMESPACE/SERVICE [--at TIME] | podium://…]
              [--no-open] [--port PORT] [--repository FOLDER]…`;

/** Reads the command line; throws an `Error` that says what was expected. */
export function readCommandLine(args: readonly string[], now: number): CommandLine {
  const { values, positionals } = parse(args);
  if (values.at !== undefined && positionals[0] !== 'open')
    throw new Error('--at says when, for “open CONTEXT/NAMESPACE/SERVICE”, and there is none.');
  for (const folder of values.repository) {
    const why = whyNoWorkTree(folder);
    if (why !== null) throw new Error(why);
  }
  return {
    link: linkAsked(positionals, values.at ?? null, now),
    opensBrowser: !values['no-open'],
    port: portOf(values.port),
    repositories: values.repository,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        at: { type: 'string' },
        'no-open': { type: 'boolean', default: false },
        port: { type: 'string', default: '0' },
        repository: { type: 'string', multiple: true, default: [] },
      },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    // What comes after the first sentence is advice for those who write programs.
    throw new Error(`${why.split(/\.\s/, 1)[0] ?? why}.\n${usage}`, { cause });
  }
}

/** What `open CONTEXT/NAMESPACE/SERVICE --at TIME`, or a link as it is copied, leads to. */
function linkAsked(words: readonly string[], time: string | null, now: number): string | null {
  const [verb, place, ...more] = words;
  if (verb === undefined) return null;
  if (verb === 'open' && more.length === 0) return writeLink(linkToPlace(place ?? '', time, now));
  const link = place === undefined ? readLink(verb) : null;
  if (link !== null) return writeLink(link);
  throw new Error(
    `“${words.join(' ')}” is no command: there is open CONTEXT/NAMESPACE/SERVICE --at TIME, or a podium:// link.`,
  );
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`“${text}” is no port: write a whole number up to 65535, or leave --port out.`);
}
