import { fork as forkNode } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createPortBridge, type Frame } from './portBridge.ts';
import { createChannel, takePorts, type MessagePortMain } from './ports.ts';
import { running } from './running.ts';
import { strict } from './strict.ts';

interface Options {
  readonly serviceName?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export const utilityProcess = strict({ fork }, 'utilityProcess');

/** A process of Node's own, whose entry gives the script what Electron would. */
function fork(script: string, args: readonly string[] = [], options: Options = {}) {
  if (!running.isReady) throw new Error('utilityProcess cannot be created before app is ready');
  const events = new EventEmitter();
  const child = forkNode(join(import.meta.dirname, 'utilityEntry.ts'), [script, ...args], {
    env: options.env ?? process.env,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const bridge = createPortBridge({
    prefix: 'main',
    createChannel,
    send: (frame) => {
      if (child.connected) child.send(frame);
    },
    onChannel: (_channel, message) => events.emit('message', message),
    onFarClose: (port) => port.close(),
  });
  const utility = { pid: child.pid, name: options.serviceName ?? script, kill: () => child.kill() };
  running.utilities.add(utility);
  child.on('message', (frame: Frame) => bridge.take(frame));
  child.once('spawn', () => events.emit('spawn'));
  child.once('exit', (code, signal) => {
    running.utilities.delete(utility);
    bridge.close();
    events.emit('exit', code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
  });

  return strict(
    Object.assign(events, {
      pid: child.pid,
      /** To a process that has ended nothing is said, and ports stay where they are. */
      postMessage(message: unknown, ports: readonly MessagePortMain[] = []): void {
        if (child.connected) bridge.post('', message, takePorts(ports));
      },
      kill: utility.kill,
    }),
    'UtilityProcess',
  );
}
