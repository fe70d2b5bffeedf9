import './help.css';
import { type ReactNode, useState } from 'react';
import { useView } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { HealthRing } from '../../ui/HealthRing.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { guardHelp } from './guards.ts';
import { keyGroups } from './keys.ts';
import { connectionSigns, findExamples, legend } from './legend.tsx';
import { findingHelp } from '../../ui/findingHelp.ts';
import { operationHelp } from './operations.ts';

/** All keys, what the signs on the map mean, what can be typed into find, what can be done, what a review checks, and what the map finds. */
export function HelpDialog() {
  const open = useView((view) => view.helpOpen);
  const [tab, setTab] = useState('keys');
  if (!open) return null;
  const close = (): void => useView.setState({ helpOpen: false });
  return (
    <Dialog title="Help" onClose={close} widthPx={860}>
      <div className="help">
        <Tabs
          label="Help"
          selected={tab}
          onSelect={setTab}
          items={[
            { id: 'keys', title: 'Keys and signs', content: <KeysAndSigns /> },
            { id: 'operations', title: 'What can be done', content: <Operations /> },
            { id: 'guards', title: 'What a review checks', content: <Guards /> },
            { id: 'findings', title: 'What can be found', content: <Findings /> },
          ]}
        />
      </div>
      <DialogActions>
        <Button tone="primary" onPress={close} autoFocus>
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

function Guards() {
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
            rows={guards.map((each) => ({ key: each.title, term: <b>{each.title}</b>, what: each.what }))}
          />
        ))}
      </div>
    </>
  );
}

function Findings() {
  return (
    <>
      <p className="muted helpIntro">
        Found by comparing what all systems say of the same service; shown on the map, in the list of services
        and in the inspector.
      </p>
      <HelpList
        title="Findings"
        wide
        rows={Object.values(findingHelp).map(({ title, what }) => ({
          key: title,
          term: <b>{title}</b>,
          what,
        }))}
      />
    </>
  );
}

interface HelpListProps {
  readonly title: string;
  readonly rows: readonly { readonly key: string; readonly term: ReactNode; readonly what: string }[];
  /** Its terms are whole phrases. */
  readonly wide?: boolean;
}

function HelpList({ title, rows, wide = false }: HelpListProps) {
  return (
    <section>
      <h3 className="sectionTitle">{title}</h3>
      <dl>
        {rows.map(({ key, term, what }) => (
          <div key={key} className={wide ? 'helpRow wide' : 'helpRow'}>
            <dt>{term}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
