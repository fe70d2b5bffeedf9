import { memo, useState } from 'react';
import { terminalSpans } from '../../../shared/analysis/terminalText.ts';
import type { LogLine, LogNote } from '../../../shared/model/log.ts';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { DeniedNote } from '../../ui/DeniedNote.tsx';
import { formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { drawn, levelOf, timeOf } from './logWords.ts';

/** How an instance is marked: a short name and one of a few colours; null where there is only one. */
export interface LogMark {
  readonly name: string;
  readonly colour: number;
}

const longest = 8_000;
const tones = { warn: 'toneWarn', bad: 'toneBad' } as const;

interface LogLineProps {
  readonly line: LogLine;
  readonly mark: LogMark | null;
  readonly previous: boolean;
}

/** One line with the mark of who wrote it, in the colours that it asks for; drawn again only when it looks different. */
export const LogLineRow = memo(DrawnLine, isSameLine);

/** Marks are made anew with each batch. */
export function isSameLine(before: LogLineProps, after: LogLineProps): boolean {
  return (
    before.line === after.line &&
    before.previous === after.previous &&
    before.mark?.name === after.mark?.name &&
    before.mark?.colour === after.mark?.colour
  );
}

function DrawnLine({ line, mark, previous }: LogLineProps) {
  const [whole, setWhole] = useState<string | null>(null);
  const show = async () => {
    const { connectionId, namespace, instance, container, stamp, text } = line;
    const ref = { connectionId, namespace, instance, container, stamp, text, previous };
    try {
      const read = await ask((client) => client.logs.line(ref));
      setWhole(read.text ?? 'This line is no longer in the log.');
    } catch (error) {
      setWhole(wordsOfError(error));
    }
  };
  const spans = terminalSpans(line.text.replace(/\r$/, ''));
  // What colours itself stays as it is.
  const coloured = spans.some(({ colour }) => colour !== null);
  const level = levelOf(spans.map(({ text }) => text).join(''));
  return (
    <div className="logRow">
      {mark !== null && (
        <span className={`logMark mark${mark.colour}`} title={plainText(line.instance, 253)}>
          {plainText(mark.name, 90)}
        </span>
      )}
      <span className="logTime num" {...(line.at !== null && { title: formatUtc(line.at) })}>
        {timeOf(line.at)}
      </span>
      <span className={`logText ${coloured || level === null ? '' : tones[level]}`}>
        {spans.map(({ text, colour, bold, dim }, place) => (
          <span
            key={place}
            className={[
              colour === null ? '' : `ansi${colour}`,
              bold ? 'ansiBold' : '',
              dim ? 'ansiDim' : '',
            ].join(' ')}
          >
            {plainText(text, longest)}
          </span>
        ))}
        {line.missingChars > 0 && (
          <button type="button" className="logMore" onClick={() => void show()}>
            … {line.missingChars} more characters
          </button>
        )}
      </span>
      {whole !== null && (
        <Dialog
          title={`A line of ${plainText(line.instance, 120)}`}
          widthPx={900}
          onClose={() => setWhole(null)}
        >
          <textarea
            className="input mono logWhole"
            readOnly
            aria-label="The whole line"
            rows={20}
            value={drawn(whole)}
          />
        </Dialog>
      )}
    </div>
  );
}

/** Something to know about the lines around it. */
export function LogNoteRow({ note, mark }: { readonly note: LogNote; readonly mark: LogMark | null }) {
  return (
    <div className={`logRow logNote ${note.tone === 'warn' ? 'toneWarn' : 'muted'}`}>
      {mark !== null && <span className={`logMark mark${mark.colour}`}>{plainText(mark.name, 90)}</span>}
      <span className="logTime num">{timeOf(note.at)}</span>
      <span className="logText">— {plainText(note.text, 600)}</span>
    </div>
  );
}

/** The rights that are missing, each said once, with a Role to ask for. */
export function MissingRights({ notes }: { readonly notes: readonly LogNote[] }) {
  const denied = new Map(
    notes.flatMap((note) => (note.denied === null ? [] : [[note.denied.namespace, note.denied]])),
  );
  return [...denied.values()].map((permission) => (
    <DeniedNote key={permission.namespace} denied={permission} />
  ));
}
