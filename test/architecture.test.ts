import { expect, test } from '@jest/globals';

test('the test runner runs TypeScript as ES modules', () => {
  expect(import.meta.url).toMatch(/architecture\.test\.ts$/);
});
