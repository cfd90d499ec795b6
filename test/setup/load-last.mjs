/**
 * The order of the deep tests: Jest's own, the longest first, and at the end the one that keeps all cores busy.
 *
 * Beside another test file, it took seven times as long, and the other one with it.
 */
import TestSequencer from '@jest/test-sequencer';

const BUSY = /[\\/]test[\\/]deep[\\/]load\.test\.ts$/;

export default class LoadLast extends TestSequencer {
  async sort(tests) {
    const sorted = [...(await super.sort(tests))];
    const isBusy = ({ path }) => BUSY.test(path);
    return [...sorted.filter((test) => !isBusy(test)), ...sorted.filter(isBusy)];
  }
}
