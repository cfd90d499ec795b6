/**
 * Ctrl-C and its kin: the first asks for an end, the second does not ask.
 *
 * Owns the signal handlers of the process while workers run. Commands that have none keep the system's own answer to a signal.
 */
import type { StopSignal } from '../campaign/parts.ts';
import { EXIT } from './exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal this soon after the first is the same request: `timeout` signals the process and then its group, npx passes on what both got. A second Ctrl-C takes people longer. */
const SAME_REQUEST_MS = 250;

/**
 * Catches signals until `release`. `clean` is called whatever way the process ends by itself; it is synchronous, and may be called
 * twice.
 */
export function catchSignals(
  say: (text: string) => void,
  clean: () => void,
): { readonly stop: StopSignal; release(): void } {
  let requested = false;
  let requestedAt = 0;
  let tell: () => void = () => undefined;
  const whenRequested = new Promise<void>((resolve) => (tell = resolve));
  const onSignal = (): void => {
    if (requested) {
      // Workers notice that their parent is gone and end as well.
      if (performance.now() - requestedAt > SAME_REQUEST_MS) process.exit(EXIT.interrupted);
      return;
    }
    requested = true;
    requestedAt = performance.now();
    say('stopping; once more to stop at once');
    tell();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('exit', clean);
  return {
    stop: {
      get requested() {
        return requested;
      },
      whenRequested,
    },
    release: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off('exit', clean);
      clean();
    },
  };
}
