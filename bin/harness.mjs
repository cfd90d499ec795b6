#!/usr/bin/env node
/**
 * The `harness` command as npm links it: a file of the repository, so that it is there before the first build.
 *
 * npm links a package's command once and only if the file exists; a link to dist/ made too early would stay broken.
 * All behaviour is in harness/cli/main.ts; exit code 3 is "the environment failed", as everywhere in the command.
 */
import { existsSync } from 'node:fs';

const entry = new URL('../dist/bundle/main.js', import.meta.url);
if (existsSync(entry)) {
  await import(entry.href);
} else {
  process.stderr.write('harness: not built yet; run npm ci (or npm run build) first\n');
  process.exitCode = 3;
}
