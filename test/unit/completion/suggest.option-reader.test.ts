import { describe, expect, test } from '@jest/globals';
import { Option } from 'commander';
import { OptionReader, splitFlag } from '../../../src/completion/suggest.js';

const options = [
  new Option('-k, --skip-ssl-validation'),
  new Option('-q, --quiet'),
  new Option('-p, --password <password>'),
  new Option('-c, --color [when]'),
  new Option('-s, --scopes <scope...>'),
  new Option('--no-input'),
  new Option('--skip-ssl-verification, --insecure'),
];

/** Reads a line; returns its operands and options. */
function read(line: string) {
  const reader = new OptionReader();
  reader.addOptions(options);
  const operands = line.split(' ').filter((word) => word !== '' && reader.readWord(word));
  const pending = reader.pending;
  return {
    operands,
    opts: reader.opts(),
    pending: pending && [pending.option.name(), pending.needed],
    isPastOptions: reader.isPastOptions,
  };
}

describe('reads a line as commander does:', () => {
  test.each<[string, Partial<ReturnType<typeof read>>]>([
    ['one two', { operands: ['one', 'two'], opts: {} }],
    ['-k one', { operands: ['one'], opts: { skipSslValidation: true } }],
    ['--password pw one', { operands: ['one'], opts: { password: 'pw' } }],
    ['--password --quiet one', { operands: ['one'], opts: { password: '--quiet' } }],
    ['--password -- one', { operands: ['one'], opts: { password: '--' }, isPastOptions: false }],
    ['--password=a=b one', { operands: ['one'], opts: { password: 'a=b' } }],
    ['--password= one', { operands: ['one'], opts: { password: '' } }],
    ['-ppw one', { operands: ['one'], opts: { password: 'pw' } }],
    ['-kp pw', { operands: [], opts: { skipSslValidation: true, password: 'pw' } }],
    ['-kqppw', { opts: { skipSslValidation: true, quiet: true, password: 'pw' } }],
    ['--color always one', { operands: ['one'], opts: { color: 'always' } }],
    ['--color -k one', { operands: ['one'], opts: { color: true, skipSslValidation: true } }],
    ['--scopes a b -k one', { operands: ['one'], opts: { scopes: 'b', skipSslValidation: true } }],
    ['--no-input', { opts: { input: false } }],
    ['--insecure', { opts: { insecure: true } }],
    ['--skip-ssl-verification', { opts: { insecure: true } }],
    ['--unknown one', { operands: ['one'], opts: {} }],
    ['-kz one', { operands: ['one'], opts: { skipSslValidation: true } }],
    ['- one', { operands: ['-', 'one'] }],
    ['-- -k --password', { operands: ['-k', '--password'], opts: {}, isPastOptions: true }],
  ])('%s', (line, expected) => {
    expect(read(line)).toMatchObject(expected);
  });
});

describe('the option that expects a value', () => {
  test.each([
    ['one', undefined],
    ['-k', undefined],
    ['--password', ['password', true]],
    ['-p', ['password', true]],
    ['-kp', ['password', true]],
    ['--password pw', undefined],
    ['--password pw --password', ['password', true]],
    ['--password=', undefined],
    ['--color', ['color', false]],
    ['--color always', undefined],
    ['--scopes', ['scopes', true]],
    ['--scopes a', ['scopes', false]],
    ['--scopes a b', ['scopes', false]],
    ['--scopes a --quiet', undefined],
    ['--', undefined],
  ])('after %s is %j', (line, pending) => {
    expect(read(line).pending).toEqual(pending);
  });
});

test('an option that is added later replaces an earlier one of the same name', () => {
  const reader = new OptionReader();
  reader.addOptions([new Option('--timeout')]);
  reader.addOptions([new Option('--timeout <seconds>')]);
  expect(reader.readWord('--timeout')).toBe(false);
  expect(reader.pending?.needed).toBe(true);
});

test.each([
  ['--flag=value', { flag: '--flag', value: 'value' }],
  ['--flag=a=b', { flag: '--flag', value: 'a=b' }],
  ['--flag=', { flag: '--flag', value: '' }],
  ['--flag', { flag: '--flag' }],
  ['-f=x', { flag: '-f=x' }],
  ['a=b', { flag: 'a=b' }],
])('splitFlag splits %s into %j', (word, parts) => {
  expect(splitFlag(word)).toEqual(parts);
});
