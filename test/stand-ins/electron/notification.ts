import { EventEmitter } from 'node:events';
import { running } from './running.ts';
import { strict } from './strict.ts';

interface Options {
  readonly title: string;
  readonly body: string;
}

type Shown = EventEmitter & Options & { show(): void; close(): void };

/** What would stand on somebody's screen, oldest first; a click is a test's `emit('click')`. */
const shown: Shown[] = [];

function createNotification({ title, body }: Options): Shown {
  const events = new EventEmitter();
  const notification: Shown = strict(
    Object.assign(events, {
      title,
      body,
      /** As Windows has it, which is the strictest. */
      show(): void {
        if (running.appId === null) {
          events.emit('failed', {}, 'The application has no application user model ID.');
          return;
        }
        shown.push(notification);
        events.emit('show', {});
      },
      close(): void {
        events.emit('close', {});
      },
    }),
    'Notification',
  );
  return notification;
}

export const Notification = strict(
  Object.assign(
    function (options: Options): Shown {
      return createNotification(options);
    },
    { isSupported: (): boolean => true, shown },
  ),
  'Notification',
) as unknown as { new (options: Options): Shown; isSupported(): boolean; readonly shown: readonly Shown[] };
