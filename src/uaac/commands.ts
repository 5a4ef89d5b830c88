import type { UaacCommand, UaacTopic } from './define-command.js';
import { resourceTopics } from './resource-topics.js';
import { sessionTopics } from './session-topics.js';

/** The commands of `uaac`, in its own order. */
export const topics: readonly UaacTopic[] = [...sessionTopics, ...resourceTopics];

const commands: readonly UaacCommand[] = topics.flatMap((topic) => topic.commands);

/** Finds the first command whose words begin the command line, as `uaac` does. */
export function findCommand(words: readonly string[]): UaacCommand | undefined {
  return commands.find((each) => each.words.every((word, index) => words[index] === word));
}

/** The number of arguments that a command accepts; `Infinity` if its last argument is repeatable. */
export function countArguments({ usage }: UaacCommand): number {
  if (usage === '') return 0;
  return usage.endsWith('...]') ? Infinity : usage.split(' ').length;
}
