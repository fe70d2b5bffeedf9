import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { Port } from './portBridge.ts';

const ownPorts = new WeakMap<object, Port>();
const closedHere = new WeakSet<object>();

/**
 * A port in the main or the utility process, on one of Node's. As in Electron it has `on` and no `addEventListener`, keeps
 * messages until `start`, and is of no use here once it was moved.
 */
export class MessagePortMain extends EventEmitter {
  constructor(port: Port) {
    super();
    ownPorts.set(this, port);
    // Electron tells of the other end's going alone; Node of this one's as well.
    port.addEventListener('close', () => !closedHere.has(this) && this.emit('close'));
  }

  start(): void {
    const port = portOf(this);
    port.addEventListener('message', (event) => {
      const { data, ports } = event as MessageEvent;
      this.emit('message', { data: data as unknown, ports: wrapPorts((ports ?? []) as unknown as Port[]) });
    });
    port.start();
  }

  postMessage(message: unknown, transfer: readonly MessagePortMain[] = []): void {
    portOf(this).postMessage(message, takePorts(transfer) as never[]);
  }

  close(): void {
    closedHere.add(this);
    portOf(this).close();
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;

  constructor() {
    const { port1, port2 } = createChannel();
    this.port1 = new MessagePortMain(port1);
    this.port2 = new MessagePortMain(port2);
  }
}

/** A pair of Node's own ports. */
export function createChannel(): { port1: Port; port2: Port } {
  return new MessageChannel();
}

/** The ports as Electron's code knows them. */
export function wrapPorts(ports: readonly Port[]): MessagePortMain[] {
  return ports.map((port) => new MessagePortMain(port));
}

/** Takes ports from their holders, who cannot use or move them again. */
export function takePorts(ports: readonly MessagePortMain[]): Port[] {
  return ports.map((port) => {
    const own = portOf(port);
    ownPorts.delete(port);
    port.removeAllListeners();
    return own;
  });
}

function portOf(port: MessagePortMain): Port {
  const own = ownPorts.get(port);
  if (own === undefined) throw new TypeError('The port was moved to another process.');
  return own;
}
