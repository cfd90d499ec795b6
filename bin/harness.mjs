#!/usr/bin/env node
/**
 * The `harness` command as npm links it: a file of the repository, so that it is there before the first build.
 *
 * npm links a package's command once and only if the file exists; a link to dist/ made too early would stay broken.
 * All behaviour is in harness/cli/main.ts, which exists three times: joined with the linker, joined with what shows the list
 * of commands, and as a file that loads any command. Exit code 3 is "the environment failed", as everywhere in the command.
 */
import { createRequire } from 'node:module';

const { isBuilt, start } = createRequire(import.meta.url)('./start.cjs');

const words = process.argv.slice(2);
if (!isBuilt('link') || !isBuilt('list')) {
  process.stderr.write('harness: not built yet; run npm ci (or npm run build) first\n');
  process.exitCode = 3;
} else if (words[0] === 'link') {
  start('link');
} else if (words.every((word) => word.startsWith('-'))) {
  start('list');
} else {
  await import('../dist/harness/cli/main.js');
}
