import { describe, expect, test } from 'vitest';
import { type ClusterUnderTest, paths } from './cluster.ts';
import { beginLed, canariesPath, canary, rollout, rolloutsPath, waiting } from './ledPayment.ts';
import { asked, poll, signal } from './rollouts.ts';
import { serviceFor } from './routesPayment.ts';
import { changeOf, elsewhere, guardsOf } from './weights.ts';

/** A Rollout and a Canary whose controllers the suite itself plays. */
export function ledRolloutsConformance(name: string, start: () => Promise<ClusterUnderTest>): void {
  const begin = async () => beginLed(await start());

  describe(`rollouts that a controller leads, on ${name}`, () => {
    test('show their steps, weight and analysis, and what can be asked of them', async () => {
      await using led = await begin();
      const view = await led.view();
      expect(view).toMatchObject({
        ref: { kind: 'Rollout', name: 'payment' },
        replicas: 4,
        rollout: { state: 'moving', text: 'Paused, CanaryPauseStep' },
        verbs: ['pause', 'promote', 'promoteFull', 'abort'],
        steps: {
          owner: 'Argo Rollouts',
          weight: 20,
          analysis: [{ name: 'payment-6cf78c66c5-2', state: 'Running' }],
        },
      });
      expect(view.steps?.items.map(({ text, state }) => `${text}: ${state}`)).toEqual([
        'weight 20 %: done',
        'wait for somebody: now',
        'analysis success-rate: ahead',
        'weight 60 %: ahead',
        'wait 1h: ahead',
      ]);
      await led.report({ observedGeneration: '0' });
      expect((await led.view()).rollout?.text).toContain('has not taken up');
    });

    test('are promoted by one step, however often it is asked for', async () => {
      await using led = await begin();
      const [first, second] = [await led.act({ verb: 'promote' }), await led.act({ verb: 'promote' })];
      expect(new Set(Object.values(guardsOf(first)))).toEqual(new Set(['pass']));
      expect(first.notes.join(' ')).toContain('Step 2 of 5 (wait for somebody) is ended');
      expect((await led.live()).status['pauseConditions']).toHaveLength(1);
      // Made anew between the last look and the write, it would be another one.
      const { uid } = changeOf(first).document;
      expect(changeOf(first).patch[0]).toEqual({ op: 'test', path: '/metadata/uid', value: uid });

      await expect(led.control.apply(elsewhere(first), signal)).rejects.toThrow(
        'planned on another connection',
      );
      await led.control.apply(first, signal);
      expect((await led.live()).status['pauseConditions']).toBeUndefined();
      // Its controller goes on, and holds at no pause.
      await led.report({ currentStepIndex: 2, controllerPause: null, phase: 'Progressing', message: 'more' });
      await expect(led.control.apply(second, signal)).rejects.toMatchObject({ kind: 'conflict' });
      expect((await led.live()).status['currentStepIndex']).toBe(2);
      expect(await led.control.verify(changeOf(first), signal)).toMatchObject({ state: 'after' });

      // Without a pause a promotion moves the step itself: twice by the same plan is once.
      const [third, fourth] = [await led.act({ verb: 'promote' }), await led.act({ verb: 'promote' })];
      await led.control.apply(third, signal);
      await expect(led.control.apply(fourth, signal)).rejects.toMatchObject({ kind: 'conflict' });
      expect((await led.live()).status['currentStepIndex']).toBe(3);
      await expect(
        led.control.planUndo(asked(await led.view(), { verb: 'promote' }), third.changes, signal),
      ).rejects.toThrow(/cannot be begun again/);
    });

    test('that wait at a later pause by then are not promoted from it by what was reviewed at this one', async () => {
      await using led = await begin();
      const [next, all] = [await led.act({ verb: 'promote' }), await led.act({ verb: 'promoteFull' })];
      const pause = { reason: 'CanaryPauseStep', startTime: '2026-11-22T11:00:00Z' };
      await led.report({ currentStepIndex: 4, pauseConditions: [pause] });
      for (const plan of [next, all])
        await expect(led.control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
      const { status } = await led.live();
      expect(status).toMatchObject({ currentStepIndex: 4, pauseConditions: [pause] });
      expect(status).not.toHaveProperty('promoteFull');
    });

    test('are aborted and tried again', async () => {
      await using led = await begin();
      const abort = await led.act({ verb: 'abort' });
      await led.control.apply(abort, signal);
      expect((await led.live()).status['abort']).toBe(true);
      expect(await led.control.verify(changeOf(abort), signal)).toMatchObject({ state: 'after' });
      await led.report({
        phase: 'Degraded',
        message: 'RolloutAborted: Rollout aborted update to revision 2',
      });
      const view = await led.view();
      expect(view.rollout).toMatchObject({ state: 'stuck' });
      expect(view.verbs).toEqual(['pause', 'retry']);
      await expect(led.act({ verb: 'promote' })).rejects.toThrow(/RolloutAborted/);
      const back = await led.control.planUndo(asked(view, { verb: 'abort' }), abort.changes, signal);
      await led.control.apply(back, signal);
      expect((await led.live()).status['abort']).toBe(false);
    });

    test('are aborted at whatever step they are by then, but not for another template', async () => {
      await using led = await begin();
      const [abort, late] = [await led.act({ verb: 'abort' }), await led.act({ verb: 'abort' })];
      await led.report({ currentStepIndex: 2, pauseConditions: null, controllerPause: null });
      await led.control.apply(abort, signal);
      expect((await led.live()).status['abort']).toBe(true);
      await led.report({ abort: null, currentPodHash: '7c9d8b6f5d', currentStepIndex: 0 });
      await expect(led.control.apply(late, signal)).rejects.toMatchObject({ kind: 'conflict' });
      expect((await led.live()).status['abort']).toBeUndefined();
    });

    test('of a repository are paused only by who knows that it puts them back', async () => {
      await using led = await begin();
      // Its own controller, which writes it all the time, is nobody to warn of.
      await led.write({ metadata: { annotations: { 'rollout.argoproj.io/revision': '2' } } });
      expect(guardsOf(await led.act({ verb: 'pause' }))).toMatchObject({ ownership: 'pass' });
      await led.write({
        metadata: {
          annotations: { 'argocd.argoproj.io/tracking-id': 'shop:argoproj.io/Rollout:shop/payment' },
        },
      });
      expect(guardsOf(await led.act({ verb: 'pause' }))).toMatchObject({ ownership: 'tick' });
      expect(guardsOf(await led.act({ verb: 'abort' }))).not.toHaveProperty('ownership');
    });

    test('with two versions side by side are found by their Services, and switch all calls at once', async () => {
      await using led = await begin();
      const { namespace, call } = led.cluster;
      const template = {
        metadata: { labels: { app: 'front' } },
        spec: { containers: [{ name: 'app', image: 'registry.example.com/front:v2' }] },
      };
      const hash = { 'rollouts-pod-template-hash': '5dfbb8f8f8' };
      await call(
        'POST',
        paths(namespace).services,
        serviceFor(namespace, 'front', { app: 'front', ...hash }),
      );
      await call('POST', rolloutsPath(namespace), {
        ...(rollout(namespace) as object),
        metadata: { name: 'front', namespace },
        spec: {
          selector: { matchLabels: { app: 'front' } },
          template,
          strategy: { blueGreen: { activeService: 'front', previewService: 'front-next' } },
        },
      });
      await call('PATCH', `${rolloutsPath(namespace)}/front/status`, {
        status: {
          blueGreen: { activeSelector: '5dfbb8f8f8', previewSelector: '6cf78c66c5' },
          currentPodHash: '6cf78c66c5',
          stableRS: '5dfbb8f8f8',
          observedGeneration: '1',
          phase: 'Paused',
          message: 'BlueGreenPause',
          controllerPause: true,
          pauseConditions: [{ reason: 'BlueGreenPause', startTime: '2026-11-22T10:00:00Z' }],
        },
      });
      const view = await led.view('front');
      expect(view).toMatchObject({ ref: { kind: 'Rollout', name: 'front' }, steps: { items: [] } });
      expect(view.steps?.note).toContain('It has no steps');
      const plan = await led.act({ verb: 'promote' }, 'front');
      expect(plan).toMatchObject({ title: 'Switch front to its new version', direction: 'towardsHarm' });
      expect(plan.notes.join(' ')).toContain('Service front is switched to the new version');
      expect(guardsOf(plan)).toMatchObject({ 'all-at-once': 'typeName' });
      await led.control.apply(plan, signal);
      expect(await led.control.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });
    });

    test('that move on by themselves are not taken for what was asked', async () => {
      await using led = await begin();
      const state = async (plan: Awaited<ReturnType<typeof led.act>>) =>
        (await led.control.verify(changeOf(plan), signal)).state;
      const [abort, promote] = [await led.act({ verb: 'abort' }), await led.act({ verb: 'promote' })];
      const full = await led.act({ verb: 'promoteFull' });
      expect([await state(abort), await state(promote), await state(full)]).toEqual([
        'before',
        'before',
        'before',
      ]);
      // No answer came to any of them, and its controller goes on: nothing was aborted, nor skipped.
      await led.report({ currentStepIndex: 2, pauseConditions: null, controllerPause: null });
      expect([await state(abort), await state(full)]).toEqual(['else', 'else']);
      expect(await state(promote)).toBe('after');
      await led.report({ abort: true });
      expect([await state(abort), await state(promote)]).toEqual(['after', 'else']);
      const retry = await led.act({ verb: 'retry' });
      await led.report({ abort: null, currentStepIndex: 0 });
      expect([await state(abort), await state(retry)]).toEqual(['else', 'after']);
      // All calls are on it by now, and the controller has taken the flag back.
      await led.report({ stableRS: waiting.currentPodHash, currentStepIndex: 5 });
      expect([await state(abort), await state(full)]).toEqual(['else', 'after']);
      await led.report({ currentPodHash: '7c9d8b6f5d', currentStepIndex: 0, abort: true });
      expect([await state(abort), await state(full), await state(retry)]).toEqual(['else', 'else', 'else']);
    });

    test('are paused and resumed, and skip their steps when that is asked for', async () => {
      await using led = await begin();
      await led.control.apply(await led.act({ verb: 'pause' }), signal);
      expect((await led.live()).spec).toMatchObject({ paused: true });
      const paused = await led.view();
      expect(paused).toMatchObject({ paused: true });
      expect(paused.verbs).toContain('resume');
      await led.control.apply(await led.act({ verb: 'resume' }), signal);
      expect((await led.live()).spec).toMatchObject({ paused: false });
      const full = await led.act({ verb: 'promoteFull' });
      expect(full.direction).toBe('towardsHarm');
      expect(guardsOf(full)).toMatchObject({ 'all-at-once': 'typeName' });
      await led.control.apply(full, signal);
      expect((await led.live()).status['promoteFull']).toBe(true);
    });

    test('of Flagger show their analysis, are suspended, and say that Flagger has no other verb', async () => {
      await using led = await begin();
      const { namespace, call } = led.cluster;
      await call('POST', paths(namespace).services, serviceFor(namespace, 'order', { app: 'order' }));
      await call('POST', canariesPath(namespace), canary(namespace));
      const path = `${canariesPath(namespace)}/order`;
      await call('PATCH', `${path}/status`, {
        status: {
          phase: 'Progressing',
          canaryWeight: 20,
          failedChecks: 1,
          iterations: 0,
          lastAppliedSpec: '5978589476',
          lastTransitionTime: '2026-11-22T10:00:00Z',
        },
      });
      const view = await led.view('order');
      expect(view).toMatchObject({
        ref: { kind: 'Canary' },
        replicas: null,
        readyReplicas: null,
        updatedReplicas: null,
        verbs: ['pause'],
        rollout: { state: 'moving', text: 'Progressing, 1 of 5 checks failed' },
        steps: { owner: 'Flagger', weight: 20 },
      });
      expect(view.steps?.items.map(({ state }) => state)).toEqual(['done', 'now', 'ahead', 'ahead', 'ahead']);
      expect(view.steps?.analysis.map(({ name: check, text }) => `${check}: ${text}`)).toEqual([
        'request-success-rate: at least 99, over 1m',
        'gate: asks its webhook',
      ]);
      await expect(led.act({ verb: 'promote' }, 'order')).rejects.toThrow(/no verb for either/);
      const twice = [await led.act({ verb: 'pause' }, 'order'), await led.act({ verb: 'pause' }, 'order')];
      for (const plan of twice.slice(0, 1)) await led.control.apply(plan, signal);
      const suspended = (await call('GET', path)) as { readonly spec: { readonly suspend?: boolean } };
      expect(suspended.spec.suspend).toBe(true);
      const [done] = twice;
      if (done === undefined) throw new Error('nothing was planned');
      const back = await led.control.planUndo(
        asked(await led.view('order'), { verb: 'pause' }),
        done.changes,
        signal,
      );
      await led.control.apply(back, signal);
      await poll(
        async () => (await led.view('order')).paused,
        (paused) => !paused,
      );
    });
  });
}
