import { describe, expect, test } from 'vitest';
import { alertmanager } from '../../shared/connectors/alertmanager/connector.ts';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { Control, PlannedWrite } from '../../shared/connectors/kit/control.ts';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';
import type { AlertObservation, Matcher } from '../../shared/model/alert.ts';
import type { Silence } from '../../shared/model/operation.ts';
import { startConsole } from '../peers/console.ts';
import { hostOf, until } from './cluster.ts';
import { changeOf, elsewhere, guardsOf, signal } from './weights.ts';

/** An Alertmanager in which a critical alert of a service holds back its warnings; alerts of a suite have names of its own. */
export interface AlertmanagerUnderTest {
  readonly address: string;
}

export const is = (name: string, value: string): Matcher => ({ name, value, isRegex: false, isEqual: true });
export const like = (name: string, value: string): Matcher => ({ name, value, isRegex: true, isEqual: true });

export const silenceOf = (matchers: Matcher[], more: Partial<Silence> = {}): Silence => ({
  kind: 'silence',
  connectionId: 'conformance',
  serviceId: null,
  matchers,
  forSeconds: 3_600,
  ends: null,
  ...more,
});

/** Posts past Podium, as a ruler does; each repeats until its end. */
async function post(
  { address }: AlertmanagerUnderTest,
  alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  }[],
): Promise<void> {
  const answer = await fetch(`${address}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  if (!answer.ok) throw new Error(`posting alerts: ${answer.status} ${await answer.text()}`);
}

/** Makes a silence past Podium, or changes the one whose id is given; answers with its id. */
async function silenceByHand(address: string, silence: object): Promise<string> {
  const answer = await fetch(`${address}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(silence),
  });
  if (!answer.ok) throw new Error(`silencing: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { readonly silenceID: string }).silenceID;
}

export const controlOf = (session: Session): Control<Silence> => {
  if (session.silences === undefined) throw new Error('the session makes no silences');
  return session.silences;
};

/** The alerts of one suite's shop, once they are as expected. */
async function alertsOf(
  session: Session,
  shop: string,
  expected: (alerts: readonly AlertObservation[]) => boolean,
): Promise<readonly AlertObservation[]> {
  const { alerts } = session;
  if (alerts === undefined) throw new Error('the session tells of no alerts');
  return until(async function* (stop) {
    for (;;) {
      const read = await alerts.read(stop);
      yield read.alerts.filter(({ labels }) => labels['namespace'] === shop);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, expected);
}

export const stamped = (control: Control<Silence>, plan: PlannedWrite, operationId = 'op-7'): PlannedWrite =>
  control.stamp?.(plan, { operationId, by: 'jo', reason: 'looked at', at: Date.now(), until: null }) ?? plan;

let shops = 0;

/** What the connector of Alertmanager does, on a simulated and on a real one. */
export function alertsConformance(name: string, start: () => Promise<AlertmanagerUnderTest>): void {
  const inShop = (
    title: string,
    run: (
      under: AlertmanagerUnderTest & { readonly shop: string },
      session: Session,
      control: Control<Silence>,
    ) => Promise<void>,
  ) =>
    test(title, async () => {
      const under = { ...(await start()), shop: `shop-${process.pid}-${++shops}` };
      const { shop } = under;
      await post(under, [
        {
          labels: { alertname: 'CallsFail', severity: 'critical', namespace: shop, service: 'payment' },
          annotations: {
            summary: 'Calls fail',
            description: '13 % of them',
            runbook_url: 'https://runbooks.example.com/calls',
          },
        },
        {
          labels: { alertname: 'CallsSlow', severity: 'warning', namespace: shop, service: 'payment' },
          annotations: { runbook_url: 'javascript:alert(1)' },
        },
        {
          labels: { alertname: 'QueueLong', severity: 'warning', namespace: shop, service: 'order' },
          annotations: { runbook_url: 'http://runbooks.example.com/queue' },
        },
      ]);
      const settings = alertmanager.settings.parse({ address: under.address });
      await using session = await alertmanager.open(settings, hostOf());
      await run(under, session, controlOf(session));
    });
  const withPhase = (phase: AlertObservation['phase'], count: number) => (all: readonly AlertObservation[]) =>
    all.length === 3 && all.filter((one) => one.phase === phase).length === count;

  describe(`alerts of ${name}`, () => {
    inShop('are told with what they say, and which of them are held back', async ({ shop }, session) => {
      expect(session.peer).toMatchObject({
        product: 'Alertmanager',
        version: expect.stringMatching(/^\d+\./) as string,
      });
      const alerts = await alertsOf(session, shop, withPhase('inhibited', 1));
      const byName = new Map(alerts.map((alert) => [alert.name, alert]));
      expect(byName.get('CallsFail')).toMatchObject({
        phase: 'firing',
        severity: 'critical',
        summary: 'Calls fail',
        description: '13 % of them',
        runbook: 'https://runbooks.example.com/calls',
        silencedBy: [],
      });
      expect(byName.get('CallsFail')?.since).toBeGreaterThan(Date.now() - 60_000);
      expect(byName.get('CallsSlow')?.phase).toBe('inhibited');
      // Only https leads out of Podium.
      expect([byName.get('CallsSlow')?.runbook, byName.get('QueueLong')?.runbook]).toEqual([null, null]);
    });

    inShop(
      'are silenced by a plan that names them, and told again after its undo',
      async ({ shop }, session, control) => {
        await alertsOf(session, shop, withPhase('inhibited', 1));
        const operation = silenceOf([is('alertname', 'CallsFail'), is('namespace', shop)]);
        const plan = stamped(control, await control.plan(operation, signal));
        expect(guardsOf(plan)).toEqual({ 'silence-end': 'pass', 'silence-scope': 'pass' });
        expect(plan.guards.map(({ title }) => title).join(' ')).toMatch(
          /after 1 h .*1 alert \(CallsFail\) right now/,
        );
        expect(plan.expectation).toMatchObject({
          kind: 'silenced',
          silenced: true,
          alerts: [{ name: 'CallsFail' }],
        });
        expect(changeOf(plan).after).toMatch(/createdBy: jo\ncomment: looked at · Podium op-7/);
        const { revisions } = await control.apply(plan, signal);
        const document = revisions[0]?.document;
        if (document === undefined) throw new Error('nothing was written');
        const written = { ...changeOf(plan), document };
        expect(await control.verify(written, signal)).toMatchObject({
          state: 'after',
          revision: document.uid,
        });
        // A lost answer leaves it without its id: what it says of itself finds it.
        expect(await control.verify(changeOf(plan), signal)).toMatchObject({
          state: 'after',
          revision: document.uid,
        });
        const other = stamped(control, await control.plan(operation, signal), 'op-8');
        expect(await control.verify(changeOf(other), signal)).toMatchObject({ state: 'before' });
        const silenced = await alertsOf(session, shop, withPhase('silenced', 1));
        expect(silenced.find(({ phase }) => phase === 'silenced')).toMatchObject({
          name: 'CallsFail',
          silencedBy: [document.uid],
          silences: [
            {
              id: document.uid,
              by: 'jo',
              why: 'looked at · Podium op-7',
              until: expect.any(Number) as number,
            },
          ],
        });
        const until = silenced.find(({ phase }) => phase === 'silenced')?.silences[0]?.until ?? 0;
        // Its clock is told in whole seconds.
        expect(Math.abs(until - Date.now() - 3_600_000)).toBeLessThan(60_000);
        const again = await control.plan(operation, signal);
        expect(guardsOf(again)).toMatchObject({ 'silenced-already': 'tick' });
        await expect(control.apply(elsewhere(again), signal)).rejects.toThrow(
          'planned on another connection',
        );

        const undo = await control.planUndo(operation, [written], signal);
        expect(undo.expectation).toMatchObject({
          kind: 'silenced',
          silenced: false,
          alerts: [{ name: 'CallsFail' }],
        });
        await control.apply(undo, signal);
        expect(await control.verify(changeOf(undo), signal)).toMatchObject({ state: 'after' });
        expect(await control.verify(written, signal)).toMatchObject({ state: 'before' });
        await alertsOf(session, shop, withPhase('silenced', 0));
        await expect(control.planUndo(operation, [written], signal)).rejects.toMatchObject({
          kind: 'refused',
        });
        await expect(control.apply(undo, signal)).rejects.toMatchObject({
          kind: 'conflict',
          message: 'This silence has ended meanwhile. Nothing was changed.',
        });
      },
    );

    inShop(
      'are told again once somebody ends their silence, and by its undo held back for the rest of its time',
      async ({ shop, address }, session, control) => {
        await alertsOf(session, shop, withPhase('inhibited', 1));
        const endsAt = new Date(Date.now() + 1_800_000).toISOString();
        const byHand = {
          matchers: [is('alertname', 'CallsFail'), is('namespace', shop)],
          startsAt: new Date().toISOString(),
          endsAt,
          createdBy: 'ana',
          comment: 'known, see 17',
        };
        const silenceID = await silenceByHand(address, byHand);
        await alertsOf(session, shop, withPhase('silenced', 1));
        const operation = silenceOf([], { ends: silenceID });
        const plan = stamped(control, await control.plan(operation, signal));
        expect(changeOf(plan)).toMatchObject({
          action: 'delete',
          after: '',
          revision: expect.stringContaining(silenceID) as string,
        });
        expect(plan.guards.map(({ title, detail }) => `${title} ${detail}`).join(' ')).toMatch(
          /Made by ana: known, see 17.*told again of 1 alert \(CallsFail\)/,
        );
        await control.apply(plan, signal);
        const written = changeOf(plan);
        expect(await control.verify(written, signal)).toMatchObject({ state: 'after' });
        await alertsOf(session, shop, withPhase('silenced', 0));
        await expect(control.plan(operation, signal)).rejects.toThrow('has ended already');

        const undo = stamped(control, await control.planUndo(operation, [written], signal), 'op-8');
        expect(undo.expectation).toMatchObject({ silenced: true, alerts: [{ name: 'CallsFail' }] });
        await control.apply(undo, signal);
        const again = await alertsOf(session, shop, withPhase('silenced', 1));
        const [seen] = again.find(({ phase }) => phase === 'silenced')?.silences ?? [];
        expect(seen).toMatchObject({ by: 'ana', why: 'known, see 17 · again by Podium op-8' });
        expect(seen?.id).not.toBe(silenceID);
        expect(Math.abs((seen?.until ?? 0) - Date.parse(endsAt))).toBeLessThan(60_000);
      },
    );

    inShop(
      'whose silence was made longer after it was looked at stay silenced: it keeps its id, and what was seen is not what would end',
      async ({ shop, address }, session, control) => {
        const byHand = {
          matchers: [is('alertname', 'CallsFail'), is('namespace', shop)],
          startsAt: new Date().toISOString(),
          endsAt: new Date(Date.now() + 1_800_000).toISOString(),
          createdBy: 'ana',
          comment: 'known, see 17',
        };
        const id = await silenceByHand(address, byHand);
        const operation = silenceOf([], { ends: id });
        const plan = stamped(control, await control.plan(operation, signal));
        const told = await fetch(`${address}/api/v2/silence/${id}`);
        const { startsAt } = (await told.json()) as { readonly startsAt: string };
        const endsAt = new Date(Date.now() + 7_200_000).toISOString();
        expect(await silenceByHand(address, { ...byHand, id, startsAt, endsAt })).toBe(id);
        await expect(control.apply(plan, signal)).rejects.toMatchObject({
          kind: 'conflict',
          message: expect.stringContaining(`would end at ${endsAt} now. Nothing was changed.`) as string,
        });
        expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });
        await control.apply(stamped(control, await control.plan(operation, signal)), signal);
        await alertsOf(session, shop, withPhase('silenced', 0));
        // With other conditions it is another one.
        const matchers = [is('alertname', 'CallsSlow'), is('namespace', shop)];
        expect(await silenceByHand(address, { ...byHand, id, matchers })).not.toBe(id);
      },
    );

    inShop('too many at once, or none at all, is worth a tick', async ({ shop }, session, control) => {
      await alertsOf(session, shop, withPhase('inhibited', 1));
      const verdicts = async (matchers: Matcher[]) =>
        guardsOf(await control.plan(silenceOf(matchers), signal));
      expect(await verdicts([is('namespace', shop)])).toMatchObject({ 'silence-broad': 'tick' });
      expect(await verdicts([like('namespace', `${shop}.*`), is('severity', 'critical')])).toMatchObject({
        'silence-broad': 'tick',
      });
      expect(await verdicts([is('alertname', 'Nothing'), is('namespace', shop)])).toMatchObject({
        'silence-scope': 'tick',
      });
    });

    inShop('whatever comes is never silenced', async (_under, _session, control) => {
      for (const matchers of [[is('service', '')], [like('alertname', '.*')], [like('alertname', '(')]])
        await expect(control.plan(silenceOf(matchers), signal)).rejects.toBeInstanceOf(PeerError);
    });

    inShop('a label that holds quotes and lines is matched as it is', async (under, session, control) => {
      const odd = 'a "b" \\ c\nd';
      await post(under, [{ labels: { alertname: 'Odd', namespace: under.shop, note: odd } }]);
      await alertsOf(session, under.shop, (all) => all.length === 4);
      const plan = await control.plan(silenceOf([is('note', odd), is('namespace', under.shop)]), signal);
      expect(plan.expectation).toMatchObject({ alerts: [{ name: 'Odd' }] });
    });

    inShop('through the whole pipeline Alertmanager proves it, and its end', async ({ address, shop }) => {
      await using console = await startConsole();
      const { client } = console;
      const { id } = await client.connections.openTyped({
        connector: 'alertmanager',
        title: `alerts of ${shop}`,
        values: { address },
      });
      const board = await until(
        (stop) => follow(client.alerts.watch(undefined, { signal: stop })),
        ({ alerts }) => alerts.some(({ labels }) => labels['namespace'] === shop),
      );
      const alert = board.alerts.find(
        ({ labels, name: one }) => labels['namespace'] === shop && one === 'CallsFail',
      );
      expect(alert).toMatchObject({
        serviceId: null,
        placed: 'its labels name no service of the map',
        silenceable: true,
      });
      await client.connections.unlock({ id });
      const operation = silenceOf([is('alertname', 'CallsFail'), is('namespace', shop)], {
        connectionId: id,
      });
      const plan = await client.operations.plan({ operation });
      const { operationId } = await client.operations.apply({
        planId: plan.id,
        reason: 'on it',
        ticked: [],
        typedName: null,
      });
      const rungs = (record: { rungs: readonly { rung: string; state: string }[] }) =>
        Object.fromEntries(record.rungs.map(({ rung, state }) => [rung, state]));
      const proven = { accepted: 'seen', declared: 'seen', loaded: 'unobservable', measured: 'seen' };
      const isProven = (record: Parameters<typeof rungs>[0]) =>
        record.rungs.every(({ state }) => state !== 'waiting');
      const done = await console.follow(operationId, isProven);
      expect(rungs(done)).toEqual(proven);
      expect(done.rungs.at(-1)?.detail).toMatch(/^1 of 1 alerts held back by this silence/);
      const undo = await client.operations.planUndo({ operationId });
      const ended = await client.operations.apply({
        planId: undo.id,
        reason: 'mended',
        ticked: [],
        typedName: null,
      });
      expect(rungs(await console.follow(ended.operationId, isProven))).toEqual(proven);
      await expect(client.operations.planUndo({ operationId: ended.operationId })).rejects.toThrow(
        /not brought back/,
      );

      // Somebody's silence is ended from its alert, and that can be taken back.
      const applied = async (plan: { readonly id: string }) =>
        client.operations.apply({ planId: plan.id, reason: '', ticked: [], typedName: null });
      const other = await applied(await client.operations.plan({ operation }));
      const silent = await console.follow(other.operationId, isProven);
      const end = await client.operations.plan({
        operation: silenceOf([], { connectionId: id, ends: silent.changes[0]?.document.uid ?? '' }),
      });
      const { operationId: endId } = await applied(end);
      expect(rungs(await console.follow(endId, isProven))).toEqual(proven);
      const back = await applied(await client.operations.planUndo({ operationId: endId }));
      expect(rungs(await console.follow(back.operationId, isProven))).toEqual(proven);
    });
  });
}

/** The stream that a call answers with. */
async function* follow<T>(asked: Promise<AsyncIterable<T>>): AsyncIterable<T> {
  yield* await asked;
}
