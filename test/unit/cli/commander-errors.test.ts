import { expect, test } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import {
  isCommanderError,
  isHelpShown,
  isMissingSubcommand,
  toUsageError,
} from '../../../src/cli/commander-errors.js';

/** Converts an error of the command line `tpks clusters`. */
const convert = (code: string, message: string, command = 'tpks clusters') =>
  toUsageError(new CommanderError(1, code, message), {
    program: new Command('tpks'),
    command,
    argv: [],
    suggestLine: () => Promise.resolve(undefined),
  });

test('an error from commander is a usage error with a hint to the help of the command', async () => {
  expect(await convert('commander.unknownOption', "error: unknown option '--x'")).toMatchObject({
    kind: 'usage',
    message: 'unknown flag: --x',
    hint: 'tpks clusters --help',
  });
});

test.each([
  ["unknown option '-z'", "unknown shorthand flag: 'z' in -z"],
  ["unknown option '--pre-check'", 'unknown flag: --pre-check'],
  [
    "option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are json, yaml.",
    'Invalid value for --output: xml (choose from json, yaml)',
  ],
  ["option '-n <number>' argument '' is invalid. No.", 'Invalid value for -n <number>: "" (No.)'],
  [
    "command-argument value 'a 'b'' is invalid for argument 'name'. expected a name",
    "Invalid value for name: a 'b' (expected a name)",
  ],
])('the message "%s" becomes "%s"', async (text, message) => {
  expect(await convert('commander.x', `error: ${text}`)).toMatchObject({ message });
});

test('a group without a subcommand does not know --output', async () => {
  const message = 'Missing subcommand for tpks uaa';
  const unknown = "error: unknown option '-o'";
  expect(await convert('commander.unknownOption', unknown, 'tpks uaa')).toMatchObject({ message });
  expect(await convert('commander.help', '(outputHelp)', 'tpks uaa')).toMatchObject({ message });
});

test('after help, the hint names the help of all commands', async () => {
  const error = await convert('commander.unknownCommand', 'error: unknown command', 'tpks help');
  expect(error).toMatchObject({ hint: 'tpks --help' });
});

test('the hint has the reason if tpks does not support the option', async () => {
  const error = await convert('commander.unknownOption', "error: unknown option '--pre-check'");
  expect(error).toMatchObject({
    hint: 'the API for it is not public; see tpks help from-pks\ntpks clusters --help',
  });
});

test.each<[error: unknown, isCommander: boolean]>([
  [new CommanderError(1, 'commander.unknownOption', 'x'), true],
  [new TypeError('x is not a function'), false],
  [Object.assign(new Error('x'), { code: 'ENOENT' }), false],
  [undefined, false],
])('commander threw %s: %s', (error, isCommander) => {
  expect(isCommanderError(error)).toBe(isCommander);
});

test('help is recognized by the code', () => {
  const error = (code: string) => new CommanderError(1, code, '(outputHelp)');
  expect(isHelpShown(error('commander.helpDisplayed'))).toBe(true);
  expect(isHelpShown(error('commander.version'))).toBe(true);
  expect(isHelpShown(error('commander.help'))).toBe(false);
  expect(isMissingSubcommand(error('commander.help'))).toBe(true);
});
