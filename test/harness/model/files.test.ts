/** Files are written all or none, under names that nobody can foresee, and keep what they were. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputRefusal, writeTogether, writeWhole } from '../../../harness/model/files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const PERMISSIONS = 0o777;

describe('writeTogether', () => {
  test('leaves nothing but the files, and follows no link on the way', () => {
    writeFileSync(at('bystander'), 'untouched');
    symlinkSync(at('bystander'), at(`out.${process.pid}.tmp`));
    writeTogether([
      { path: at('out'), content: 'a' },
      { path: at('map'), content: Uint8Array.of(98) },
    ]);
    expect(readFileSync(at('out'), 'utf8') + readFileSync(at('map'), 'utf8')).toBe('ab');
    expect(readFileSync(at('bystander'), 'utf8')).toBe('untouched');
    expect(readdirSync(folder).sort()).toEqual(['bystander', 'map', 'out', `out.${process.pid}.tmp`]);
  });

  test('writes none if one cannot be written', () => {
    writeFileSync(at('out'), 'old');
    mkdirSync(at('map'));
    expect(() => {
      writeTogether([
        { path: at('out'), content: 'new' },
        { path: at('map'), content: 'map' },
      ]);
    }).toThrow(/map.*it is a folder/);
    expect(readFileSync(at('out'), 'utf8')).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['map', 'out']);
  });

  test('makes no folder, and takes the longest name that a folder takes', () => {
    expect(() => {
      writeTogether([{ path: at('no/out'), content: '' }]);
    }).toThrow('cannot write');
    expect(existsSync(at('no'))).toBe(false);
    const longest = 'x'.repeat(255);
    writeTogether([{ path: at(longest), content: 'a' }]);
    expect(readFileSync(at(longest), 'utf8')).toBe('a');
  });

  test('gives a new file its mode, and leaves that of an old one and links alone', () => {
    writeTogether([{ path: at('new'), content: '', mode: PERMISSIONS }]);
    // What the umask takes away is not the owner's.
    expect(statSync(at('new')).mode & 0o700).toBe(0o700);
    chmodSync(at('new'), 0o640);
    symlinkSync('new', at('link'));
    writeTogether([{ path: at('link'), content: 'b', mode: PERMISSIONS }]);
    expect(statSync(at('new')).mode & PERMISSIONS).toBe(0o640);
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('new'), 'utf8')).toBe('b');
  });
});

test('writeWhole makes the folders of its file', () => {
  writeWhole(at('a/b/c'), 'x');
  expect(readFileSync(at('a/b/c'), 'utf8')).toBe('x');
});

test('outputRefusal says what stands against a file before it is made', () => {
  writeFileSync(at('file'), '');
  expect(outputRefusal(at('file'))).toBeNull();
  expect(outputRefusal(at('new'))).toBeNull();
  expect(outputRefusal('/dev/null')).toBeNull();
  expect(outputRefusal(folder)).toBe('Is a directory');
  expect(outputRefusal(at('no/file'))).toBe('No such file or directory');
  expect(outputRefusal(at('file/x'))).toBe('Not a directory');
});
