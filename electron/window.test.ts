import type { Session } from 'electron/main';
import { expect, test, vi } from 'vitest';
import { denyEverything } from './window.ts';

vi.mock('electron/main', () => import('../test/stand-ins/electron/main.ts'));
vi.mock('electron/common', () => import('../test/stand-ins/electron/main.ts'));

type Answer = (granted: boolean) => void;

/** Every name that Electron 45 has for a permission, and one that it has not. */
const names = [
  'clipboard-read',
  'clipboard-sanitized-write',
  'deprecated-sync-clipboard-read',
  'display-capture',
  'fileSystem',
  'fullscreen',
  'geolocation',
  'hid',
  'idle-detection',
  'keyboardLock',
  'local-fonts',
  'media',
  'mediaKeySystem',
  'midi',
  'midiSysex',
  'notifications',
  'openExternal',
  'pointerLock',
  'serial',
  'speaker-selection',
  'storage-access',
  'top-level-storage-access',
  'unknown',
  'usb',
  'window-management',
  'of-tomorrow',
];

test('E04 of all permissions the page has that of writing to the clipboard', () => {
  let check: (contents: null, permission: string) => boolean = () => true;
  let request: (contents: null, permission: string, answer: Answer) => void = () => undefined;
  let device = (): boolean => true;
  denyEverything({
    setPermissionCheckHandler: (handler: typeof check) => void (check = handler),
    setPermissionRequestHandler: (handler: typeof request) => void (request = handler),
    setDevicePermissionHandler: (handler: typeof device) => void (device = handler),
  } as unknown as Session);
  const granted: string[] = [];
  for (const name of names) {
    if (check(null, name)) granted.push(`${name} checked`);
    request(null, name, (isGranted) => {
      if (isGranted) granted.push(`${name} requested`);
    });
  }
  expect(granted).toEqual(['clipboard-sanitized-write checked', 'clipboard-sanitized-write requested']);
  expect(device()).toBe(false);
});
