/**
 * Loads a back end in a process of its own: a mistake in what a module does while it is loaded may end the process or never end.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Milliseconds that a load may take; it takes a fraction of a second. */
const MOST_TIME = 60_000;

/** Null if the door in the folder `path` can be loaded, else the last line that says why not. */
export function loadFault(path: string): Promise<string | null> {
  const url = pathToFileURL(join(path, 'index.js')).href;
  const args = ['--input-type=module', '--eval', `await import(${JSON.stringify(url)})`];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: MOST_TIME, killSignal: 'SIGKILL' }, (error, _stdout, stderr) => {
      if (error === null) return resolve(null);
      if (error.killed === true) return resolve('does not end');
      resolve(/^\w*Error\b.*$/m.exec(stderr)?.[0] ?? error.message.split('\n', 1)[0]!);
    });
  });
}
