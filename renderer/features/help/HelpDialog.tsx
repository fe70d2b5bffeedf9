import './help.css';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { closeHelp, useView } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { HealthRing } from '../../ui/HealthRing.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { guardHelp, guardHelpOf } from './guards.ts';
import { keyGroups } from './keys.ts';
import { connectionSigns, findExamples, legend } from './legend.tsx';
import { documentFindingHelp } from '../../ui/documentFindingHelp.ts';
import { certificateHelp } from '../../ui/certificateHelp.ts';
import { findingHelp, type FindingHelp } from '../../ui/findingHelp.ts';
import { operationHelp } from './operations.ts';
import { refusalHelp } from './refusals.ts';

/** All keys, what the signs on the map mean, what can be typed into find, what can be done, what a review checks, and what the map finds. */
export function HelpDialog() {
  const open = useView((view) => view.helpOpen);
  return open ? <Help /> : null;
}

function Help() {
  const at = useView((view) => view.helpAt);
  const [tab, setTab] = useState(at === null ? 'keys' : `${at.about}s`);
  return (
    <Dialog title="Help" onClose={closeHelp} widthPx={860}>
      <div className="help">
        <Tabs
          label="Help"
          selected={tab}
          onSelect={setTab}
          items={[
            { id: 'keys', title: 'Keys and signs', content: <KeysAndSigns /> },
            { id: 'operations', title: 'What can be done', content: <Operations /> },
            {
              id: 'guards',
              title: 'What a review checks',
              content: <Guards at={at?.about === 'guard' ? at.id : null} />,
            },
            {
              id: 'findings',
              title: 'What can be found',
              content: <Findings at={at?.about === 'finding' ? at.id : null} />,
            },
          ]}
        />
      </div>
      <DialogActions>
        <Button tone="primary" onPress={closeHelp} autoFocus={at === null}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function KeysAndSigns() {
  return (
    <div className="helpColumns">
      <div>
        {keyGroups.map(({ title, keys }) => (
          <HelpList
            key={title}
            title={title}
            rows={keys.map(({ keys: pressed, what }) => ({ key: what, term: <kbd>{pressed}</kbd>, what }))}
          />
        ))}
      </div>
      <div>
        <HelpList
          title="Signs on the map"
          rows={[
            ...(['healthy', 'degraded', 'failing', 'unknown'] as const).map((health) => ({
              key: health,
              term: <HealthRing health={health} errorRatio={health === 'failing' ? 0.25 : 0.1} />,
              what: legend[health],
            })),
            ...legend.lines.map(({ sign, what }) => ({ key: what, term: sign, what })),
          ]}
        />
        <HelpList
          title="Signs of a connection"
          rows={connectionSigns.map(({ sign, what }) => ({ key: sign, term: <b>{sign}</b>, what }))}
        />
        <HelpList
          title="Find, also combined"
          rows={findExamples.map(({ text, what }) => ({ key: text, term: <code>{text}</code>, what }))}
        />
      </div>
    </div>
  );
}

function Operations() {
  return (
    <>
      <p className="muted helpIntro">
        Nothing is written before its review. Each can be undone from the journal as long as its inverse fits.
      </p>
      <HelpList
        title="Operations"
        wide
        rows={Object.values(operationHelp)
          .flat()
          .map(({ title, where, what }) => ({
            key: title,
            term: (
              <span>
                <b>{title}</b>
                <br />
                <span className="muted">{where}</span>
              </span>
            ),
            what,
          }))}
      />
    </>
  );
}

function Guards({ at }: { readonly at: string | null }) {
  const sought = at === null ? null : guardHelpOf(at);
  return (
    <>
      <p className="muted helpIntro">
        ✓ passes · ! asks for a tick, or in production for the service’s name · ✕ blocks
      </p>
      <div className="helpColumns">
        {guardHelp.map(({ title, guards }) => (
          <HelpList
            key={title}
            title={title}
            rows={guards.map((each) => ({
              key: each.title,
              term: <b>{each.title}</b>,
              what: each.what,
              isSought: each === sought,
            }))}
          />
        ))}
      </div>
    </>
  );
}

function Findings({ at }: { readonly at: string | null }) {
  const rowsOf = (help: Readonly<Record<string, FindingHelp>>) =>
    Object.entries(help).map(([rule, { title, what }]) => ({
      key: title,
      term: <b>{title}</b>,
      what,
      isSought: rule === at,
    }));
  return (
    <>
      <p className="muted helpIntro">
        Found by comparing what all systems say of the same service; shown on the map, in the list of services
        and in the inspector.
      </p>
      <HelpList title="Between systems and instances" wide rows={rowsOf(findingHelp)} />
      <p className="muted helpIntro">
        A certificate that ends within a month, or in the last third of a shorter life; in red within a week.
      </p>
      <HelpList title="Certificates near their end" wide rows={rowsOf(certificateHelp)} />
      <p className="muted helpIntro">
        Found in a document as it stands among the others; marked where it is, under Documents in the
        inspector.
      </p>
      <HelpList title="In documents" wide rows={rowsOf(documentFindingHelp)} />
      <p className="muted helpIntro">
        “Refused calls” in the inspector of a call: whether a policy answers it with 403 (authorization) or
        lets it fail to connect (network), judged from what policies declare, and from what proxies count.
      </p>
      <HelpList title="Refused calls" wide rows={rowsOf(refusalHelp)} />
    </>
  );
}

interface HelpRowProps {
  readonly key: string;
  readonly term: ReactNode;
  readonly what: string;
  /** What the help was opened for: brought into view, and marked. */
  readonly isSought?: boolean;
}

interface HelpListProps {
  readonly title: string;
  readonly rows: readonly HelpRowProps[];
  /** Its terms are whole phrases. */
  readonly wide?: boolean;
}

function HelpList({ title, rows, wide = false }: HelpListProps) {
  return (
    <section>
      <h3 className="sectionTitle">{title}</h3>
      <dl>
        {rows.map(({ key, ...row }) => (
          <HelpRow key={key} {...row} wide={wide} />
        ))}
      </dl>
    </section>
  );
}

function HelpRow({
  term,
  what,
  isSought = false,
  wide,
}: Omit<HelpRowProps, 'key'> & { readonly wide: boolean }) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isSought) return;
    row.current?.focus({ preventScroll: true });
    row.current?.scrollIntoView({ block: 'center' });
  }, [isSought]);
  const names = ['helpRow', wide ? 'wide' : '', isSought ? 'sought' : ''].filter((name) => name !== '');
  return (
    <div ref={row} className={names.join(' ')} {...(isSought && { tabIndex: -1 })}>
      <dt>{term}</dt>
      <dd>{what}</dd>
    </div>
  );
}
