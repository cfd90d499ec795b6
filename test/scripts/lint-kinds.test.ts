/** The lint rules that keep `default` out of switches over kinds: planted switches in the place of a file of the project. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';

/** Whose place the planted text takes: a typed rule needs a file that the project has. */
const FILE = 'interpreter/model/host.ts';

const HEAD = `
import type { FloatBits } from '../../core/intern/float-formats.ts';
import { SimpleType, TypeKind } from '../../core/intern/type-kinds.ts';
import { ValueKind } from '../../core/intern/value-kinds.ts';
import type { Shape } from './shapes.ts';
`;

/** Name, parameter, what is switched over, cases; the rule that it breaks, or none. */
const SWITCHES: readonly (readonly [name: string, parameter: string, tested: string, cases: string, rule: string])[] = [
  ['types', 'k: TypeKind', 'k', 'case TypeKind.int: return 1; default: return 0;', 'project/kind-switches'],
  ['values', 'k: ValueKind', 'k', 'case ValueKind.int: return 1; default: return 0;', 'project/kind-switches'],
  [
    'all',
    'k: SimpleType',
    'k',
    'case SimpleType.void: case SimpleType.noreturn: case SimpleType.bool: return 1; case SimpleType.usize: case SimpleType.isize: return 2; default: return 0;',
    'project/kind-switches',
  ],
  ['floats', 'k: FloatBits', 'k', 'case 32: return 1; default: return 0;', 'project/kind-switches'],
  ['shapes', 's: Shape', 's.kind', "case 'none': return 1; default: return 0;", 'project/kind-switches'],
  ['missing', 'k: TypeKind', 'k', 'case TypeKind.int: return 1;', '@typescript-eslint/switch-exhaustiveness-check'],
  ['named', 'k: FloatBits', 'k', 'case 16: case 32: return 1; case 64: return 2; case 80: case 128: return 3;', ''],
];

interface Message {
  readonly ruleId: string;
  readonly line: number;
}

describe('a switch', () => {
  let broken: Map<string, string[]>;

  beforeAll(() => {
    const texts = SWITCHES.map(
      ([name, parameter, tested, cases]) =>
        `export function ${name}(${parameter}): number | undefined { switch (${tested}) { ${cases} } return undefined; }`,
    );
    const input = HEAD + texts.join('\n');
    const first = HEAD.split('\n').length;
    const args = ['node_modules/eslint/bin/eslint.js', '--stdin', '--stdin-filename', FILE, '--format', 'json'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8' });
    if (stdout === '') throw new Error(stderr);
    const [result] = JSON.parse(stdout) as { messages: Message[] }[];
    broken = new Map(SWITCHES.map(([name]) => [name, []]));
    for (const { ruleId, line } of result!.messages) broken.get(SWITCHES[line - first]![0])?.push(ruleId);
  });

  test.each(SWITCHES.map(([name, , , cases, rule]) => [name, cases, rule] as const))('%s: %s', (name, _cases, rule) => {
    const kinds = /kind-switches|exhaustiveness/;
    expect(broken.get(name)!.filter((one) => kinds.test(one))).toEqual(rule === '' ? [] : [rule]);
  });
});
