/**
 * Ctrl-C and its kin: the first asks for an end, the second does not ask.
 *
 * Owns the signal handlers of the process while a campaign runs.
 */
import type { StopSignal } from '../campaign/parts.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from '../report/io.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal this soon after the first is the same request: `timeout` signals the process and then its group. */
const SAME_REQUEST_MS = 500;

/** Catches signals until `release`. */
export function catchSignals(io: Io): { readonly stop: StopSignal; release(): void } {
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
    io.note('stopping; once more to stop at once');
    tell();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    stop: {
      get requested() {
        return requested;
      },
      whenRequested,
    },
    release: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
