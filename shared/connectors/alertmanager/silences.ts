import { parse } from 'yaml';
import type { Change } from '../../model/change.ts';
import type { Silence } from '../../model/operation.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import type { Control, PlannedWrite, ReadBack, Stamp } from '../kit/control.ts';
import { PeerError } from '../kit/peerError.ts';
import type { AlertmanagerApi } from './api.ts';
import { flawOf } from './matchers.ts';
import { planAgain, planExpiry, planSilence, rewritten } from './plan.ts';
import { isMarkedLike, revisionOf, SilenceBody, silencesIn, ToldSilence } from './silence.ts';

/** Silences: made for a finite time, and ended early by an undo. */
export function createSilences(api: AlertmanagerApi, host: ConnectorHost): Control<Silence> {
  /** The silence that a change is about; null where Alertmanager has none. */
  async function find({ document, after, before }: Change, signal: AbortSignal): Promise<ToldSilence | null> {
    if (document.uid !== '') {
      const told = await api.silence(document.uid, signal);
      return told === null ? null : ToldSilence.parse(told);
    }
    const written = bodyIn(after === '' ? before : after);
    return silencesIn(await api.silences(signal)).find((one) => isMarkedLike(one, written)) ?? null;
  }

  return {
    async plan(operation, signal) {
      if (operation.ends !== null) {
        const told = await api.silence(operation.ends, signal);
        const silence = told === null ? null : ToldSilence.parse(told);
        if (silence === null || silence.status.state === 'expired')
          throw new PeerError('refused', 'This silence has ended already. Nothing was changed.');
        return await planExpiry(api, host, null, silence, signal);
      }
      const flaw = flawOf(operation.matchers);
      if (flaw !== null) throw new PeerError('refused', flaw);
      return await planSilence(api, host, operation, signal);
    },
    async planUndo(_operation, [change], signal) {
      if (change === undefined) throw new PeerError('refused', 'The journal holds no silence to end.');
      if (change.action === 'delete') return await planAgain(api, host, change, signal);
      const silence = await find(change, signal);
      if (silence === null || silence.status.state === 'expired')
        throw new PeerError('refused', 'This silence has ended already: there is nothing to take back.');
      return await planExpiry(api, host, change, silence, signal);
    },
    stamp: (write: PlannedWrite, stamp: Stamp) => rewritten(write, stamp, api.aheadMs()),
    async apply({ changes }, signal) {
      const [change] = changes;
      if (change === undefined || changes.length !== 1)
        throw new PeerError('refused', 'An operation writes exactly one silence.');
      const { document } = change;
      if (document.connectionId !== host.connectionId)
        throw new PeerError(
          'refused',
          'This silence was planned on another connection; nothing is written here.',
        );
      if (change.action === 'delete') {
        // Alertmanager ends twice what has ended, and says nothing.
        const silence = await find(change, signal);
        if (silence === null || silence.status.state === 'expired')
          throw new PeerError('conflict', 'This silence has ended meanwhile. Nothing was changed.');
        if (revisionOf(silence) !== change.revision)
          throw new PeerError(
            'conflict',
            `This silence was changed meanwhile and would end at ${silence.endsAt} now. Nothing was changed. Review it again.`,
          );
        await api.expire(silence.id, signal);
        return { acceptedAt: host.clock.now(), revisions: [{ document, revision: '' }] };
      }
      const id = await api.create(bodyIn(change.after), signal);
      return {
        acceptedAt: host.clock.now(),
        revisions: [{ document: { ...document, uid: id }, revision: id }],
      };
    },
    async verify(change, signal): Promise<ReadBack> {
      const silence = await find(change, signal);
      const holds = silence !== null && silence.status.state !== 'expired';
      const isEnd = change.action === 'delete';
      // Its answer was lost, and what it says of itself finds it: it was written, even if it is over by now.
      if (silence !== null && !holds && !isEnd && change.document.uid === '')
        return {
          state: 'after',
          revision: silence.id,
          detail: `Silence ${silence.id} was made, and has ended since.`,
          changedBy: null,
        };
      const detail = !holds
        ? silence === null
          ? 'Alertmanager has no such silence.'
          : `Silence ${silence.id} has ended.`
        : `Silence ${silence.id} is ${silence.status.state} until ${silence.endsAt}.`;
      return {
        state: holds === isEnd ? 'before' : 'after',
        revision: silence?.id ?? '',
        detail,
        changedBy: null,
      };
    },
  };
}

/** What was written, or stands to be taken away, as our own text has it. */
const bodyIn = (yaml: string): SilenceBody => SilenceBody.parse(parse(yaml));
