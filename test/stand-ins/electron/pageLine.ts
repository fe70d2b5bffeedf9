import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CdpSession } from './cdp.ts';
import { bootIsolatedWorld, bootMainWorld, type PageNames } from './page.ts';
import { createPortBridge, textOf, type Frame, type Port, type PortBridge } from './portBridge.ts';
import { createChannel } from './ports.ts';

/** Messages and ports between the main process and a page's preload script. */
export interface PageLine {
  /** Lost while no document is there to hear it, as in Electron. */
  post(channel: string, args: readonly unknown[], ports: readonly Port[]): void;
  close(): void;
}

const world = 'Electron Isolated Context';

/** Puts the preload script into every document that the page will show, and listens to it. */
export async function openPageLine(
  page: CdpSession,
  preload: string,
  onMessage: (channel: string, args: readonly unknown[]) => void,
): Promise<PageLine> {
  const secret = `s${randomBytes(8).toString('hex')}`;
  const names: PageNames = { binding: `${secret}Binding`, receive: `${secret}Receive`, secret };
  let bridge: PortBridge | null = null;
  let context: string | null = null;

  page.on('Runtime.executionContextCreated', ({ context: made }: { context: ExecutionContext }) => {
    if (made.name === world) context = made.uniqueId;
  });
  page.on('Runtime.bindingCalled', ({ name, payload }: { name: string; payload: string }) => {
    if (name !== names.binding) return;
    if (payload === 'ready') renew();
    else bridge?.take(JSON.parse(payload) as Frame);
  });
  const told = JSON.stringify(names);
  const script = readFileSync(preload, 'utf8');
  const isolated = `(${bootIsolatedWorld})(${told}, ${createPortBridge}, ${textOf}, (require, module, exports) => {${script}\n});`;
  await page.send('Runtime.enable');
  await page.send('Runtime.addBinding', { name: names.binding, executionContextName: world });
  const add = 'Page.addScriptToEvaluateOnNewDocument';
  await page.send(add, { source: `(${bootMainWorld})(${told});` });
  await page.send(add, { source: isolated, worldName: world });

  return {
    post: (channel, args, ports) => bridge?.post(channel, args, ports),
    close: () => bridge?.close(),
  };

  /** A new document: the ports of the one before are gone with it. */
  function renew(): void {
    bridge?.close();
    const uniqueContextId = context;
    let waiting: string[] = [];
    const flush = (): void => {
      const frames = waiting.map((value) => ({ value }));
      waiting = [];
      const functionDeclaration = `function (...frames) { globalThis.${names.receive}(...frames); }`;
      page
        .send('Runtime.callFunctionOn', { functionDeclaration, uniqueContextId, arguments: frames })
        .catch(() => undefined); // the document has gone, and its ports with it
    };
    bridge = createPortBridge({
      prefix: 'main',
      createChannel,
      send: (frame) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push(textOf(frame));
      },
      onChannel: (channel, args) => onMessage(channel, args as unknown[]),
      onFarClose: (port) => port.close(),
    });
  }
}

interface ExecutionContext {
  readonly name: string;
  readonly uniqueId: string;
}
