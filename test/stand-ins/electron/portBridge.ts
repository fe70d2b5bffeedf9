/** What crosses a wire: an event of the port `to`, or a message on the channel `to`; with it the ids of ports that move. */
export type Frame = readonly [
  kind: 'message' | 'close' | 'channel',
  to: string,
  ports: readonly string[],
  body: unknown,
];

/** A MessagePort of a page or of Node's worker_threads. */
export interface Port extends EventTarget {
  postMessage(data: unknown, transfer: never[]): void;
  start(): void;
  close(): void;
}

export interface PortBridgeOptions {
  /** Keeps the ids of the two ends of one wire apart. */
  readonly prefix: string;
  readonly send: (frame: Frame) => void;
  readonly createChannel: () => { readonly port1: Port; readonly port2: Port };
  readonly onChannel: (channel: string, body: unknown, ports: readonly Port[]) => void;
  /** Tells the holder of a port that its other end is gone. */
  readonly onFarClose: (port: Port) => void;
}

/** One end of a wire between two processes, over which ports seem to be moved. */
export interface PortBridge {
  post(channel: string, body: unknown, ports: readonly Port[]): void;
  take(frame: Frame): void;
  /** Ends every port that went over the wire. */
  close(): void;
}

/** Runs in Node and, by its source, in a page: it may use nothing but its arguments. */
export function createPortBridge(options: PortBridgeOptions): PortBridge {
  const { prefix, send, createChannel, onChannel, onFarClose } = options;
  const adopted = new Map<string, Port>();
  let count = 0;

  /** From here on, what is said to the port is said at the other end of the wire. */
  const adopt = (port: Port, id: string): string => {
    adopted.set(id, port);
    port.addEventListener('message', (event) => {
      const { data, ports } = event as MessageEvent;
      send(['message', id, give(ports ?? []), data]);
    });
    port.addEventListener('close', () => {
      if (adopted.delete(id)) send(['close', id, [], null]);
    });
    port.start();
    return id;
  };
  const give = (ports: readonly Port[]): string[] =>
    ports.map((port) => {
      count += 1;
      return adopt(port, `${prefix}${count}`);
    });
  const receive = (ids: readonly string[]): Port[] =>
    ids.map((id) => {
      const { port1, port2 } = createChannel();
      adopt(port1, id);
      return port2;
    });

  return {
    post: (channel, body, ports) => send(['channel', channel, give(ports), body]),
    take([kind, to, ids, body]) {
      const port = adopted.get(to);
      if (kind === 'channel') onChannel(to, body, receive(ids));
      else if (kind === 'message') port?.postMessage(body, receive(ids) as never[]);
      else if (port !== undefined) {
        adopted.delete(to);
        onFarClose(port);
      }
    },
    close() {
      const ports = [...adopted.values()];
      adopted.clear();
      for (const port of ports) port.close();
    },
  };
}

/** The frame as text. What JSON would change or lose is refused: Podium sends strings, and a stand-in may not lose a thing. */
export function textOf(frame: Frame): string {
  return JSON.stringify(frame, function (this: Record<string, unknown>, key) {
    const value = this[key];
    const isPlain =
      value === null ||
      ['string', 'boolean', 'object'].includes(typeof value) ||
      (typeof value === 'number' && Number.isFinite(value));
    const kind = Object.prototype.toString.call(value);
    if (isPlain && (typeof value !== 'object' || /^.object (Object|Array|Null).$/.test(kind))) return value;
    throw new DOMException(`The stand-in for Electron carries no ${kind}.`, 'DataCloneError');
  });
}
