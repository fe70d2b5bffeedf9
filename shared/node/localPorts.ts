import { createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ByteStream, LocalPorts, Ports } from '../core/ports.ts';

/** No program opens so many at once in earnest. */
const mostConnections = 200;

/** Ports of this machine's loopback, and of nothing else: nobody on the network reaches them. */
export function createLocalPorts(ownPorts: Ports['ownPorts']): LocalPorts {
  return {
    async listen(asked, take) {
      if (asked !== 0 && ownPorts().includes(asked))
        throw new Error(`Podium itself listens at port ${asked}. Choose another, or none for a free one.`);
      const sockets = new Set<Socket>();
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        // Told to whoever reads or writes the stream.
        socket.on('error', () => undefined);
        take(streamOf(socket));
      });
      server.maxConnections = mostConnections;
      await new Promise<void>((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(sayTaken(error, asked))));
        server.listen({ host: '127.0.0.1', port: asked, exclusive: true }, resolve);
      });
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port was opened');
      return {
        port: address.port,
        async [Symbol.asyncDispose]() {
          const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
          for (const socket of sockets) socket.destroy();
          await closed;
        },
      };
    },
  };
}

/** Where it is broken off, the program sees a reset: a plain end would look like a whole answer. */
function streamOf(socket: Socket): ByteStream {
  // Node's own types of web streams; they are the same objects.
  const { readable, writable } = Duplex.toWeb(socket) as ByteStream;
  const writer = writable.getWriter();
  return {
    readable,
    writable: new WritableStream({
      start(controller) {
        writer.closed.catch((thrown: unknown) => controller.error(thrown));
      },
      write: (bytes) => writer.write(bytes),
      close: () => writer.close(),
      abort: () => void socket.resetAndDestroy(),
    }),
  };
}

function sayTaken(error: NodeJS.ErrnoException, port: number): string {
  if (error.code === 'EADDRINUSE')
    return `Another program listens at port ${port} of this machine. Choose another, or none for a free one.`;
  if (error.code === 'EACCES')
    return `This machine lets only its administrator listen at port ${port}. Choose one from 1024 on, or none.`;
  return error.message;
}
