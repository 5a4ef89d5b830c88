import { Argument, type Command } from 'commander';
import type { Services } from '../../services.js';
import { topics, type Topic } from './topics.js';

type Deps = Pick<Services, 'terminal'>;

/** `help COMMAND` does not run this command: `run` rewrites it to `COMMAND --help`. */
export function define(command: Command, deps: Deps): void {
  command
    .description('Show help for a command or a topic.')
    .addArgument(new Argument('[topic]', 'command or topic').choices(topics))
    .addHelpText('after', '\nExamples:\n  $ tpks help login\n  $ tpks help exit-codes')
    .action((topic: Topic) => help({ topic }, deps));
}

export async function help({ topic }: { topic: Topic }, { terminal }: Deps): Promise<void> {
  const { texts } = await import('./topic-texts.js');
  const markdown = texts[topic];
  await terminal.show({ json: { topic, markdown }, text: markdown.trimEnd().split('\n') });
}
