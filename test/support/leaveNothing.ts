import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

// Playwright ends the process of a test that failed, and with it whatever would have tidied up; what the test started lives on,
// and may hold a terminal or a pipe open for ever.
const running = new Set<ChildProcess>();
const folders = new Set<string>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    } catch {
      // What still writes there keeps it.
    }
  }
});

/** Kills a process at the end of this one, should it run still. */
export function killedAtExit<Child extends ChildProcess>(child: Child): Child {
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Removes a folder at the end of this process. */
export function removedAtExit(folder: string): string {
  folders.add(folder);
  return folder;
}
