import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { createPortBridge, type Frame } from './portBridge.ts';
import { createChannel, wrapPorts } from './ports.ts';
import { strict } from './strict.ts';

// What a utility process of Electron's has and one of Node's has not, and the other way round.
const events = new EventEmitter();
const early: unknown[] = [];
const send = process.send?.bind(process);
const bridge = createPortBridge({
  prefix: 'utility',
  createChannel,
  // To a main process that was killed nothing can be said any more; `disconnect` ends this one.
  send: (frame) => void send?.(frame, () => undefined),
  onChannel: (_channel, data, ports) => {
    const event = { data, ports: wrapPorts(ports) };
    // Kept until somebody listens, as in Electron.
    if (events.listenerCount('message') === 0) early.push(event);
    else events.emit('message', event);
  },
  onFarClose: (port) => port.close(),
});
events.on('newListener', (name) => {
  if (name === 'message') setImmediate(() => early.splice(0).forEach((each) => events.emit('message', each)));
});
const parentPort = strict(
  Object.assign(events, { postMessage: (message: unknown) => bridge.post('', message, []) }),
  'parentPort',
);
const script = process.argv[2] ?? '';

process.on('message', (frame: Frame) => bridge.take(frame));
process.on('disconnect', () => process.exit(0));
process.argv.splice(1, 2, script);
Object.assign(process, { parentPort, type: 'utility', send: undefined });
await import(pathToFileURL(script).href);
