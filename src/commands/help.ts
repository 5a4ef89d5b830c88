import { Argument, type Command } from 'commander';
import accessAsCode from '../../docs/access-as-code.md';
import ci from '../../docs/ci.md';
import contexts from '../../docs/contexts.md';
import doctor from '../../docs/doctor.md';
import environment from '../../docs/environment.md';
import errors from '../../docs/errors.md';
import exitCodes from '../../docs/exit-codes.md';
import formatting from '../../docs/formatting.md';
import fromPks from '../../docs/from-pks.md';
import fromUaac from '../../docs/from-uaac.md';
import kubectl from '../../docs/kubectl.md';
import quotas from '../../docs/quotas.md';
import security from '../../docs/security.md';
import waiting from '../../docs/waiting.md';
import type { Services } from '../app/services.js';
import { lineText } from '../platform/terminal/lines.js';
import { findSubcommand } from './command-table.js';
import { topics, type TopicName } from './help-topics.js';
import { renderMarkdown } from './render-markdown.js';
import { findSections, formatSections, helpLists, isHelpList, type HelpList } from './root-help.js';

/** The Markdown of each topic: the pages of `docs/`, so that each text exists only once. */
export const texts: Readonly<Record<TopicName, string>> = {
  environment,
  'exit-codes': exitCodes,
  errors,
  doctor,
  formatting,
  contexts,
  security,
  ci,
  kubectl,
  waiting,
  quotas,
  'access-as-code': accessAsCode,
  'from-pks': fromPks,
  'from-uaac': fromUaac,
};

type Deps = Pick<Services, 'terminal'>;

export const description =
  'Show help for a command or a topic. Long help is shown in a pager ($PAGER).';

export const examples = {
  'show help for a command': 'tpks help login',
  'show a topic': 'tpks help exit-codes',
};

/** Shows topics and lists only: `run` rewrites `help COMMAND` to `COMMAND --help`. */
export function define(command: Command, deps: Deps): void {
  command
    .addArgument(
      new Argument('[topic]', 'command or topic').choices(
        [...helpLists, ...topics].map(({ name }) => name),
      ),
    )
    // `help` after an option, as in `tpks --json help`, is not rewritten.
    .action((name: TopicName | HelpList = 'commands') => {
      const program = command.parent ?? command;
      return isHelpList(name) ? showList(name, program, deps) : showTopic(name, program, deps);
    });
}

async function showList(list: HelpList, program: Command, { terminal }: Deps): Promise<void> {
  const sections = findSections(list, program);
  const items = sections.flatMap((section) => section.items);
  const format = (columns: number) => formatSections(sections, program, columns);
  await terminal.showPage({
    json: { [list]: items.map(([name, summary]) => ({ name, summary })) },
    text: (columns) => format(columns).map(lineText),
    screen: format,
  });
}

async function showTopic(topic: TopicName, program: Command, { terminal }: Deps): Promise<void> {
  const page = texts[topic];
  // Some topics have the name of a command, which `help` then does not show.
  const isCommand = findSubcommand(program, topic) !== undefined;
  const note = isCommand ? `\nFor the options of the command, run \`tpks ${topic} --help\`.\n` : '';
  const render = (columns: number) =>
    renderMarkdown(page + note, { columns, linkText: formatLink });
  await terminal.showPage({
    json: { topic, markdown: page },
    text: (columns) => render(columns).map(lineText),
    screen: render,
  });
}

/** Replaces a link with the help command for another topic, or with the address of a web page. */
function formatLink(label: string, target: string): string {
  const topic = topics
    .map(({ name }) => name)
    .find((name) => target.split('#')[0] === `${name}.md`);
  if (topic !== undefined) {
    const command = `\`tpks help ${topic}\``;
    return label.toLowerCase() === topic ? command : `${label} (${command})`;
  }
  return /^https?:/.test(target) && label !== target ? `${label} (${target})` : label;
}
