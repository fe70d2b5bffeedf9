import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { expect, test, vi } from 'vitest';
import { CallMenu } from './CallMenu.tsx';
import { ServiceMenu } from './ServiceMenu.tsx';

// Asked by the drawer of whatever it draws, and once more after a test is over.
vi.stubGlobal('window', { HTMLIFrameElement: class {} });

/** Runs the effects of what draws nothing, for which no page is needed. */
function runEffects(node: ReactNode): void {
  const ignore = (): void => undefined;
  const ownerDocument = { nodeType: 9, addEventListener: ignore, activeElement: null, body: null };
  const place: unknown = {
    nodeType: 1,
    nodeName: 'DIV',
    tagName: 'DIV',
    ownerDocument,
    addEventListener: ignore,
  };
  const root = createRoot(place as Element);
  flushSync(() => root.render(node));
  // Effects that still wait are run before the next drawing.
  flushSync(() => root.unmount());
}

const point = { x: 1, y: 1 };

test('the menu of a service that has left the map closes, so that it does not open by itself later', () => {
  const onClose = vi.fn<() => void>();
  runEffects(<ServiceMenu at={{ serviceId: 'c/shop/gone', ...point }} onClose={onClose} />);
  expect(onClose).toHaveBeenCalledOnce();
});

test('so does that of a call', () => {
  const onClose = vi.fn<() => void>();
  runEffects(<CallMenu at={{ callId: 'c/shop/a>c/shop/gone', ...point }} onClose={onClose} />);
  expect(onClose).toHaveBeenCalledOnce();
});

test('a menu that is closed is not closed again', () => {
  const onClose = vi.fn<() => void>();
  runEffects(<ServiceMenu at={null} onClose={onClose} />);
  runEffects(<CallMenu at={null} onClose={onClose} />);
  expect(onClose).not.toHaveBeenCalled();
});
