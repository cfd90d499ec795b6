/** The scripts in a workflow of GitHub or a job of Kubernetes, wherever they stand. */

/** Every `run` of a step, and every script of `bash -c`, in `tree`. */
export function scriptsOf(tree: Readonly<Record<string, unknown>>): string[] {
  const scripts: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { run, command, args } = value as { run?: unknown; command?: unknown; args?: unknown };
    if (typeof run === 'string') scripts.push(run);
    if (Array.isArray(command) && command.join(' ') === 'bash -c') scripts.push(String((args as unknown[])[0]));
    Object.values(value).forEach(look);
  };
  look(tree);
  return scripts;
}
