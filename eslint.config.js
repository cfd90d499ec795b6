/**
 * Lint rules: what tsc cannot say and what keeps a campaign reproducible.
 *
 * Type-aware rules run over TypeScript only. The layout of imports is not here: test/architecture/ owns it.
 */
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { kindSwitches } from './scripts/lint-kinds.js';

const pure = ['core/**/*.ts', 'interpreter/**/*.ts', 'generators/**/*.ts'];
const clock = 'A case is a pure function of its seed: no clock, no randomness of the host.';
const silent = 'Pure layers do not know the process they run in: no output, no environment, no timers.';
const border =
  'Text reaches a terminal through harness/report/streams.ts and io.ts only, where control characters are taken out.';

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'reports/', 'corpus/', 'outside/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { project: { rules: { 'kind-switches': kindSwitches } } },
    rules: {
      'project/kind-switches': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ClassDeclaration[superClass]:not([superClass.name=/Error$/])', message: 'No inheritance.' },
        { selector: 'ExportDefaultDeclaration[declaration.type!="Identifier"]', message: 'Export by name.' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-floating-promises': 'error',

      // Noise in code that works on bytes and typed arrays.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/prefer-reduce-type-parameter': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: pure,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['Date', 'performance', 'crypto'].map((name) => ({ name, message: clock })),
        ...['process', 'console', 'Buffer', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'].map(
          (name) => ({ name, message: silent }),
        ),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: clock },
        { object: 'globalThis', property: 'Date', message: clock },
        { object: 'globalThis', property: 'performance', message: clock },
        { object: 'globalThis', property: 'process', message: silent },
      ],
    },
  },
  {
    files: ['harness/**/*.ts'],
    ignores: ['harness/report/{io,streams,output}.ts', 'harness/worker/worker.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'stdout', message: border },
        { object: 'process', property: 'stderr', message: border },
      ],
    },
  },
  {
    // What belongs together is one record; a step takes the options that it needs (Pick), never all of them.
    files: ['core/link/**/*.ts'],
    rules: { '@typescript-eslint/max-params': ['error', { max: 5 }] },
  },
  {
    // Describes classes that are not ours.
    files: ['types/**/*.d.ts'],
    rules: { '@typescript-eslint/no-extraneous-class': 'off' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off', '@typescript-eslint/no-floating-promises': 'error' },
  },
);
