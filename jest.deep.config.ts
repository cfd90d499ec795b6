/** @jest-config-loader esbuild-register */
/** The deep tests: those that look for planted mistakes, build real programs, or start many processes. */
import type { Config } from 'jest';
import base from './jest.config.ts';

const config: Config = {
  ...base,
  roots: ['<rootDir>/test/deep', '<rootDir>/test/nodes'],
  testPathIgnorePatterns: ['/node_modules/'],
  testSequencer: '<rootDir>/test/setup/load-last.mjs',
};

export default config;
