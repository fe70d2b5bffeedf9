// Everything here runs against a simulator that was made from Nacos' documentation: no Nacos server was available to prove it.
import { describe, expect, test } from 'vitest';
import {
  documentOf,
  edited,
  nameOf,
  need,
  only,
  openNacos,
  publish,
  readDocuments,
  signal,
  startShop,
  storedOf,
  topologyWith,
  versions,
} from './nacosShop.ts';

describe.each(versions)('configuration of %s', (version) => {
  const dataId = 'payment.yaml';

  test('is read by the names that clients look it up by, byte for byte', async () => {
    await using shop = await startShop({ version });
    const odd = 'a=1\r\n\tb = ü\u0000😀 &x=<y>+%41\r\n\r\n';
    publish(shop, 'payment-prod.properties', odd, 'properties');
    publish(shop, 'payment-gateway.yaml', 'a: 1', 'yaml');
    publish(shop, 'other.json', '{}', 'json');
    shop.register({ service: 'payment-gateway', ip: '10.0.0.5', port: 1, version: 'v1' });
    await using session = await openNacos(shop);
    await topologyWith(session, 4);
    const documents = await readDocuments(session);
    expect(documents.map(({ entries }) => entries[0]?.key).sort()).toEqual([
      'payment-prod.properties',
      dataId,
    ]);
    expect(documents.find(({ entries }) => entries[0]?.key !== dataId)).toMatchObject({
      kind: 'file',
      yaml: odd,
      readOnly: null,
    });
    expect((await readDocuments(session, 'payment-gateway')).map(({ yaml }) => yaml)).toEqual(['a: 1']);
  });

  test('is planned without a write, keeps all that goes with it, and is as before when undone', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const document = await documentOf(session, dataId);
    const operation = edited(document, 'limit: 20\n');
    const before = storedOf(shop, dataId);
    const plan = await control.plan(operation, signal);
    expect(storedOf(shop, dataId)).toEqual(before);
    expect(plan.guards.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['access', 'pass'],
      ['changed', 'pass'],
      ['form', 'pass'],
    ]);
    const change = only(plan.changes);
    expect(await control.verify(change, signal)).toMatchObject({ state: 'before' });
    await control.apply(plan, signal);
    expect(await control.verify(change, signal)).toMatchObject({ state: 'after' });
    expect(storedOf(shop, dataId)).toMatchObject({
      content: 'limit: 20\n',
      type: 'yaml',
      desc: 'kept as it is',
      configTags: 'money',
      appName: 'shop',
      id: before?.id,
    });
    await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
    expect(storedOf(shop, dataId)?.content).toBe('limit: 10\n');
    await expect(control.planUndo(operation, plan.changes, signal)).rejects.toMatchObject({
      kind: 'refused',
    });
  });

  test('M01 that somebody else changed in between is a conflict, and theirs stays', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const plan = await control.plan(edited(await documentOf(session, dataId), 'limit: 20\n'), signal);
    publish(shop, dataId, 'limit: 15\n', 'yaml');
    await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
    expect(storedOf(shop, dataId)?.content).toBe('limit: 15\n');
    const seen = only(plan.changes);
    const stale = await control.plan(edited(seen, 'limit: 20\n'), signal);
    expect(stale.guards.find(({ id }) => id === 'changed')?.verdict).toBe('tick');
  });

  test('M02 a fence that moved comes as HTTP 500 and is told as the conflict that it is', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const plan = await control.plan(edited(await documentOf(session, dataId), 'limit: 20\n'), signal);
    // Another writes after Podium read for the last time, and before its own write is looked at.
    shop.beforePublish = () => publish(shop, dataId, 'limit: 15\n', 'yaml');
    await expect(control.apply(plan, signal)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/Nothing was written/) as unknown,
    });
    expect(storedOf(shop, dataId)?.content).toBe('limit: 15\n');
  });

  test('that was deleted is not made anew, and where it was deleted at the very last that is told', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const plan = await control.plan(edited(await documentOf(session, dataId), 'limit: 20\n'), signal);
    shop.beforePublish = () => shop.remove(nameOf(dataId));
    await control.apply(plan, signal);
    const change = only(plan.changes);
    expect(await control.verify(change, signal)).toMatchObject({
      state: 'else',
      detail: expect.stringMatching(/made it anew/) as unknown,
    });
    shop.beforePublish = () => undefined;
    shop.remove(nameOf(dataId));
    await expect(control.apply(plan, signal)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/was deleted/) as unknown,
    });
    expect(storedOf(shop, dataId)).toBeUndefined();
  });

  test('keeps its line ends, and whatever bytes it is given', async () => {
    await using shop = await startShop({ version });
    publish(shop, 'payment.properties', 'a=1\r\nb=2\r\n', 'properties');
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const write = async (id: string, text: string): Promise<string | undefined> => {
      await control.apply(await control.plan(edited(await documentOf(session, id), text), signal), signal);
      return storedOf(shop, id)?.content;
    };
    expect(await write('payment.properties', 'a=1\nb=3\n')).toBe('a=1\r\nb=3\r\n');
    const odd = 'x: "ü 😀 +&=%25 \\u0001"\n\n\n# <y>\n';
    expect(await write(dataId, odd)).toBe(odd);
    await expect(write(dataId, '  \n')).rejects.toThrow(/keeps no empty/);
    await expect(write(dataId, odd)).rejects.toThrow(/holds that already/);
  });

  test('says what its type does not take, without refusing it', async () => {
    await using shop = await startShop({ version });
    publish(shop, 'payment.json', '{}', 'json');
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const plan = await control.plan(edited(await documentOf(session, 'payment.json'), '{'), signal);
    expect(plan.guards.find(({ id }) => id === 'form')).toMatchObject({
      verdict: 'tick',
      title: 'It is no json',
    });
  });

  test('has a history of who wrote what, from which a version is restored', async () => {
    await using shop = await startShop({ version });
    publish(shop, dataId, 'limit: 11\n', 'yaml');
    publish(shop, dataId, 'limit: 12\n', 'yaml');
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const document = await documentOf(session, dataId);
    const versionsOf = await need(session.configuration).history(document.document, signal);
    expect(versionsOf.map(({ who, yaml, note }) => [who, yaml, note])).toEqual([
      ['somebody', 'limit: 12\n', null],
      ['somebody', 'limit: 11\n', null],
      ['somebody', 'limit: 10\n', 'it was made'],
    ]);
    const control = need(session.config);
    const restore = edited(document, versionsOf[2]?.yaml ?? '');
    await control.apply(await control.plan(restore, signal), signal);
    expect(storedOf(shop, dataId)?.content).toBe('limit: 10\n');
  });

  test('is found by a line or a name, and leads to the service that it is for', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const { hits, problems } = await need(session.configuration).search('LIMIT', signal);
    expect(problems).toEqual([]);
    expect(hits).toMatchObject([{ key: dataId, line: 'limit: 10', services: ['default/payment'] }]);
    const document = await documentOf(session, dataId);
    expect(hits[0]?.document).toEqual(document.document);
  });

  test('that a plugin keeps encrypted is covered, found by its name alone, and not written', async () => {
    await using shop = await startShop({ version });
    publish(shop, 'cipher-aes-payment.yaml', 'password: correct-horse\n', 'yaml');
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const document = await documentOf(session, 'cipher-aes-payment.yaml');
    expect(document).toMatchObject({ kind: 'secret', yaml: null, entries: [{ value: null }] });
    const source = need(session.configuration);
    expect((await source.search('horse', signal)).hits).toEqual([]);
    expect(JSON.stringify(await source.search('cipher', signal))).not.toContain('horse');
    expect(JSON.stringify(await source.history(document.document, signal))).not.toContain('horse');
    expect(await source.reveal(document.document, 'cipher-aes-payment.yaml', signal)).toContain(
      'correct-horse',
    );
    await expect(need(session.config).plan(edited(document, 'x'), signal)).rejects.toThrow(/encrypted/);
  });

  test('of another connection is not written', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const plan = await control.plan(edited(await documentOf(session, dataId), 'limit: 20\n'), signal);
    const changes = plan.changes.map((one) => ({
      ...one,
      document: { ...one.document, connectionId: 'elsewhere' },
    }));
    await expect(control.apply({ ...plan, changes }, signal)).rejects.toMatchObject({ kind: 'refused' });
  });
});

test('Nacos 3 tells how many of those who listen have what was written', async () => {
  await using shop = await startShop();
  await using session = await openNacos(shop);
  await topologyWith(session, 3);
  const control = need(session.config);
  const plan = await control.plan(edited(await documentOf(session, 'payment.yaml'), 'limit: 20\n'), signal);
  await control.apply(plan, signal);
  const change = only(plan.changes);
  const { md5 } = await import('../stand-ins/nacos/state.ts');
  shop.listeners.set(
    JSON.stringify(Object.values(nameOf('payment.yaml'))),
    new Map([
      ['10.0.0.1', md5('limit: 20\n')],
      ['10.0.0.2', md5('limit: 10\n')],
    ]),
  );
  expect((await control.verify(change, signal)).detail).toBe(
    'Read back as written. 1 of 2 clients that listen have it.',
  );
});

test('a version without a fence says so, and what was changed before the write is a conflict still', async () => {
  await using shop = await startShop({ version: '2.2.3' });
  await using session = await openNacos(shop);
  await topologyWith(session, 3);
  const control = need(session.config);
  const plan = await control.plan(edited(await documentOf(session, 'payment.yaml'), 'limit: 20\n'), signal);
  expect(plan.guards.find(({ id }) => id === 'fence')?.verdict).toBe('tick');
  publish(shop, 'payment.yaml', 'limit: 15\n', 'yaml');
  await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
});
