import { describe, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { Shares } from '../../shared/model/change.ts';
import type { DeclaredControl, PlannedWrite } from '../../shared/connectors/kit/control.ts';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';
import type { SetWeights } from '../../shared/model/operation.ts';
import type { Split } from '../../shared/model/weights.ts';
import { type ClusterUnderTest, createPayment, openCluster, paths, until } from './cluster.ts';

export const signal = AbortSignal.timeout(900_000);

export function weightsOf(session: Session): DeclaredControl<SetWeights, Split> {
  if (session.weights === undefined) throw new Error('the session has no weights');
  return session.weights;
}

const undoOf = (control: DeclaredControl<SetWeights, Split>) => {
  if (control.planUndo === undefined) throw new Error('the control has no undo');
  return control.planUndo;
};

/** The split of the route "default" once it is as expected. */
export const splitOf = async (
  session: Session,
  namespace: string,
  expected: (split: Split) => boolean = () => true,
): Promise<Split> => {
  const isIt = (split: Split): boolean =>
    split.document.namespace === namespace &&
    split.document.name === 'payment' &&
    split.route.title === 'default';
  const splits = await until(
    (stop) => weightsOf(session).watch(stop, () => undefined),
    (all) => all.some((split) => isIt(split) && expected(split)),
  );
  const found = splits.find(isIt);
  if (found === undefined) throw new Error('the split is gone');
  return found;
};

export const ready = (split: Split): boolean =>
  split.destinations.every((one) => (one.readyInstances ?? 0) > 0 && one.problem === null);

export const shift = (split: Split, weights: number[]): SetWeights => ({
  kind: 'setWeights',
  splitId: split.id,
  connectionId: split.connectionId,
  weights,
  seen: { revision: split.revision, weights: split.destinations.map((one) => one.weight) },
});

/** What traffic should look like by a plan of weights. */
export function sharesOf({ expectation }: Pick<PlannedWrite, 'expectation'>): Shares {
  if (expectation.kind !== 'shares') throw new Error('a change of weights expects shares');
  return expectation;
}

export const guardsOf = (plan: PlannedWrite): Record<string, string> =>
  Object.fromEntries(plan.guards.map((guard) => [guard.id, guard.verdict]));

/** The same plan, as if another connection had made it. */
export const elsewhere = (plan: PlannedWrite): PlannedWrite => ({
  ...plan,
  changes: plan.changes.map((change) => ({
    ...change,
    document: { ...change.document, connectionId: 'elsewhere' },
  })),
});

export const changeOf = (plan: PlannedWrite) => {
  const [change] = plan.changes;
  if (change === undefined) throw new Error('the plan changes nothing');
  return change;
};

interface Document {
  readonly spec: unknown;
  readonly metadata: {
    readonly labels?: unknown;
    readonly annotations?: unknown;
    readonly resourceVersion: string;
  };
}
const read = async (cluster: ClusterUnderTest): Promise<Document> =>
  (await cluster.call('GET', `${paths(cluster.namespace).virtualServices}/payment`)) as Document;
const lasting = ({ spec, metadata }: Document): unknown => ({
  spec,
  labels: metadata.labels,
  annotations: metadata.annotations,
});

/** What every control of weights on a Kubernetes API does, whoever serves it. */
export function weightsConformance(name: string, start: () => Promise<ClusterUnderTest>): void {
  describe(`weights on ${name}`, () => {
    test('declares each route with its versions, their readiness and who wrote last', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      // Instances come into the endpoints one after the other, also where their Deployment counts all of them already.
      const split = await splitOf(
        open.mesh,
        cluster.namespace,
        (one) => ready(one) && one.destinations[0]?.readyInstances === 2,
      );
      expect(split).toMatchObject({
        hosts: [`payment.${cluster.namespace}.svc.cluster.local`],
        gateways: ['mesh'],
        route: { index: 1, title: 'default', match: 'all requests', protocol: 'http' },
        ownership: null,
        readOnly: null,
      });
      expect(
        split.destinations.map((one) => [one.title, one.version, one.weight, one.readyInstances]),
      ).toEqual([
        ['v1', 'v1', 70, 2],
        ['v2', 'v2', 30, 1],
      ]);
      expect(split.changedBy?.who).toBeTruthy();
    });

    test('a plan writes nothing; applied, it changes the two weights and nothing else; undone, all is as before', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = weightsOf(open.mesh);
      const split = await splitOf(open.mesh, cluster.namespace, ready);
      const before = await read(cluster);

      const plan = await control.plan(shift(split, [95, 5]), signal);
      expect(plan.title).toBe('Shift payment: v1 70 → 95, v2 30 → 5');
      expect(new Set(Object.values(guardsOf(plan)))).toEqual(new Set(['pass']));
      expect(plan.threeWay).toBeNull();
      expect(sharesOf(plan).destinations.map((one) => [one.version, one.share])).toEqual([
        ['v1', 0.95],
        ['v2', 0.05],
      ]);
      expect(await read(cluster)).toEqual(before);
      expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });

      const receipt = await control.apply(plan, signal);
      const after = await read(cluster);
      expect(receipt.revisions.map((one) => one.revision)).toEqual([after.metadata.resourceVersion]);
      expect(lasting(after)).toEqual(
        JSON.parse(
          JSON.stringify(lasting(before))
            .replace('"weight":70', '"weight":95')
            .replace('"weight":30', '"weight":5'),
        ),
      );
      expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });

      await splitOf(open.mesh, cluster.namespace, (one) => one.destinations[0]?.weight === 95);
      const undo = await undoOf(control)(shift(split, [95, 5]), [changeOf(plan)], signal);
      expect(undo.threeWay).toBeNull();
      await control.apply(undo, signal);
      expect(lasting(await read(cluster))).toEqual(lasting(before));
      expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });
    });

    test('a plan made before someone else’s write is refused, and theirs stays', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = weightsOf(open.mesh);
      const split = await splitOf(open.mesh, cluster.namespace, ready);
      const plan = await control.plan(shift(split, [95, 5]), signal);
      await cluster.call('PATCH', `${paths(cluster.namespace).virtualServices}/payment`, {
        metadata: { annotations: { note: 'changed by another' } },
      });
      const theirs = await read(cluster);
      await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
      expect(await read(cluster)).toEqual(theirs);
    });

    test('what the peer would refuse is refused when it is planned', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = weightsOf(open.mesh);
      const split = await splitOf(open.mesh, cluster.namespace, ready);
      for (const weights of [[0, 0], [95, 6], [100], [-5, 105], [99.5, 0.5]]) {
        const refusal: unknown = await control
          .plan(shift(split, weights), signal)
          .catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(PeerError);
        expect(refusal).toMatchObject({ kind: 'refused' });
      }
    });

    test('calls are not sent to a subset that is not declared', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await cluster.call('PATCH', `${paths(cluster.namespace).destinationRules}/payment`, {
        spec: { subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
      });
      await using open = await openCluster(cluster.settings);
      const split = await splitOf(
        open.mesh,
        cluster.namespace,
        (one) => one.destinations[1]?.problem !== null,
      );
      expect(split.destinations[1]?.problem).toContain('v2 is not declared');
      expect(guardsOf(await weightsOf(open.mesh).plan(shift(split, [50, 50]), signal))).toMatchObject({
        destinations: 'block',
      });
      // The way out of the trouble stays open.
      expect(guardsOf(await weightsOf(open.mesh).plan(shift(split, [100, 0]), signal))).toMatchObject({
        destinations: 'pass',
      });
      const documents = await open.mesh.documents?.read(
        { namespace: cluster.namespace, name: 'payment', hosts: ['payment'] },
        signal,
      );
      const finding = documents?.[0]?.findings.find((one) => one.rule === 'missing-subset');
      expect(finding).toMatchObject({ severity: 'error' });
      expect(documents?.[0]?.yaml.split('\n')[(finding?.line ?? 0) - 1]).toContain('subset: v2');
    });

    test('a version without a ready instance asks for the service’s name', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await cluster.stop({ app: 'payment', version: 'v2' });
      await using open = await openCluster(cluster.settings);
      const split = await splitOf(
        open.mesh,
        cluster.namespace,
        (one) => one.destinations[0]?.readyInstances === 2 && one.destinations[1]?.readyInstances === 0,
      );
      expect(guardsOf(await weightsOf(open.mesh).plan(shift(split, [50, 50]), signal))).toMatchObject({
        destinations: 'typeName',
      });
    });
  });
}
