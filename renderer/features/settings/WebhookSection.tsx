import { useState } from 'react';
import type { WebhookAnswer, WebhookProof, WebhookState } from '../../../shared/model/webhook.ts';
import { ask } from '../../client/link.ts';
import { useAsked } from '../../client/useAsked.ts';
import { wordsOfError } from '../../client/watch.ts';
import { Button } from '../../ui/Button.tsx';
import { Choice, type ChoiceOption } from '../../ui/Choice.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import { SettingCard } from './SettingCard.tsx';
import { outcomeWords, toldWords, type WebhookAct } from './webhookWords.ts';

const proofs: readonly ChoiceOption<WebhookProof>[] = [
  { id: 'none', title: 'Nothing', note: 'The address itself is the secret, as with chats' },
  { id: 'signature', title: 'A signature', note: 'X-Podium-Signature-256: HMAC-SHA-256 of the body' },
  { id: 'authorization', title: 'An Authorization header', note: 'Sent as you give it' },
];

const wordOf: Readonly<Record<WebhookProof, string>> = {
  none: 'without a secret',
  signature: 'signed',
  authorization: 'with an Authorization header',
};

/** An address that is told of each operation. */
export function WebhookSection() {
  const { value, problem, again } = useAsked('webhook', (client) => client.webhook.read());
  const [isOpen, setOpen] = useState(false);
  return (
    <SettingCard
      title="Webhook"
      says="Another system is told when an operation begins, is proven or cannot be, fails or is taken back: who, what, where and why, never what a document holds. Slack and Mattermost show it as it is."
    >
      {problem !== null && (
        <p role="alert" className="toneBad">
          {problem}
        </p>
      )}
      {value?.setting === null && (
        <div className="settingRow">
          <span className="grow muted">None is told.</span>
          <Button onPress={() => setOpen(true)}>Set a webhook…</Button>
        </div>
      )}
      {value !== null && value.setting !== null && (
        <SetWebhook state={value} onChange={() => setOpen(true)} again={again} />
      )}
      {isOpen && (
        <WebhookDialog
          onClose={() => setOpen(false)}
          onSet={() => {
            setOpen(false);
            again();
          }}
        />
      )}
    </SettingCard>
  );
}

interface SetWebhookProps {
  readonly state: WebhookState;
  readonly onChange: () => void;
  readonly again: () => void;
}

function SetWebhook({ state: { setting, isKept, waiting, last }, onChange, again }: SetWebhookProps) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<{ readonly ok: boolean; readonly words: string } | null>(null);
  const act = (what: WebhookAct, asked: () => Promise<WebhookAnswer | null>): void => {
    const say = (answer: WebhookAnswer | null): void =>
      setOutcome(answer === null ? null : { ok: answer.ok, words: outcomeWords(what, answer) });
    setBusy(true);
    setOutcome(null);
    asked()
      .then(say, (error: unknown) => say({ ok: false, said: wordsOfError(error) }))
      .finally(() => setBusy(false));
  };
  const test = (): void => act('test', () => ask((client) => client.webhook.test()));
  const forget = (): void =>
    act('forget', async () => {
      await ask((client) => client.webhook.forget());
      again();
      return null;
    });
  const told = toldWords({ last, waiting });
  if (setting === null) return null;
  return (
    <>
      <div className="settingRow">
        <span className="grow">
          <b>{plainText(setting.origin, 200)}</b> <span className="muted">{wordOf[setting.proof]}</span>
          {!isKept && (
            <div className="toneWarn">
              ! Its address is not kept on this computer, so nothing is told. Give it again.
            </div>
          )}
          {told !== null && (
            <div className={last === null || last.problem === null ? 'muted' : 'toneWarn'}>{told}</div>
          )}
        </span>
        <Button isDisabled={busy || !isKept} onPress={test}>
          Send a test
        </Button>
        <Button onPress={onChange}>Change…</Button>
        <Button isDisabled={busy} onPress={forget}>
          Tell none
        </Button>
      </div>
      <div role="status">
        {outcome !== null && <p className={outcome.ok ? 'toneOk' : 'toneBad'}>{outcome.words}</p>}
      </div>
    </>
  );
}

function WebhookDialog({ onClose, onSet }: { readonly onClose: () => void; readonly onSet: () => void }) {
  const vault = useAsked('vault', (client) => client.connections.vault()).value;
  const [address, setAddress] = useState('');
  const [proof, setProof] = useState<WebhookProof>('none');
  const [secret, setSecret] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const set = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await ask((client) => client.webhook.set({ address, proof, secret }));
      onSet();
    } catch (error) {
      setProblem(wordsOfError(error));
      setBusy(false);
    }
  };
  const kept = proof === 'none' ? 'It is kept' : 'Both are kept';
  return (
    <Dialog title="Who is told?" onClose={onClose} widthPx={520}>
      <div className="webhookForm">
        <TextField
          label="Address"
          value={address}
          onChange={setAddress}
          placeholder="https://hooks.example.com/…"
          note="https, or http on this machine. Redirects are not followed."
          type="password"
          autoFocus
        />
        <Choice label="What shows that it is you" options={proofs} selected={proof} onSelect={setProof} />
        {proof !== 'none' && (
          <TextField
            label={proof === 'signature' ? 'Secret of the signature' : 'Value of the header'}
            value={secret}
            onChange={setSecret}
            type="password"
            {...(proof === 'authorization' && { placeholder: 'Bearer …' })}
          />
        )}
        {vault !== null && (
          <p className="muted">
            {vault.where === 'computer'
              ? `${kept} sealed by this computer’s keyring.`
              : `${kept} until Podium ends${vault.why === null ? '' : `: ${plainText(vault.why, 300)}`}.`}
          </p>
        )}
        {problem !== null && (
          <p role="alert" className="toneBad">
            {problem}
          </p>
        )}
      </div>
      <DialogActions>
        <Button onPress={onClose}>Cancel</Button>
        <Button tone="primary" isDisabled={busy || address.trim() === ''} onPress={() => void set()}>
          Tell it
        </Button>
      </DialogActions>
    </Dialog>
  );
}
