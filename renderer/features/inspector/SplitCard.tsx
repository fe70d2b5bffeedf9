import { type ReactNode, useState } from 'react';
import { formatCount, formatPercentNumber } from '../../../shared/analysis/formats.ts';
import { sharesOf } from '../../../shared/analysis/weights.ts';
import type { MeasuredSplit, Split } from '../../../shared/model/weights.ts';
import { useTitleAmongSeveral } from '../../live/connections.ts';
import { useNow } from '../../live/clock.ts';
import { discardDraft, draftWeights, isOvertaken, useDraft } from '../../state/drafts.ts';
import { formatSpan } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { SplitBar } from '../../ui/SplitBar.tsx';
import { sumOf } from '../../ui/splitBarGeometry.ts';
import { SplitNotes } from './SplitNotes.tsx';
import { canBeDragged, type Counting, governed, measuredShares } from './splitView.ts';

interface SplitCardProps {
  readonly split: Split;
  readonly serviceName: string;
  readonly measured: MeasuredSplit | null;
  readonly counting: Counting;
  /** What runs over it, and what else can be asked of it. */
  readonly actions: ReactNode;
}

/** One route that divides calls: what it declares, what is measured, and handles to make a pending change. */
export function SplitCard({ split, serviceName, measured, counting, actions }: SplitCardProps) {
  const draft = useDraft(split);
  const system = useTitleAmongSeveral(split.connectionId);
  const now = useNow();
  const [locked, setLocked] = useState<ReadonlySet<number>>(new Set());
  const editable = canBeDragged(split);
  const { document, route, destinations } = split;
  const pending = draft && draft.weights.length === destinations.length ? draft.weights : null;
  const weights = destinations.map((destination, index) => pending?.[index] ?? destination.weight);
  const shares = sharesOf(weights);
  const isPercent = sumOf(weights) === 100;
  const label = plainText(`${serviceName}, route ${route.title}`, 90);
  const toggleLock = (index: number) =>
    setLocked(
      (before) =>
        new Set(before.has(index) ? [...before].filter((each) => each !== index) : [...before, index]),
    );

  return (
    <Section
      title={plainText(
        `Weights · route “${route.title}” of ${document.namespace ?? ''}/${document.name}`,
        120,
      )}
    >
      <p className="splitAbout muted">
        {system !== null && <>through {plainText(system, 60)} · </>}
        {plainText(route.match, 160)} · {plainText(governed(split.gateways), 160)}
        {measured !== null && measured.total > 0 && (
          <span className="num">
            {' '}
            · {formatCount(measured.total)} calls counted in {formatSpan(measured.until - measured.since)}
          </span>
        )}
      </p>
      <SplitBar
        size="panel"
        label={label}
        parts={destinations.map((destination) => ({ title: destination.title, weight: destination.weight }))}
        measured={measuredShares(split, measured)}
        pending={pending}
        editable={editable}
        locked={locked}
        onChange={(wanted) => draftWeights(split, wanted)}
        onCancel={() => discardDraft(split)}
      />
      <ul className="splitVersions" aria-label={`Versions of ${label}`}>
        {destinations.map((destination, index) => (
          <li key={destination.index}>
            <span className="num">
              {plainText(destination.title, 40)} {weights[index] ?? '–'}
              {!isPercent && shares[index] != null && ` (${formatPercentNumber(shares[index] ?? null)} %)`}
            </span>
            {destination.readyInstances === 0 && <span className="toneBad"> none ready</span>}
            {editable && destinations.length > 2 && (
              <label className="splitLock">
                <input type="checkbox" checked={locked.has(index)} onChange={() => toggleLock(index)} /> lock
                <span className="visuallyHidden"> {plainText(destination.title, 40)}</span>
              </label>
            )}
          </li>
        ))}
      </ul>
      <SplitNotes
        split={split}
        overtaken={draft !== null && isOvertaken(draft, split)}
        isWhole={pending === null}
        measured={measured}
        counting={counting}
        now={now}
      />
      <div className="splitActions">{actions}</div>
    </Section>
  );
}
