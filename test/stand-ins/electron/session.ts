import { chromium, running } from './running.ts';
import { toPage } from './schemes.ts';
import { protocol } from './schemes.ts';
import { strict } from './strict.ts';

type Check = (contents: object, permission: string, origin: string, details: object) => boolean;
type Request = (
  contents: object,
  permission: string,
  answer: (granted: boolean) => void,
  details: object,
) => void;

/** Electron's names of permissions, and Chromium's where it can be told beforehand. */
const permissions: Readonly<Record<string, readonly object[]>> = {
  'clipboard-read': [{ name: 'clipboard-read' }],
  'clipboard-sanitized-write': [{ name: 'clipboard-write' }],
  geolocation: [{ name: 'geolocation' }],
  'idle-detection': [{ name: 'idle-detection' }],
  media: [{ name: 'camera' }, { name: 'microphone' }],
  midi: [{ name: 'midi' }],
  notifications: [{ name: 'notifications' }],
  'storage-access': [{ name: 'storage-access' }],
};

let check: Check | null = null;
let request: Request | null = null;

const defaultSession = strict(
  {
    protocol,
    setPermissionCheckHandler: (handler: Check | null): void => void (check = handler),
    setPermissionRequestHandler: (handler: Request | null): void => void (request = handler),
    // A device can neither be offered nor chosen here.
    setDevicePermissionHandler: (): void => undefined,
  },
  'session.defaultSession',
);

export const session = strict(
  {
    get defaultSession() {
      if (!running.isReady) throw new Error('Session can only be received when app is ready');
      return defaultSession;
    },
  },
  'session',
);

/**
 * Asks the handlers about every permission before a page is loaded and tells Chromium, for it says nothing when a page asks.
 * Without handlers everything is granted, as in Electron.
 */
export async function settlePermissions(contents: object, url: string): Promise<void> {
  const origin = new URL(toPage(url)).origin;
  for (const [permission, known] of Object.entries(permissions)) {
    const isGranted =
      (check?.(contents, permission, origin, {}) ?? true) && (await isRequestGranted(contents, permission));
    const setting = isGranted ? 'granted' : 'denied';
    for (const each of known)
      await chromium().root.send('Browser.setPermission', { permission: each, setting, origin });
  }
}

function isRequestGranted(contents: object, permission: string): Promise<boolean> {
  return new Promise((resolve) => {
    if (request === null) resolve(true);
    else request(contents, permission, resolve, {});
  });
}
