import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eureka, type EurekaSettings } from '../../shared/connectors/eureka/connector.ts';
import type { ConnectorHost, Proof, Session } from '../../shared/connectors/kit/connector.ts';
import type { PlannedWrite } from '../../shared/connectors/kit/control.ts';
import { spring } from '../../shared/connectors/spring/connector.ts';
import type { ConfigDocument } from '../../shared/model/config.ts';
import type { EditDocument } from '../../shared/model/operation.ts';
import { openNamedFolder } from '../../shared/node/namedFolders.ts';
import { hostOf } from './cluster.ts';
import { configOf, edited, setting } from './config.ts';
import { eventually } from './springShop.ts';
import { changeOf, guardsOf } from './weights.ts';

/** Eureka, a Config Server on a folder, and two instances each of payment and order, which a suite may change. */
export interface SpringConfigUnderTest extends AsyncDisposable {
  readonly settings: EurekaSettings;
  readonly clock: ConnectorHost['clock'];
  /** Of the Config Server: payment.yml and application.yml. */
  readonly folder: string;
  /** The greeting that an instance of payment answers its callers with. */
  greetingOf(id: string): Promise<string | null>;
  /** As somebody does it by hand: in one instance's memory. */
  overrideByHand(id: string, key: string, value: string): Promise<void>;
  overridesIn(id: string): Promise<Readonly<Record<string, string>>>;
  levelIn(id: string, logger: string): Promise<string | null>;
  /** A third instance of order comes that masks its values and takes no overrides. */
  joinMasking(): Promise<string>;
}

/** What the suite begins with; written into the folder before each of its tests. */
export const configTexts = {
  'application.yml': '# for all\nshop:\n  note: from the config server\n',
  'payment.yml':
    '# what payment says\npayment:\n  greeting: hello   # to everybody\n  fail-ratio: 0\n  api-key: k-123\n',
} as const;

interface Open extends AsyncDisposable {
  readonly session: Session;
  read(service: string): Promise<readonly ConfigDocument[]>;
  document(service: string, kind: ConfigDocument['kind'], name: string): Promise<ConfigDocument>;
}

const signal = AbortSignal.timeout(3_600_000);
const bothPayments = ['payment-1', 'payment-2'] as const;

export async function openSpringConfig({
  settings,
  clock,
}: Pick<SpringConfigUnderTest, 'settings' | 'clock'>): Promise<Open> {
  const host = (lent: ConnectorHost['lent']): ConnectorHost => ({
    ...hostOf(lent, clock),
    openFolder: openNamedFolder,
  });
  const registry = await eureka.open(eureka.settings.parse(settings), host({}));
  const offer = (await registry.offers?.find(signal))?.offers.find((one) => one.connector === 'spring');
  if (offer === undefined) throw new Error('no actuators were offered');
  const session = await spring.open(spring.settings.parse(offer.settings), host(offer.lent));
  const read = async (service: string): Promise<readonly ConfigDocument[]> => {
    if (session.configuration === undefined) throw new Error('the session reads no configuration');
    return await session.configuration.read({ namespace: 'default', name: service, hosts: [] }, signal);
  };
  return {
    session,
    read,
    async document(service, kind, name) {
      const all = await read(service);
      const found = all.find((one) => one.kind === kind && one.document.name === name);
      if (found === undefined) throw new Error(`no ${kind} ${name} among ${JSON.stringify(all)}`);
      return found;
    },
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
    },
  };
}

async function proofOf(session: Session, { expectation }: PlannedWrite, since: number): Promise<Proof> {
  const proof = await session.proof?.loaded(expectation, since, signal);
  if (proof === undefined || proof === null) throw new Error('the session has nothing to say of it');
  return proof;
}

/** A change with all that follows: written, read back, and seen in every instance. */
async function carry(session: Session, plan: PlannedWrite): Promise<string> {
  const since = Date.now();
  await configOf(session).apply(plan, signal);
  const seen = await eventually(
    () => proofOf(session, plan, since),
    ({ state }) => state !== 'waiting',
    60_000,
  );
  return `${seen.state}: ${seen.detail}`;
}

async function takeBack(session: Session, operation: EditDocument, plan: PlannedWrite): Promise<string> {
  const undo = await configOf(session).planUndo(operation, plan.changes, signal);
  return await carry(session, undo);
}

const entry = (document: ConfigDocument, key: string) => document.entries.find((one) => one.key === key);

/** What Podium shows of Spring’s configuration and changes in it, on simulated and on real programs. */
export function springConfigConformance(
  name: string,
  start: () => Promise<SpringConfigUnderTest>,
  timeoutMs = 30_000,
): void {
  const inShop = (title: string, run: (under: SpringConfigUnderTest, open: Open) => Promise<void>) =>
    test(
      title,
      async () => {
        await using under = await start();
        await using open = await openSpringConfig(under);
        // Everybody is known, also those that an earlier test had refresh, who were away for a moment.
        for (const service of ['payment', 'order'])
          await eventually(
            async () => JSON.stringify(await open.read(service)),
            (read) => [1, 2].every((number) => read.includes(`${service}-${number}: “${service}-${number}”`)),
            60_000,
          );
        await run(under, open);
      },
      timeoutMs,
    );
  const greetings = (under: SpringConfigUnderTest) =>
    Promise.all(bothPayments.map((id) => under.greetingOf(id)));
  const fileText = ({ folder }: SpringConfigUnderTest, file: string) =>
    readFileSync(join(folder, file), 'utf8');

  describe(`configuration of Spring on ${name}`, () => {
    inShop(
      'is shown with each file of the Config Server in its order, and as each instance has it',
      async (_under, open) => {
        const all = await open.read('payment');
        expect(all.map(({ kind, document }) => `${kind} ${document.name}`)).toEqual([
          'configServer payment.yml',
          'configServer application.yml',
          'overrides payment',
          'loggers payment',
        ]);
        const [file, shared, environment, loggers] = all;
        if (file === undefined || shared === undefined || environment === undefined || loggers === undefined)
          throw new Error('a document is missing');
        expect(file.readOnly).toBeNull();
        expect(file.reach[0]?.how).toContain('source 1 of 2');
        expect(entry(file, 'payment.greeting')).toMatchObject({ value: 'hello' });
        expect(entry(shared, 'shop.note')).toMatchObject({ value: 'from the config server' });
        expect(entry(environment, 'payment.greeting')?.value).toBe('hello');
        expect(entry(environment, 'payment.greeting')?.notes?.[0]).toContain('payment.yml');
        expect(entry(environment, 'shop.instance')).toMatchObject({
          value: null,
          notes: ['differs: payment-1: “payment-1”; payment-2: “payment-2”', expect.anything()],
        });
        expect(entry(loggers, 'ROOT')?.value).toBe('INFO');
      },
    );

    inShop(
      'keeps what looks secret covered until it is asked for, and never writes it',
      async (_under, open) => {
        const file = await open.document('payment', 'configServer', 'payment.yml');
        const environment = await open.document('payment', 'overrides', 'payment');
        for (const document of [file, environment]) {
          expect(entry(document, 'payment.api-key')).toMatchObject({ value: null, cover: 'secret' });
          expect(await open.session.configuration?.reveal(document.document, 'payment.api-key', signal)).toBe(
            'k-123',
          );
          const operation = edited(document, setting('payment.api-key', 'k-124'));
          await expect(configOf(open.session).plan(operation, signal)).rejects.toThrow('looks like a secret');
        }
        const plan = await configOf(open.session).plan(
          edited(file, setting('payment.greeting', 'hi')),
          signal,
        );
        expect(JSON.stringify(plan)).not.toContain('k-123');
      },
    );

    inShop('M26: values that Spring would evaluate are written nowhere', async (under, open) => {
      const all = await open.read('payment');
      for (const document of all)
        for (const value of ['#{T(java.lang.Runtime)}', '${jndi:ldap://x}', 'a #{1}'])
          await expect(
            configOf(open.session).plan(edited(document, setting('payment.greeting', value)), signal),
          ).rejects.toThrow(/Spring would evaluate|is no level/);
      expect(fileText(under, 'payment.yml')).toBe(configTexts['payment.yml']);
    });

    inShop(
      'a property changes in its file, and every instance answers with it; undone, the file is as it was to the letter',
      async (under, open) => {
        const file = await open.document('payment', 'configServer', 'payment.yml');
        const operation = edited(file, setting('payment.greeting', 'good day'));
        const control = configOf(open.session);
        const plan = await control.plan(operation, signal);
        expect(plan.title).toBe('Change payment.greeting in payment.yml and refresh 2 instances of payment');
        expect(guardsOf(plan)).toEqual({ 'config-file': 'pass', changed: 'pass' });
        expect(fileText(under, 'payment.yml')).toBe(configTexts['payment.yml']);
        expect(await greetings(under)).toEqual(['hello', 'hello']);

        expect(await carry(open.session, plan)).toBe('seen: 2 of 2 instances have it in effect');
        expect(fileText(under, 'payment.yml')).toBe(
          configTexts['payment.yml'].replace('hello ', 'good day '),
        );
        expect(await greetings(under)).toEqual(['good day', 'good day']);
        expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });

        expect(await takeBack(open.session, operation, plan)).toBe(
          'seen: 2 of 2 instances have it in effect',
        );
        expect(fileText(under, 'payment.yml')).toBe(configTexts['payment.yml']);
        expect(await greetings(under)).toEqual(['hello', 'hello']);
        expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });
      },
    );

    inShop('a file that somebody changed meanwhile is not written', async (under, open) => {
      const file = await open.document('payment', 'configServer', 'payment.yml');
      const plan = await configOf(open.session).plan(edited(file, setting('payment.greeting', 'x')), signal);
      const theirs = `${configTexts['payment.yml']}  theirs: 1\n`;
      writeFileSync(join(under.folder, 'payment.yml'), theirs);
      await expect(configOf(open.session).apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
      expect(fileText(under, 'payment.yml')).toBe(theirs);
      const again = await configOf(open.session).plan(edited(file, setting('payment.greeting', 'x')), signal);
      expect(guardsOf(again)).toMatchObject({ changed: 'tick' });
    });

    inShop('an undo leaves what others wrote into the file since', async (under, open) => {
      const file = await open.document('payment', 'configServer', 'payment.yml');
      const operation = edited(file, setting('payment.greeting', 'x'));
      const plan = await configOf(open.session).plan(operation, signal);
      await carry(open.session, plan);
      writeFileSync(join(under.folder, 'payment.yml'), `${fileText(under, 'payment.yml')}  theirs: 1\n`);
      await takeBack(open.session, operation, plan);
      expect(fileText(under, 'payment.yml')).toBe(`${configTexts['payment.yml']}  theirs: 1\n`);
    });

    inShop(
      'an override goes into the memory of every instance and is taken back alone, though Spring drops all',
      async (under, open) => {
        await under.overrideByHand('payment-1', 'shop.theirs', 'kept');
        const environment = await open.document('payment', 'overrides', 'payment');
        const operation = edited(environment, setting('payment.greeting', 'hey'));
        const plan = await configOf(open.session).plan(operation, signal);
        expect(plan.notes.join(' ')).toContain(
          'one that restarts loses it, and one that joins later does not have it',
        );
        expect(plan.notes.join(' ')).toContain('drops all overrides of an instance');
        expect(await greetings(under)).toEqual(['hello', 'hello']);

        expect(await carry(open.session, plan)).toBe('seen: 2 of 2 instances have it in effect');
        expect(await greetings(under)).toEqual(['hey', 'hey']);

        expect(await takeBack(open.session, operation, plan)).toBe(
          'seen: 2 of 2 instances have it in effect',
        );
        expect(await greetings(under)).toEqual(['hello', 'hello']);
        expect(await under.overridesIn('payment-1')).toEqual({ 'shop.theirs': 'kept' });
        expect(await under.overridesIn('payment-2')).toEqual({});
      },
    );

    inShop('an override that somebody changed meanwhile is left alone', async (under, open) => {
      const environment = await open.document('payment', 'overrides', 'payment');
      const plan = await configOf(open.session).plan(
        edited(environment, setting('payment.greeting', 'a')),
        signal,
      );
      await under.overrideByHand('payment-2', 'payment.greeting', 'b');
      await expect(configOf(open.session).apply(plan, signal)).rejects.toMatchObject({
        kind: 'conflict',
        message: expect.stringContaining('payment-2') as unknown,
      });
      expect(await under.overridesIn('payment-1')).toEqual({});
      const nothing = edited(environment, { kind: 'entries', set: [], remove: ['shop.note'] });
      await expect(configOf(open.session).plan(nothing, signal)).rejects.toThrow('is no override');
    });

    inShop(
      'a logger’s level is set in every instance, and each gets back what it had',
      async (under, open) => {
        const loggers = await open.document('payment', 'loggers', 'payment');
        const operation = edited(loggers, setting('podium.peers', 'DEBUG'));
        const plan = await configOf(open.session).plan(operation, signal);
        expect(await carry(open.session, plan)).toBe('seen: 2 of 2 instances have it in effect');
        expect(await under.levelIn('payment-1', 'podium.peers')).toBe('DEBUG');
        const shown = await open.document('payment', 'loggers', 'payment');
        expect(entry(shown, 'podium.peers')?.value).toBe('DEBUG');
        const refused = (edit: EditDocument['edit']) =>
          configOf(open.session).plan(edited(shown, edit), signal);
        await expect(refused(setting('podium.peers', 'LOUD'))).rejects.toThrow('is no level');
        await expect(refused({ kind: 'entries', set: [], remove: ['ROOT'] })).rejects.toThrow(
          'no logger above it',
        );
        expect(await takeBack(open.session, operation, plan)).toBe(
          'seen: 2 of 2 instances have it in effect',
        );
        expect(await under.levelIn('payment-1', 'podium.peers')).toBeNull();
      },
    );

    inShop(
      'M09: an instance that masks its values and takes none is told of by its name; the others have it',
      async (under, open) => {
        const id = await under.joinMasking();
        await eventually(
          async () => (await open.document('order', 'overrides', 'order')).entries,
          (entries) => entries.some(({ key, cover }) => key === 'shop.note' && cover === 'masked'),
        );
        const environment = await open.document('order', 'overrides', 'order');
        const masked = entry(environment, 'shop.note');
        expect(masked).toMatchObject({ value: null, cover: 'masked' });
        expect(JSON.stringify(environment)).not.toContain('***');
        await expect(
          open.session.configuration?.reveal(environment.document, 'shop.note', signal),
        ).rejects.toThrow('masks');

        const operation = edited(environment, setting('shop.note', 'for now'));
        const plan = await configOf(open.session).plan(operation, signal);
        const receipt = await configOf(open.session).apply(plan, signal);
        expect(receipt.revisions[0]?.revision).toMatch(
          new RegExp(`^2 of 3 instances; ${id}: Overriding shop.note`),
        );
        const proof = await eventually(
          () => proofOf(open.session, plan, 0),
          ({ detail }) => detail.startsWith('2 of 3'),
        );
        expect(proof).toMatchObject({ state: 'waiting', detail: expect.stringContaining(id) as unknown });
        const undo = await configOf(open.session).planUndo(operation, plan.changes, signal);
        expect(await carry(open.session, undo)).toBe('seen: 3 of 3 instances have it in effect');

        // A file that all get: of who masks its values only the answer to the refresh tells.
        const file = await open.document('order', 'configServer', 'application.yml');
        const change = edited(file, setting('shop.note', 'for all'));
        const wide = await configOf(open.session).plan(change, signal);
        expect(guardsOf(wide)).toMatchObject({ 'shared-file': 'tick' });
        const said = await carry(open.session, wide);
        expect(said).toMatch(/^unobservable: 4 of 5 instances have it in effect/);
        expect(said).toContain(`${id} masks shop.note, and its refresh said that shop.note changed`);
        await carry(open.session, await configOf(open.session).planUndo(change, wide.changes, signal));
        expect(fileText(under, 'application.yml')).toBe(configTexts['application.yml']);
      },
    );
  });
}
