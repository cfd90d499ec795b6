/**
 * Commands that the gate and the bisection start, each with all that it starts itself.
 *
 * Owns which of them are alive. Each has a process group of its own, so that ending one ends its children too. Knows nothing of
 * what they do. Invariant: after `end`, none is left.
 */
import { spawn } from 'node:child_process';

/** How a command ended. */
export interface Ended {
  /** 130 where it was ended by a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where git finds a repository other than that of the folder: set while a hook runs, and meant for another one. */
const GIT_PLACES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX'];

/** The environment of this process, without what would lead git to another repository, and without colours. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !GIT_PLACES.includes(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1' };
}

export class Children {
  readonly #alive = new Set<number>();
  #isOver = false;

  /** Runs `command` in `cwd` to its end. */
  run(cwd: string, command: string, args: readonly string[]): Promise<Ended> {
    if (this.#isOver) return Promise.resolve({ code: 130, stdout: '', stderr: '' });
    const child = spawn(command, args, {
      cwd,
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const { pid } = child;
    if (pid !== undefined) this.#alive.add(pid);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    return new Promise((resolve) => {
      const end = (code: number, more = ''): void => {
        if (pid !== undefined) this.#alive.delete(pid);
        resolve({ code, stdout, stderr: stderr + more });
      };
      child.on('error', (error) => end(3, error.message));
      child.on('close', (code) => end(code ?? 130));
    });
  }

  /** Asks all of them to end; none is started any more. */
  end(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#isOver = true;
    for (const pid of this.#alive) {
      try {
        process.kill(-pid, signal);
      } catch {
        // It has just ended by itself.
      }
    }
  }
}
