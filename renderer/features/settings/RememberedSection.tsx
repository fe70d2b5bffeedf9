import { useState } from 'react';
import { type RememberedOf, rememberedConnections } from '../../../shared/analysis/rememberedOf.ts';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { useConnections } from '../../live/connections.ts';
import { refreshSettings, useSettings } from '../../live/settings.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { SettingCard } from './SettingCard.tsx';

/** What is kept of each connection, and the way to be rid of it. */
export function RememberedSection() {
  const settings = useSettings((state) => state.settings);
  const connections = useConnections();
  const [asked, setAsked] = useState<RememberedOf | null>(null);
  const open = connections.map(({ title }) => title);
  const remembered = rememberedConnections(settings);
  return (
    <SettingCard title="What is remembered" says="By connection, so that it need not be said again.">
      {remembered.length === 0 && <p className="muted">Nothing yet.</p>}
      <div className="settingRows">
        {remembered.map((one) => {
          const name = plainText(one.title, 80);
          return (
            <div key={one.title} className="settingRow">
              <span className="grow">
                <b>{name}</b> <span className="muted">{wordsOf(one).join(', ')}</span>
              </span>
              {open.includes(one.title) ? (
                <span className="muted">open: close it to forget it</span>
              ) : (
                <Button aria-label={`Forget everything of ${name}`} onPress={() => setAsked(one)}>
                  Forget everything…
                </Button>
              )}
            </div>
          );
        })}
      </div>
      {asked !== null && <ForgetDialog remembered={asked} onDone={() => setAsked(null)} />}
    </SettingCard>
  );
}

interface ForgetDialogProps {
  readonly remembered: RememberedOf;
  readonly onDone: () => void;
}

function ForgetDialog({ remembered, onDone }: ForgetDialogProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { title } = remembered;
  const name = plainText(title, 80);
  const forget = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await ask((client) => client.settings.forgetConnection({ title }));
      await refreshSettings();
      onDone();
    } catch (error) {
      setProblem(wordsOfError(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Forget everything of ${name}?`} onClose={onDone} widthPx={480} role="alertdialog">
      <ul className="settingGone">
        {[...wordsOf(remembered), 'the last picture of its map', 'secrets that were typed for it'].map(
          (word) => (
            <li key={word}>{word}</li>
          ),
        )}
      </ul>
      <p className="muted">
        This cannot be undone. The journal keeps what was done there; the kubeconfig and the system itself are
        not touched.
      </p>
      {problem !== null && (
        <p role="alert" className="toneBad">
          {problem}
        </p>
      )}
      <DialogActions>
        <Button autoFocus isDisabled={busy} onPress={onDone}>
          Keep it
        </Button>
        <Button tone="danger" isDisabled={busy} onPress={() => void forget()}>
          Forget {name}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function wordsOf({
  places,
  isMarked,
  isTyped,
  programs,
  thresholds,
  pairs,
}: RememberedOf): readonly string[] {
  return [
    ...(isTyped ? ['its address'] : []),
    ...(isMarked ? ['its environment'] : []),
    ...(places > 0 ? [formatCount(places, 'place on the map', 'places on the map')] : []),
    ...(programs > 0 ? [formatCount(programs, 'login program')] : []),
    ...(thresholds > 0 ? [formatCount(thresholds, 'threshold of health', 'thresholds of health')] : []),
    ...(pairs > 0 ? [formatCount(pairs, 'pair of services', 'pairs of services')] : []),
  ];
}
