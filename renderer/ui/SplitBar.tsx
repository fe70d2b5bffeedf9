import './SplitBar.css';
import { sharesOf } from '../../shared/analysis/weights.ts';
import { plainText } from './plainText.ts';
import { SplitBarHandle } from './SplitBarHandle.tsx';
import { handlesOf } from './splitBarGeometry.ts';

/** One version of a split as the bar draws it. */
export interface SplitPart {
  readonly title: string;
  /** Declared weight; null where the document names none. */
  readonly weight: number | null;
  /** Which version colour, from 0; by default its place in the bar. */
  readonly tone?: number;
}

interface SplitBarProps {
  /** Names the split for those who hear it: "payment, route default". */
  readonly label: string;
  readonly parts: readonly SplitPart[];
  /** Shares seen in traffic, 0..1; null when no source counts them. */
  readonly measured: readonly (number | null)[] | null;
  /** Weights about to be asked for; null when nothing is pending. */
  readonly pending: readonly number[] | null;
  readonly editable: boolean;
  /** Indexes of versions kept out of any move. */
  readonly locked?: ReadonlySet<number>;
  /** `node`: one small bar on the map; `panel`: three labelled rows. */
  readonly size: 'node' | 'panel';
  readonly onChange: (weights: readonly number[]) => void;
  /** Esc: back to what is declared. */
  readonly onCancel: () => void;
}

const nothingLocked: ReadonlySet<number> = new Set();

/** The three truths of a split: declared solid, measured a thin line, pending dashed, with handles to drag it by. */
export function SplitBar(props: SplitBarProps) {
  const { parts, measured, pending, editable, size, onChange, onCancel } = props;
  const label = plainText(props.label, 90);
  const declared = parts.map((part) => part.weight);
  const current = pending ?? declared.map((weight) => weight ?? 0);
  const titles = parts.map((part) => plainText(part.title, 24));
  const handles = editable ? handlesOf(parts.length, props.locked ?? nothingLocked) : [];
  const words = describe(titles, declared, measured, pending);

  const declaredRow = <Segments className="splitDeclared" parts={parts} shares={sharesOf(declared)} />;
  // Without one share the others would fill the line; the words still tell those that are known.
  const measuredRow = measured?.every((share) => share !== null) && (
    <Segments className="splitMeasured" parts={parts} shares={measured} />
  );
  const pendingRow = (pending !== null || handles.length > 0) && (
    <div className={pending === null ? 'splitPending splitPendingNone' : 'splitPending'}>
      <Outline shares={sharesOf(current)} />
      {handles.map((handle, index) => (
        <SplitBarHandle
          key={`${handle.left}-${handle.right}`}
          handle={handle}
          label={handles.length === 1 ? `Split of ${label}` : `Split of ${label}, handle ${index + 1}`}
          titles={titles}
          weights={current}
          pending={pending}
          onChange={onChange}
          onCancel={onCancel}
        />
      ))}
    </div>
  );

  if (size === 'node') {
    return (
      <div className="split splitNode" role="group" aria-label={`${label}: ${words}`}>
        {declaredRow}
        {measuredRow}
        {pendingRow}
      </div>
    );
  }
  return (
    <div className="split splitPanel" role="group" aria-label={`${label}: ${words}`}>
      <span className="splitLabel">declared</span>
      {declaredRow}
      {measured !== null && <span className="splitLabel">measured</span>}
      {measuredRow}
      {pendingRow && <span className={pending ? 'splitLabel splitLabelPending' : 'splitLabel'}>pending</span>}
      {pendingRow}
    </div>
  );
}

function Segments(props: {
  readonly className: string;
  readonly parts: readonly SplitPart[];
  /** Null where nothing says who gets the calls; nothing is drawn of it. */
  readonly shares: readonly (number | null)[];
}) {
  return (
    <div className={`splitRow ${props.className}`} aria-hidden="true">
      {props.parts.map((part, index) => {
        const share = props.shares[index] ?? 0;
        if (share === 0) return null;
        return (
          <i key={index} className={`splitTone${(part.tone ?? index) % 6}`} style={{ flexGrow: share }} />
        );
      })}
    </div>
  );
}

function Outline({ shares }: { readonly shares: readonly (number | null)[] }) {
  return (
    <div className="splitRow splitOutline" aria-hidden="true">
      {shares.map((share, index) =>
        share === null || share === 0 ? null : <i key={index} style={{ flexGrow: share }} />,
      )}
    </div>
  );
}

function describe(
  titles: readonly string[],
  declared: readonly (number | null)[],
  measured: readonly (number | null)[] | null,
  pending: readonly number[] | null,
): string {
  const words = [`declared ${titles.map((title, i) => `${title} ${declared[i] ?? 'no weight'}`).join(', ')}`];
  const seen = measured?.some((share) => share !== null) ? measured : null;
  if (seen) {
    const shares = titles.map((title, i) => `${title} ${percentOf(seen[i] ?? null)}`);
    words.push(`measured ${shares.join(', ')}`);
  }
  if (pending) words.push(`pending ${titles.map((title, i) => `${title} ${pending[i] ?? 0}`).join(', ')}`);
  return words.join('; ');
}

function percentOf(share: number | null): string {
  if (share === null) return 'unknown';
  const percent = share * 100;
  return `${percent.toFixed(percent > 0 && percent < 10 ? 1 : 0)} %`;
}
