import './forwards.css';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { useForwardStore } from '../../live/forwards.ts';
import { closeForwards, listForwards, useForwardDialog } from '../../state/forwards.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { Section } from '../../ui/Section.tsx';
import { ForwardForm } from './ForwardForm.tsx';
import { ForwardLine } from './ForwardLine.tsx';

/** Port-forwards: one to be opened, and all that are open. */
export function ForwardsDialog() {
  const { open, request } = useForwardDialog();
  const forwards = useForwardStore((state) => state.forwards);
  if (!open) return null;
  const list = forwards.length > 0 && (
    <ul className="forwards" aria-label="Port-forwards">
      {forwards.map((forward) => (
        <ForwardLine key={forward.id} forward={forward} />
      ))}
    </ul>
  );
  return (
    <Dialog title="Port-forwards" onClose={closeForwards} widthPx={680}>
      <div className="forwardsBody">
        {request !== null && (
          <ForwardForm
            key={`${request.serviceId} ${request.instance}`}
            request={request}
            onDone={listForwards}
          />
        )}
        {request === null && !list && (
          <p className="muted" role="status">
            None is open. Select a service or an instance, and choose Port-forward.
          </p>
        )}
        {list && (request === null ? list : <Section title="Open already">{list}</Section>)}
      </div>
      <DialogActions>
        {forwards.length > 1 && <Button onPress={() => void stopAll()}>Stop all</Button>}
        <span className="grow" />
        <Button tone={request === null ? 'primary' : 'quiet'} onPress={closeForwards}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}

async function stopAll(): Promise<void> {
  try {
    await ask((client) => client.forwards.stopAll());
  } catch (error) {
    showToast({ tone: 'bad', text: wordsOfError(error) });
  }
}
