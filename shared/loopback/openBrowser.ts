import { spawn } from 'node:child_process';

/** Shows an address in the browser that the system would use; false when this machine has no way to. */
export function openBrowser(url: string): Promise<boolean> {
  const [command, ...args] = openerFor(process.platform, url);
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
    child.unref();
  });
}

/** The program of each platform that hands an address to the browser, with its arguments. */
export function openerFor(platform: string, url: string): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open', url];
  // Not `start`: that is a word of the shell, and the shell would read the address too.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}
