import { useState } from 'react';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { useConnection } from '../../live/connections.ts';
import { closeUnlock, useUnlock } from '../../state/unlock.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';

/** Asks before writes are let through, naming the cluster and its environment. */
export function UnlockDialog() {
  const connectionId = useUnlock((state) => state.connectionId);
  const connection = useConnection(connectionId);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (connection === null) return null;
  const { id, title, server, environment, user } = connection;
  const close = (): void => {
    setProblem(null);
    closeUnlock();
  };
  const unlock = async (): Promise<void> => {
    setBusy(true);
    try {
      await ask((client) => client.connections.unlock({ id }));
      close();
    } catch (error) {
      setProblem(wordsOfError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Unlock ${title}?`} role="alertdialog" onClose={close} widthPx={480}>
      <p style={{ marginTop: 10 }}>
        Podium may then write to <b>{title}</b>
        {environment === 'other' ? (
          ' '
        ) : (
          <b className={environment === 'production' ? 'toneBad' : 'toneWarn'}> ({environment}) </b>
        )}
        at {server}
        {user !== null && ` as ${user}`}. Nothing is written yet: every change still goes through a review.
      </p>
      <p className="muted" style={{ marginTop: 8 }}>
        It stays unlocked until you lock it or close the connection.
      </p>
      {problem !== null && (
        <p role="alert" className="toneBad" style={{ marginTop: 8 }}>
          {problem}
        </p>
      )}
      <DialogActions>
        <Button onPress={close}>Stay read-only</Button>
        <Button
          tone={environment === 'production' ? 'danger' : 'primary'}
          isDisabled={busy}
          onPress={() => void unlock()}
        >
          Unlock {title}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
