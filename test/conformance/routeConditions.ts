import { describe, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { Split } from '../../shared/model/weights.ts';
import { type ClusterUnderTest, paths, until } from './cluster.ts';
import { openRoutes, routesPath, serviceFor } from './routesPayment.ts';
import { changeOf, guardsOf, shift, signal, weightsOf } from './weights.ts';

interface Condition {
  readonly type: string;
  readonly status?: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  /** Zero is what is written now, one what was written before that; left out where a controller says none. */
  readonly behind?: number | null;
}

const accepted: Condition = { type: 'Accepted' };
const resolved: Condition = { type: 'ResolvedRefs' };
const gateway = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'played' };
/** As Linkerd's documentation writes it, and its controller into the status. */
const core = { group: 'core', kind: 'Service', name: 'payment', port: 8080 };

/** A route whose controller the suite itself plays: nobody else follows its parent. */
export function routeConditionsConformance(name: string, start: () => Promise<ClusterUnderTest>): void {
  async function begin(parentRef: object = gateway, controllerName = 'example.com/played') {
    const cluster = await start();
    const { namespace, call } = cluster;
    for (const one of ['payment', 'payment-v1', 'payment-v2'])
      await call('POST', paths(namespace).services, serviceFor(namespace, one, { app: one }));
    const path = `${routesPath(namespace)}/payment`;
    await call('POST', routesPath(namespace), {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'payment', namespace },
      spec: {
        parentRefs: [parentRef],
        hostnames: ['pay.example.com'],
        rules: [
          {
            name: 'default',
            backendRefs: [
              { name: 'payment-v1', port: 8080, weight: 70 },
              { name: 'payment-v2', port: 8080, weight: 30 },
            ],
          },
        ],
      },
    });
    const open = await openRoutes(cluster.settings);
    const generation = async (): Promise<number> =>
      ((await call('GET', path)) as { readonly metadata: { readonly generation: number } }).metadata
        .generation;
    return {
      cluster,
      call,
      path,
      routes: open.routes,
      /** The controller's word. */
      async say(...conditions: readonly Condition[]) {
        const now = await generation();
        await call('PATCH', `${path}/status`, {
          status: {
            parents: [
              {
                controllerName,
                parentRef,
                conditions: conditions.map(
                  ({ behind = 0, type, status = 'True', reason = type, message = '' }) => ({
                    type,
                    status,
                    reason,
                    message,
                    lastTransitionTime: '2026-11-22T10:00:00Z',
                    ...(behind === null ? {} : { observedGeneration: now - behind }),
                  }),
                ),
              },
            ],
          },
        });
      },
      split: (expected: (split: Split) => boolean) => splitOnce(open.routes, namespace, expected),
      async [Symbol.asyncDispose]() {
        await open[Symbol.asyncDispose]();
        await cluster[Symbol.asyncDispose]();
      },
    };
  }
  type Played = Awaited<ReturnType<typeof begin>>;

  /** Shifts a route that is called working; what is asked of it from then on. */
  async function shifted(here: Played) {
    await here.say(accepted, resolved);
    const control = weightsOf(here.routes);
    const operation = shift(await here.split(inState('working')), [95, 5]);
    const plan = await control.plan(operation, signal);
    expect(guardsOf(plan)).toMatchObject({ controllers: 'pass', 'dry-run': 'pass' });
    const at = Date.now();
    await control.apply(plan, signal);
    // What was said of the generation before is no word on this one.
    await here.split((split) => split.destinations[0]?.weight === 95 && inState('waiting')(split));
    return {
      /** What this source says of the write being in force. */
      proof: () => here.routes.proof?.loaded(plan.expectation, at - 60_000, signal),
      readBack: () => control.verify(changeOf(plan), signal),
      async undo() {
        const back = await control.planUndo(operation, plan.changes, signal);
        await control.apply(back, signal);
        const split = await here.split(({ destinations }) => destinations[0]?.weight === 70);
        expect(split.destinations.map(({ weight }) => weight)).toEqual([70, 30]);
      },
    };
  }

  describe(`what controllers say of a route on ${name}`, () => {
    test('M12 accepted with a backend that is not found speaks against the write, and it is undone', async () => {
      await using here = await begin();
      const write = await shifted(here);
      await here.say(accepted, {
        ...resolved,
        status: 'False',
        reason: 'BackendNotFound',
        message: 'service shop/payment-v9 not found',
      });
      const split = await here.split(inState('refused'));
      expect(split.standing?.text).toContain('ResolvedRefs is False, BackendNotFound');
      expect(await write.proof()).toMatchObject({
        state: 'contradicted',
        detail: expect.stringContaining('BackendNotFound') as string,
      });
      expect((await write.readBack()).detail).toContain('BackendNotFound');
      await write.undo();
    });

    test('M12 a controller that falls back to an earlier version speaks against the write', async () => {
      await using here = await begin();
      const write = await shifted(here);
      await here.say(
        { ...accepted, behind: 1 },
        { ...resolved, behind: 1 },
        { type: 'PartiallyInvalid', reason: 'UnsupportedValue', message: 'Fall Back: keeps what it had' },
      );
      const split = await here.split(inState('refused'));
      expect(split.standing?.text).toContain('keeps an earlier version in force');
      expect(await write.proof()).toMatchObject({ state: 'contradicted' });
      await write.undo();
    });

    test('M12 a part that was dropped speaks against the write, however new the word is', async () => {
      await using here = await begin();
      const write = await shifted(here);
      await here.say(accepted, resolved, {
        type: 'PartiallyInvalid',
        reason: 'UnsupportedValue',
        message: 'Dropped Rule: 0',
      });
      const split = await here.split(inState('refused'));
      expect(split.standing?.text).toContain('follows only a part of it');
      expect(await write.proof()).toMatchObject({ state: 'contradicted' });
    });

    test('M12 a word that stays on the generation before is waited for and never taken for this one', async () => {
      await using here = await begin();
      const write = await shifted(here);
      await here.say(
        { ...accepted, behind: 1 },
        { ...resolved, behind: 1 },
        { type: 'PartiallyInvalid', behind: 1, message: 'Fall Back: keeps what it had' },
      );
      const split = await here.split(({ standing }) =>
        /generation \d+ and not yet/.test(standing?.text ?? ''),
      );
      expect(split.standing?.state).toBe('waiting');
      expect(await write.proof()).toMatchObject({ state: 'waiting' });
      expect((await write.readBack()).detail).toMatch(/not yet of/);
    });

    test('M12 where no controller says anything, nobody is known to follow, and that is not called working', async () => {
      await using here = await begin();
      const split = await here.split(inState('waiting'));
      expect(split.standing?.text).toContain('no controller has taken it up');
      const plan = await weightsOf(here.routes).plan(shift(split, [95, 5]), signal);
      expect(plan.guards.find(({ id }) => id === 'controllers')).toMatchObject({ verdict: 'tick' });
      await weightsOf(here.routes).apply(plan, signal);
      expect(await here.routes.proof?.loaded(plan.expectation, 0, signal)).toMatchObject({
        state: 'waiting',
      });
      expect((await weightsOf(here.routes).verify(changeOf(plan), signal)).detail).toContain(
        'No controller has taken it up',
      );
    });

    test('Linkerd’s word is known by its own name for Services, and tells no generation', async () => {
      await using here = await begin(core, 'linkerd.io/policy-controller');
      const split = await here.split(({ gateways }) => gateways.includes('mesh'));
      expect(split.hosts[0]).toBe(`payment.${here.cluster.namespace}.svc.cluster.local`);
      await here.say({ ...accepted, behind: null }, { ...resolved, behind: null });
      const told = await here.split(inState('working'));
      expect(told.standing?.text).toBe(
        `linkerd.io/policy-controller accepts it for Service ${here.cluster.namespace}/payment and resolves all references, without saying of which generation`,
      );
      const plan = await weightsOf(here.routes).plan(shift(told, [95, 5]), signal);
      expect(guardsOf(plan)).toMatchObject({ controllers: 'pass', 'dry-run': 'pass' });
      await weightsOf(here.routes).apply(plan, signal);
      // Its word is no proof: it may be about what was there before.
      expect(await here.routes.proof?.loaded(plan.expectation, 0, signal)).toMatchObject({
        state: 'unobservable',
      });
      await here.say(
        { ...accepted, behind: null },
        { ...resolved, status: 'False', reason: 'BackendNotFound', behind: null },
      );
      await here.split(inState('refused'));
      expect(await here.routes.proof?.loaded(plan.expectation, 0, signal)).toMatchObject({
        state: 'contradicted',
      });
    });
  });
}

const inState =
  (state: NonNullable<Split['standing']>['state']) =>
  ({ standing }: Split): boolean =>
    standing?.state === state;

async function splitOnce(
  session: Session,
  namespace: string,
  expected: (split: Split) => boolean,
): Promise<Split> {
  const isIt = (split: Split): boolean =>
    split.document.namespace === namespace && split.document.name === 'payment' && expected(split);
  const splits = await until(
    (stop) => weightsOf(session).watch(stop, () => undefined),
    (all) => all.some(isIt),
  );
  const found = splits.find(isIt);
  if (found === undefined) throw new Error('the split is gone');
  return found;
}
