/** Messages: holes filled, places printed, order independent of the order of phases. */
import { describe, expect, test } from '@jest/globals';
import { formatMessage, MESSAGES } from '../../../core/diagnostics/catalogue.ts';
import { Diagnostics } from '../../../core/diagnostics/diagnostics.ts';

describe('diagnostics', () => {
  test('fill every hole of the template', () => {
    expect(formatMessage('duplicate_symbol', { name: 'f', first: 'a.o', second: 'b.o' })).toBe(
      'duplicate symbol: f\n>>> defined in a.o\n>>> defined in b.o',
    );
    for (const template of Object.values(MESSAGES)) expect(template).not.toMatch(/\{[^a-z]|\{\}/);
  });

  test('are sorted by kind of place, file and offset, and then by order of report', () => {
    const diags = new Diagnostics();
    expect(diags.failed).toBe(false);
    diags.error('undefined_symbol', { name: 'second' }, { in: 'file', file: 'b.o', offset: 2 });
    diags.error('undefined_symbol', { name: 'third' }, { in: 'file', file: 'b.o', offset: 16 });
    diags.error('undefined_symbol', { name: 'last' }, { in: 'options' });
    diags.error('undefined_symbol', { name: 'first' }, { in: 'file', file: 'a.o' });
    diags.error('undefined_symbol', { name: 'nav' }, { in: 'nav', nav: 'main', inst: 3 });
    expect(diags.failed).toBe(true);
    expect(diags.text()).toBe(
      [
        'a.o: error: undefined symbol: first',
        'b.o:0x2: error: undefined symbol: second',
        'b.o:0x10: error: undefined symbol: third',
        '@main %3: error: undefined symbol: nav',
        'options: error: undefined symbol: last',
      ].join('\n'),
    );
  });
});
