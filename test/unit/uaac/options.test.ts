import { describe, expect, test } from '@jest/globals';
import { parseOptions } from '../../../src/uaac/options.js';
import { isUaacError } from '../../../src/uaac/uaac-error.js';

/** @returns the words and options of a command line, or the error. */
function parse(line: string): unknown {
  try {
    const { words, options } = parseOptions(line.split(' '));
    return [words.join(' '), Object.fromEntries(options.values)];
  } catch (error) {
    if (!isUaacError(error)) throw error;
    return error.lines[1];
  }
}

describe('parseOptions', () => {
  test.each<[line: string, words: string, options: Readonly<Record<string, unknown>>]>([
    ['--skip-ssl-validation target url', 'target url', { 'skip-ssl-validation': [true] }],
    ['target --ca-cert file url', 'target url', { 'ca-cert': ['file'] }],
    ['target url --ca-cert -f', 'target url', { 'ca-cert': [undefined], force: [true] }],
    ['target url --ca-cert', 'target url', { 'ca-cert': [undefined] }],
    ['target --ca-cert=file', 'target', { 'ca-cert': ['file'] }],
    ['client add x --authorized a,b', 'client add x', { authorized_grant_types: ['a,b'] }],
    ['client add x --redirect u', 'client add x', { redirect_uri: ['u'] }],
    ['client add x --inter', 'client add x', { interactive: [true] }],
    ['user add x --given A', 'user add x', { given_name: ['A'] }],
    ['user add x --GIVEN A', 'user add x', { given_name: ['A'] }],
    ['user add x -p -secret', 'user add x', { password: ['-secret'] }],
    ['user add x -ppw', 'user add x', { password: ['pw'] }],
    ['token client get x -s=pw', 'token client get x', { secret: ['pw'] }],
    ['curl /x -kb', 'curl /x', { insecure: [true], bodyonly: [true] }],
    ['curl /x -H a -H b', 'curl /x', { header: ['a', 'b'] }],
    ['context --no-trace', 'context', { trace: [false] }],
    ['users --no-color', 'users', { color: [false] }],
    ['user get -- -x', 'user get -x', {}],
    ['user get -', 'user get -', {}],
    ['user add -e a@b.c', 'user add', { emails: ['a@b.c'] }],
  ])('reads %s', (line, words, options) => {
    expect(parse(line)).toEqual([words, options]);
  });

  test.each([
    ['users --nosuch', 'InvalidOption: invalid option: --nosuch'],
    ['users --nosuch=1', 'InvalidOption: invalid option: --nosuch=1'],
    ['client add x --auth a', 'AmbiguousOption: ambiguous option: --auth'],
    ['users --count', 'MissingArgument: missing argument: --count'],
    ['users -d', 'MissingArgument: missing argument: -d'],
    ['target --force=yes', 'NeedlessArgument: needless argument: --force=yes'],
    ['users --non', 'InvalidOption: invalid option: --non'],
  ])('rejects %s', (line, message) => {
    expect(parse(line)).toBe(`OptionParser::${message}`);
  });
});
