import { parse } from 'yaml';
import type { Change, Silenced } from '../../model/change.ts';
import type { Silence } from '../../model/operation.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import type { PlannedWrite, Stamp } from '../kit/control.ts';
import { PeerError } from '../kit/peerError.ts';
import { guardOf } from '../kit/splitGuards.ts';
import { quoted, sayTime } from '../kit/words.ts';
import { toldIn } from './alerts.ts';
import type { AlertmanagerApi } from './api.ts';
import { alreadyGuard, broadGuard, clockGuard, sayAlerts, scopeGuard } from './guards.ts';
import { sayMatcher } from './matchers.ts';
import {
  bodyAgain,
  bodyAsTold,
  bodyOf,
  revisionOf,
  SilenceBody,
  silencesIn,
  type ToldSilence,
  yamlOf,
} from './silence.ts';
import { observedAlerts } from '../kit/alerts.ts';
import type { AlertObservation } from '../../model/alert.ts';

/** The silence as a plan: which alerts it would hold back is asked of Alertmanager itself, by the same conditions. */
export async function planSilence(
  api: AlertmanagerApi,
  host: ConnectorHost,
  operation: Silence,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  const { matchers, forSeconds } = operation;
  const words = matchers.map(sayMatcher);
  const [matching, all, silences] = await Promise.all([
    api.alerts(words, signal),
    api.alerts([], signal),
    api.silences(signal),
  ]);
  const matched = observedAlerts(toldIn(matching).alerts);
  const active = silencesIn(silences).filter(({ status }) => status.state !== 'expired');
  const title = words.join(', ');
  // Shown as it will stand there; it is worded anew when it is applied.
  const stamp = { operationId: '', by: '', reason: '', at: host.clock.now(), until: null };
  const body = bodyOf(matchers, forSeconds, stamp, api.aheadMs());
  const change: Change = {
    document: documentOf(host, title.slice(0, 253), ''),
    action: 'create',
    revision: '',
    withheld: false,
    ...stepsOf(body),
  };
  return {
    title: `Silence ${title.slice(0, 120)}`,
    target: `silence of ${title.slice(0, 200)}`,
    changes: [change],
    guards: [
      guardOf(
        'silence-end',
        'pass',
        `It ends by itself after ${sayTime(forSeconds)}`,
        'Alertmanager ends it; Podium need not run.',
      ),
      scopeGuard(matched),
      ...broadGuard(matched, all.length, matchers),
      ...alreadyGuard(matched, active, matchers),
      ...clockGuard(api.aheadMs()),
    ],
    expectation: expectationOf(matched, true),
    threeWay: null,
    copies: copiesOf(api, body),
    split: null,
    notes: [
      matched.length === 0
        ? 'Nobody is told of alerts like this until it ends; none fires now.'
        : `Nobody is told of ${matched.length === 1 ? 'this alert' : `these ${matched.length} alerts`} until it ends, nor of others like ${matched.length === 1 ? 'it' : 'them'} that come meanwhile. What is wrong stays wrong.`,
    ],
    direction: 'neutral',
  };
}

/** Ends a silence early: one of the journal, or any other that is there. */
export async function planExpiry(
  api: AlertmanagerApi,
  host: ConnectorHost,
  written: Change | null,
  silence: ToldSilence,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  const name = silence.matchers.map(sayMatcher).join(', ').slice(0, 253);
  const told = toldIn(await api.alerts([], signal)).alerts;
  const held = observedAlerts(told.filter(({ silencedBy }) => silencedBy.includes(silence.id)));
  const body =
    written === null
      ? bodyAsTold(silence, host.clock.now() + api.aheadMs())
      : { ...SilenceBody.parse(parse(written.after)), endsAt: silence.endsAt };
  const { patch, inverse, before, after } = stepsOf(body);
  return {
    title:
      written === null
        ? `End the silence ${name.slice(0, 120)}`
        : `Silence ${written.document.name.slice(0, 120)}`,
    target: `silence ${silence.id}`,
    changes: [
      {
        document: documentOf(host, written?.document.name ?? name, silence.id),
        action: 'delete',
        revision: revisionOf(silence),
        withheld: false,
        patch: inverse,
        inverse: patch,
        before: after,
        after: before,
      },
    ],
    guards: [
      guardOf(
        'silence-end',
        'pass',
        `It would end by itself at ${silence.endsAt}`,
        ...(written === null
          ? [`Made by ${silence.createdBy.slice(0, 80)}: ${silence.comment.slice(0, 300)}`]
          : []),
      ),
      held.length === 0
        ? guardOf('silence-scope', 'pass', 'It holds no alert back right now')
        : guardOf('silence-scope', 'pass', `Somebody is told again of ${sayAlerts(held)}`),
    ],
    expectation: expectationOf(held, false),
    threeWay: null,
    copies: {
      tool: 'amtool',
      command: `amtool silence expire ${silence.id} --alertmanager.url=${urlOf(api)}`,
      curl: `curl --request DELETE ${quoted(`${urlOf(api)}/api/v2/silence/${silence.id}`)}`,
      patch: JSON.stringify(inverse, null, 2),
    },
    split: null,
    notes: [
      written === null
        ? 'Alertmanager keeps it as ended. An undo makes one like it for the rest of its time.'
        : 'Alertmanager keeps it as ended; it is not brought back.',
    ],
    direction: 'neutral',
  };
}

/** Makes a silence again that was ended before its time, for what is left of it. */
export async function planAgain(
  api: AlertmanagerApi,
  host: ConnectorHost,
  ended: Change,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  const before = SilenceBody.parse(parse(ended.before));
  const matching = await api.alerts(before.matchers.map(sayMatcher), signal);
  const now = host.clock.now() + api.aheadMs();
  if (Date.parse(before.endsAt) <= now)
    throw new PeerError('refused', 'Its time is over by now: there is nothing to take back.');
  const body = { ...before, startsAt: new Date(now).toISOString() };
  const matched = observedAlerts(toldIn(matching).alerts);
  return {
    title: `End the silence ${ended.document.name.slice(0, 120)}`,
    target: `silence of ${ended.document.name.slice(0, 200)}`,
    changes: [
      {
        document: documentOf(host, ended.document.name, ''),
        action: 'create',
        revision: '',
        withheld: false,
        ...stepsOf(body),
      },
    ],
    guards: [
      guardOf('silence-end', 'pass', `It ends by itself at ${before.endsAt}, as it would have`),
      scopeGuard(matched),
    ],
    expectation: expectationOf(matched, true),
    threeWay: null,
    copies: copiesOf(api, body),
    split: null,
    notes: ['Alertmanager gives it another id.'],
    direction: 'neutral',
  };
}

const expectationOf = (alerts: readonly AlertObservation[], silenced: boolean): Silenced => ({
  kind: 'silenced',
  host: null,
  alerts: alerts.map(({ key, name }) => ({ key, name })),
  silenced,
});

const documentOf = (host: ConnectorHost, name: string, uid: string): Change['document'] => ({
  connectionId: host.connectionId,
  apiVersion: 'alertmanager/v2',
  kind: 'Silence',
  namespace: null,
  name,
  uid,
});

/** The same with who makes it, why, and when by Alertmanager's own clock. */
export function rewritten(write: PlannedWrite, stamp: Stamp, aheadMs: number): PlannedWrite {
  const [change] = write.changes;
  if (change?.action !== 'create') return write;
  const body = SilenceBody.parse(parse(change.after));
  const { matchers, startsAt, endsAt } = body;
  // One that is made again stays its maker's, and ends when it would have.
  if (body.createdBy !== '')
    return { ...write, changes: [{ ...change, ...stepsOf(bodyAgain(body, stamp, aheadMs)) }] };
  const forSeconds = Math.round((Date.parse(endsAt) - Date.parse(startsAt)) / 1000);
  return { ...write, changes: [{ ...change, ...stepsOf(bodyOf(matchers, forSeconds, stamp, aheadMs)) }] };
}

function stepsOf(body: SilenceBody): Pick<Change, 'patch' | 'inverse' | 'before' | 'after'> {
  return {
    patch: [{ op: 'add', path: '', value: body }],
    inverse: [{ op: 'remove', path: '' }],
    before: '',
    after: yamlOf(body),
  };
}

const urlOf = (api: AlertmanagerApi): string =>
  api.route.startsWith('at ') ? api.route.slice(3) : 'http://localhost:9093';

/** Through an API server there is no address for a terminal: a port-forward makes one. */
function copiesOf(api: AlertmanagerApi, body: SilenceBody): PlannedWrite['copies'] {
  const conditions = body.matchers.map((matcher) => quoted(sayMatcher(matcher))).join(' ');
  const minutes = Math.round((Date.parse(body.endsAt) - Date.parse(body.startsAt)) / 60_000);
  return {
    tool: 'amtool',
    command: `amtool silence add ${conditions} --duration=${minutes}m --comment='…' --alertmanager.url=${urlOf(api)}`,
    curl: `curl --request POST --header 'Content-Type: application/json' --data ${quoted(JSON.stringify(body))} ${quoted(`${urlOf(api)}/api/v2/silences`)}`,
    patch: JSON.stringify(body, null, 2),
  };
}
