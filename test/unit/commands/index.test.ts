import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import type { Services } from '../../../src/app/services.js';
import { completerOf } from '../../../src/commands/completers.js';
import { defineCommand } from '../../../src/commands/command-table.js';
import { contents } from '../../../src/commands/index.js';
import {
  offlineCommands,
  recordedNames,
  unrecordedCommands,
} from '../../faults/recorded-commands.js';
import { findRowProblems } from '../../support/checks/rows.js';
import { listCommands } from '../../support/commands/leaves.js';
import { writingCommands } from '../../support/commands/pks-commands.js';
import { commandsWithoutScope, namesScope } from '../../support/commands/scopes.js';
import { scenarios, uncoveredCommands } from '../../support/commands/secret-lines.js';
import {
  isListCommand,
  otherShowCommands,
  shownResources,
} from '../../support/commands/shown-resources.js';
import { writeMatrix } from '../../support/commands/write-matrix.js';

/** Defining a command does not use the services. */
const unusedServices = new Proxy({} as Services, {
  get: (_services, name) => () => {
    throw new Error(`the service ${String(name)} was used to define a command`);
  },
});

const commands = (await listCommands(contents)).map(({ words, entry, part }) => {
  const command = new Command(entry.name);
  defineCommand(command, part, unusedServices);
  const { summary, cachedNames } = entry;
  return { words, summary, cachedNames, command, description: command.description() };
});
const names = commands.map(({ words }) => words);

/** The commands that the lines of the scenarios run. */
const scannedNames = scenarios
  .flatMap(({ lines }) => lines)
  .map(({ line }) =>
    names
      .filter((words) => `${line} `.startsWith(`${words} `))
      .reduce((longest, words) => (words.length > longest.length ? words : longest), ''),
  );

const guide = 'see "Add a command" in CONTRIBUTING.md';
/** The tests decide by the summary whether a command changes data. */
const readsOnlyHelp =
  'or, if it changes nothing, start its summary with list, show, print or wait; ' + guide;

const compareRows = (
  file: string,
  rows: readonly string[],
  expected: readonly string[],
  help = guide,
) =>
  findRowProblems({
    file,
    rows: rows.map((words) => `tpks ${words}`),
    expected: expected.map((words) => `tpks ${words}`),
    help,
  });

const writingNames = (await writingCommands()).map((command) => command.name());

test('every command has its rows in the data of the tests that cover all commands', () => {
  expect([
    ...compareRows(
      'test/support/commands/secret-lines.ts',
      [...scannedNames, ...Object.keys(uncoveredCommands)],
      names,
    ),
    ...compareRows(
      'test/faults/recorded-commands.ts',
      [...recordedNames(), ...offlineCommands, ...Object.keys(unrecordedCommands)],
      names,
    ),
    ...compareRows(
      'test/support/commands/shown-resources.ts',
      [...Object.keys(shownResources), ...Object.keys(otherShowCommands)],
      commands.filter(({ summary }) => /^(?:list|show)\b/.test(summary)).map(({ words }) => words),
    ),
    ...compareRows(
      'test/support/commands/write-matrix.ts',
      writeMatrix.map(({ command }) => command),
      writingNames,
      readsOnlyHelp,
    ),
    ...compareRows(
      'test/support/commands/scopes.ts',
      Object.values(commandsWithoutScope).flat(),
      commands.filter(({ description }) => !namesScope(description)).map(({ words }) => words),
    ),
  ]).toEqual([]);
});

test('every command that changes something at the PKS API has --dry-run', async () => {
  const others = (await writingCommands()).filter(
    ({ options }) => !options.some(({ long }) => long === '--dry-run'),
  );
  const help = `add it, ${readsOnlyHelp}`;
  expect(others.map((command) => `tpks ${command.name()} has no --dry-run: ${help}`)).toEqual([]);
});

test('every command in shownResources has the output formats of a list or of an item', () => {
  const shown = commands.filter(({ words }) => Object.hasOwn(shownResources, words));
  const problems = shown.flatMap(({ words, summary, command }) => {
    const output = command.options.find(({ long }) => long === '--output');
    const formats = output?.hidden === false ? output.argChoices?.join(' ') : undefined;
    const expected = isListCommand(words, summary)
      ? 'table wide json yaml csv name'
      : 'json yaml name';
    const help =
      'use the list kit or the item kit, or move it to otherShowCommands in shown-resources.ts';
    return formats === expected ? [] : [`tpks ${words} has no -o ${expected}: ${help}; ${guide}`];
  });
  expect(problems).toEqual([]);
});

test('a command lists each kind of names that completion suggests', () => {
  const suggested = commands.flatMap(({ command }) =>
    [...command.options, ...command.registeredArguments].flatMap(
      (target) => completerOf(target)?.source?.names ?? [],
    ),
  );
  const listed = commands.flatMap(({ cachedNames = [] }) => cachedNames);
  expect([...new Set(suggested)].sort()).toEqual(listed.sort());
});
