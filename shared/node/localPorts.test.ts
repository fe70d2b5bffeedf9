import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { ByteStream } from '../core/ports.ts';
import { createLocalPorts } from './localPorts.ts';

/** A program of this machine, connected. */
async function connected() {
  const taken = Promise.withResolvers<ByteStream>();
  const listening = await createLocalPorts(() => []).listen(0, taken.resolve);
  const socket = connect({ host: '127.0.0.1', port: listening.port });
  let heard = '';
  socket.on('data', (bytes) => (heard += String(bytes)));
  const near = await taken.promise;
  return {
    near,
    socket,
    heard: () => heard,
    [Symbol.asyncDispose]: () => {
      socket.destroy();
      return listening[Symbol.asyncDispose]();
    },
  };
}

test('a connection that is broken off is a reset to its program, not an end', async () => {
  await using here = await connected();
  const writer = here.near.writable.getWriter();
  await writer.write(Buffer.from('half of'));
  await expect.poll(here.heard).toBe('half of');
  const failed = once(here.socket, 'error').catch((thrown: unknown) => [thrown]);
  const ended = once(here.socket, 'end').then(() => ['a plain end']);
  ended.catch(() => undefined);
  await writer.abort(new Error('cut off'));
  expect(await Promise.race([failed, ended])).toMatchObject([{ code: 'ECONNRESET' }]);
});

test('a connection that has said all is a plain end to its program', async () => {
  await using here = await connected();
  const ended = once(here.socket, 'end');
  const writer = here.near.writable.getWriter();
  await writer.write(Buffer.from('all of it'));
  await writer.close();
  await ended;
  expect(here.heard()).toBe('all of it');
});
