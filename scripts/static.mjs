/**
 * The checks that run nothing: types, lint, format, what nobody uses. As many at a time as there are cores, each one's output
 * in one piece; ends with 1 if any of them fails.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Scripts of package.json, the longest first. */
const waiting = ['lint', 'typecheck', 'format:check', 'knip'];

/** Runs one to its end and prints what it said; whether it passed. */
function run(name) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    child.on('error', (error) => (said += `${error.message}\n`));
    child.on('close', (code) => {
      process.stdout.write(`> ${name}: ${code === 0 ? 'passed' : 'failed'}\n${said}`);
      resolve(code === 0);
    });
  });
}

async function runAll() {
  let passed = true;
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) passed = (await run(name)) && passed;
  return passed;
}

const all = await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, runAll));
process.exitCode = all.every(Boolean) ? 0 : 1;
