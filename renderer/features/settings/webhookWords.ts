import type { WebhookAnswer, WebhookState } from '../../../shared/model/webhook.ts';
import { formatMoment } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

/** What can be asked of a webhook that is set. */
export type WebhookAct = 'test' | 'forget';

const failures: Readonly<Record<WebhookAct, string>> = {
  test: 'It did not take the test',
  forget: 'It may still be told',
};

/** "✕ It did not take the test: 404 Not Found". */
export function outcomeWords(act: WebhookAct, { ok, said }: WebhookAnswer): string {
  return `${ok ? '✓ It took the test' : `✕ ${failures[act]}`}: ${plainText(said, 600)}`;
}

/** "Told at 14:09, 2 waiting"; null where it was told nothing and nothing waits. */
export function toldWords({ last, waiting }: Pick<WebhookState, 'last' | 'waiting'>): string | null {
  const told =
    last === null
      ? []
      : [
          `${last.problem === null ? 'Told' : `! ${plainText(last.problem, 500)}`} at ${formatMoment(last.at)}`,
        ];
  const all = waiting > 0 ? [...told, `${waiting} waiting`] : told;
  return all.length === 0 ? null : all.join(', ');
}
