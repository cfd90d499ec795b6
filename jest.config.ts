/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Those are for `npm run test:deep`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/deep/', '<rootDir>/test/nodes/'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/setup/esbuild-transform.mjs' },
  // Two cores are the smallest machine that has to do; the default would leave one of them idle.
  maxWorkers: '100%',
  // Jest's ESM mode keeps the modules of finished test files alive; a fresh process gives the memory back.
  workerIdleMemoryLimit: '1GB',
  // A net against a test that hangs, not a budget: the machine may be doing twenty other things.
  testTimeout: 300_000,
  coverageProvider: 'v8',
};

export default config;
