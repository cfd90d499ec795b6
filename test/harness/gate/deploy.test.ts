/**
 * The files for GitHub Actions and Kubernetes, as far as they can be checked without either: they are YAML of the right shape, their scripts
 * are bash, every command of ours in them is one that the harness takes, and the numbers that have to agree do.
 */
import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { COMMANDS } from '../../../harness/cli/command-list.ts';
import { EXIT } from '../../../harness/cli/exit-codes.ts';
import { makeProgram } from '../../../harness/cli/program.ts';
import { ROOT } from '../cli/run-harness.ts';
import { scriptsOf } from './deploy-files.ts';
import { KUBERNETES } from './kubernetes-schema.ts';

type Tree = Record<string, unknown>;

function read(file: string): Tree[] {
  return parseAllDocuments(readFileSync(join(ROOT, file), 'utf8')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Tree;
  });
}

/** What is at `path` in `tree`. */
function at(tree: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((part, key) => (part as Record<string | number, unknown>)[key], tree);
}

const WORKFLOWS = ['.github/workflows/gate.yml', '.github/workflows/nightly.yml'];
const CLUSTER = 'deploy/kubernetes/nightly.yaml';
const FILES = [...WORKFLOWS, CLUSTER];

describe.each(FILES)('%s', (file) => {
  const scripts = read(file).flatMap(scriptsOf);

  test('has scripts that bash can read', () => {
    expect(scripts.length).toBeGreaterThan(1);
    for (const script of scripts) {
      expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    }
  });

  test('calls commands and options that there are', async () => {
    const names = COMMANDS.map(({ name }) => name);
    const { commands } = await makeProgram(names, () => undefined);
    const calls = scripts.flatMap((script) => [
      ...script.matchAll(/(?:npx harness|node \/harness\/bin\/harness\.mjs) (\S+)(.*)$/gm),
    ]);
    expect(calls.length).toBeGreaterThan(0);
    for (const [, name, rest] of calls) {
      const command = commands.find((one) => one.name() === name);
      expect([name, command?.name()]).toEqual([name, name]);
      for (const [option] of rest!.matchAll(/--[a-z-]+/g)) {
        expect(command!.options.map(({ long }) => long)).toContain(option);
      }
    }
  });
});

describe('the workflows', () => {
  test.each(WORKFLOWS)('%s may read, and nothing else, and puts nothing of a stranger into a script', (file) => {
    const [workflow] = read(file);
    expect(at(workflow, 'permissions')).toEqual({ contents: 'read' });
    for (const script of scriptsOf(workflow!)) expect(script).not.toContain('${{');
    for (const job of Object.values(at(workflow, 'jobs') as Tree)) {
      expect(at(job, 'timeout-minutes')).toBeGreaterThan(0);
      for (const { uses } of at(job, 'steps') as { uses?: string }[]) {
        if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w-]+(?:\/[\w-]+)?@v[0-9]+$/);
      }
    }
  });

  test('the night has as many shards as it says, and they are merged', () => {
    const [night] = read(WORKFLOWS[1]!);
    const shards = at(night, 'jobs', 'shard', 'strategy', 'matrix', 'shard') as number[];
    expect(scriptsOf(at(night, 'jobs', 'shard') as Tree).join()).toContain(`--shard "$SHARD/${shards.length}"`);
    expect(shards).toEqual(shards.map((_, n) => n + 1));
    expect(at(night, 'jobs', 'merge', 'needs')).toBe('shard');
  });
});

test.each([WORKFLOWS[1]!, CLUSTER])('the night of %s is steered to what was not reached', (file) => {
  expect(read(file).flatMap(scriptsOf).join()).toMatch(/fuzz --profile swarm --steer --seed/);
});

describe('the jobs of the cluster', () => {
  const [, night, merge] = read(CLUSTER);

  test.each([
    ['night', night],
    ['merge', merge],
  ])('%s: exit codes of the policy are ours, and the container is there', (_name, job) => {
    expect([at(job, 'apiVersion'), at(job, 'kind')]).toEqual(['batch/v1', 'CronJob']);
    const spec = at(job, 'spec', 'jobTemplate', 'spec');
    // What a policy for failed pods asks for.
    expect(at(spec, 'template', 'spec', 'restartPolicy')).toBe('Never');
    const [container] = at(spec, 'template', 'spec', 'containers') as {
      name: string;
      volumeMounts: { name: string }[];
    }[];
    const volumes = at(spec, 'template', 'spec', 'volumes') as { name: string }[];
    expect(volumes.map(({ name }) => name)).toEqual(container!.volumeMounts.map(({ name }) => name));
    for (const rule of at(spec, 'podFailurePolicy', 'rules') as Tree[]) {
      expect(['FailJob', 'FailIndex', 'Ignore', 'Count']).toContain(rule['action']);
      const codes = rule['onExitCodes'] as { containerName: string; values: number[] } | undefined;
      if (codes === undefined) continue;
      expect(codes.containerName).toBe(container!.name);
      expect(Object.values(EXIT)).toEqual(expect.arrayContaining(codes.values));
    }
  });

  test('the API server would take them', () => {
    for (const document of read(CLUSTER)) expect(KUBERNETES.safeParse(document).error?.issues ?? []).toEqual([]);
  });

  test.each([
    ['a field that there is not', '      completions: 4', '      completion: 4'],
    ['an index that fails without a limit for each', '      backoffLimitPerIndex: 2\n      maxFailedIndexes: 4\n', ''],
    ['success as a failure', 'values: [1, 2]', 'values: [0, 1]'],
    ['codes out of order', 'values: [3, 130]', 'values: [130, 3]'],
    ['pods that start again by themselves', 'restartPolicy: Never', 'restartPolicy: OnFailure'],
  ])('%s is refused', (_what, find, replace) => {
    const text = readFileSync(join(ROOT, CLUSTER), 'utf8');
    expect(text).toContain(find);
    const documents = parseAllDocuments(text.replace(find, replace)).map((document) => document.toJS() as Tree);
    expect(documents.every((document) => KUBERNETES.safeParse(document).success)).toBe(false);
  });

  test('each index is a shard', () => {
    const spec = at(night, 'spec', 'jobTemplate', 'spec');
    expect(at(spec, 'completionMode')).toBe('Indexed');
    expect(at(spec, 'backoffLimitPerIndex')).toBeGreaterThan(0);
    expect(scriptsOf(night!).join()).toContain(`--shard "$JOB_COMPLETION_INDEX/${String(at(spec, 'completions'))}"`);
  });
});
