import { Argument, type Command } from 'commander';
import ci from '../../docs/ci.md';
import contexts from '../../docs/contexts.md';
import environment from '../../docs/environment.md';
import exitCodes from '../../docs/exit-codes.md';
import formatting from '../../docs/formatting.md';
import fromPks from '../../docs/from-pks.md';
import fromUaac from '../../docs/from-uaac.md';
import kubectl from '../../docs/kubectl.md';
import security from '../../docs/security.md';
import waiting from '../../docs/waiting.md';
import type { Services } from '../app/services.js';
import { findProgramName } from './contents.js';
import { formatExamples } from './examples.js';
import { isTopic, topics, type Topic } from './help-topics.js';
import { renderMarkdown } from './render-markdown.js';
import { findSections, formatSections, helpLists, type HelpList } from './root-help.js';

/** The Markdown of each topic: the pages of `docs/`, so that each text exists only once. */
export const texts: Readonly<Record<Topic, string>> = {
  environment,
  'exit-codes': exitCodes,
  formatting,
  contexts,
  security,
  ci,
  kubectl,
  waiting,
  'from-pks': fromPks,
  'from-uaac': fromUaac,
};

type Deps = Pick<Services, 'terminal'>;

/** Shows topics and lists only: `run` rewrites `help COMMAND` to `COMMAND --help`. */
export function define(command: Command, deps: Deps): void {
  const lists = findProgramName(command) === 'tpks' ? helpLists : [];
  const names = [...lists, ...topics].map(({ name }) => name);
  command
    .description('Show help for a command or a topic. Long help is shown in a pager ($PAGER).')
    .addArgument(new Argument('[topic]', 'command or topic').choices(names))
    .addHelpText(
      'after',
      formatExamples({
        'show help for a command': 'tpks help login',
        'show a topic': 'tpks help exit-codes',
      }),
    )
    // `help` after an option, as in `tpks --json help`, is not rewritten.
    .action((name: Topic | HelpList = 'commands') =>
      isTopic(name)
        ? help({ topic: name }, deps)
        : showList({ list: name, program: command.parent ?? command }, deps),
    );
}

interface ListInput {
  readonly list: HelpList;
  readonly program: Command;
}

async function showList({ list, program }: ListInput, { terminal }: Deps): Promise<void> {
  const sections = findSections(list, program);
  const items = sections.flatMap((section) => section.items);
  await terminal.showPage({
    json: { [list]: items.map(([name, summary]) => ({ name, summary })) },
    text: (columns) => formatSections(sections, program, columns).split('\n'),
  });
}

export async function help({ topic }: { topic: Topic }, { terminal }: Deps): Promise<void> {
  const markdown = texts[topic];
  await terminal.showPage({
    json: { topic, markdown },
    text: (columns) => renderMarkdown(markdown, { columns, linkText: linkTextOf }),
  });
}

/** Replaces a link with the help command for another topic, or with the address of a web page. */
function linkTextOf(label: string, target: string): string {
  const topic = topics.find(({ name }) => target.split('#')[0] === `${name}.md`);
  if (topic !== undefined) {
    const command = `\`tpks help ${topic.name}\``;
    return label.toLowerCase() === topic.name ? command : `${label} (${command})`;
  }
  return /^https?:/.test(target) && label !== target ? `${label} (${target})` : label;
}
