import { Option, type Command, type Help } from 'commander';
import { groupBy } from '../base/group-by.js';
import type { Line } from '../platform/terminal/lines.js';
import type { Entry } from './command-table.js';
import { topics } from './help-topics.js';

/** The lists that `tpks help NAME` prints, because the root help is short. */
export const helpLists = [
  { name: 'commands', summary: 'list all commands' },
  { name: 'topics', summary: 'list the help topics' },
  { name: 'options', summary: 'list the options that all commands accept' },
] as const;

/** The name of a list that `tpks help` prints. */
export type HelpList = (typeof helpLists)[number]['name'];

/** Whether `tpks help WORD` prints a list. */
export function isHelpList(word: string): word is HelpList {
  return helpLists.some(({ name }) => name === word);
}

const outputOption = new Option('-o, --output <format>', 'output format: json, yaml and others');

/** A term and its description. */
type Item = readonly [term: string, description: string];

/** The root help of `tpks`: how to start, the most used commands, and the names of the others. */
export function formatRootHelp(contents: readonly Entry[], usage: string, help: Help): string {
  const entries = contents.filter(({ hidden = false }) => !hidden);
  const common = entries
    .filter(({ isCommon }) => isCommon)
    .map(({ name, summary }): Item => [name, summary]);
  const verbs = new Set(entries.flatMap(({ verbs: own = {} }) => Object.values(own)));
  const nouns = entries.filter(({ name, verbs: own }) => own !== undefined || !verbs.has(name));
  const groups = [...groupBy(nouns, ({ heading = '' }) => heading)].map(
    ([heading, group]): Item => [
      heading.replace(/:$/, ''),
      group.map(({ name }) => name).join(', '),
    ],
  );
  const width = longestTerm([...common, ...groups]);
  const more = [
    ...helpLists.map(({ name, summary }): Item => [`tpks help ${name}`, summary]),
    ['tpks help COMMAND', 'show help for a command; same as tpks COMMAND --help'],
  ] satisfies Item[];
  return [
    'Log in:         tpks login -a api.example.com',
    'List clusters:  tpks clusters',
    'Use kubectl:    tpks get-credentials CLUSTER',
    '',
    `${help.styleTitle('Usage:')} ${usage}`,
    '',
    help.styleTitle('Common commands:'),
    ...formatItems(common, width, help),
    '',
    help.styleTitle('Commands by group') + ' (some have subcommands, such as tpks cluster create):',
    ...formatItems(groups, width, help),
    '',
    help.styleTitle('More help:'),
    ...formatItems(more, longestTerm(more), help),
    '',
  ].join('\n');
}

interface Section {
  readonly title: string;
  readonly items: readonly Item[];
}

/** @param program - the root command, whose commands and options are listed. */
export function findSections(list: HelpList, program: Command): readonly Section[] {
  const help = program.createHelp();
  switch (list) {
    case 'commands':
      return [...groupBy(help.visibleCommands(program), (command) => command.helpGroup())].map(
        ([title, commands]) => ({
          title,
          items: commands.map((command) => [command.name(), command.summary()]),
        }),
      );
    case 'topics':
      return [
        {
          title: 'Help topics:',
          items: topics.map(({ name, summary }) => [name, summary]),
        },
      ];
    case 'options':
      return [
        {
          title: 'Global options:',
          // Each command defines -o itself, because the formats differ.
          items: [outputOption, ...help.visibleOptions(program)].map((option) => [
            help.optionTerm(option),
            help.optionDescription(option),
          ]),
        },
      ];
  }
}

/** Formats sections like the sections of a command's help. */
export function formatSections(
  sections: readonly Section[],
  program: Command,
  columns: number,
): Line[] {
  const help = program.createHelp();
  help.prepareContext({ helpWidth: columns });
  const width = longestTerm(sections.flatMap(({ items }) => items));
  return sections.flatMap(({ title, items }, index): Line[] => [
    ...(index === 0 ? [] : ['']),
    [{ text: title, tone: 'strong' }],
    ...formatItems(items, width, help).flatMap((item) => item.split('\n')),
  ]);
}

function formatItems(items: readonly Item[], width: number, help: Help): string[] {
  return items.map(([term, description]) => help.formatItem(term, width, description, help));
}

function longestTerm(items: readonly Item[]): number {
  return Math.max(...items.map(([term]) => term.length));
}
