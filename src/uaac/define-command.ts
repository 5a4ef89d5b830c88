import { findOption, type UaacOption } from './options.js';
import type { UaacRun } from './uaac-run.js';

/**
 * Runs a command and prints its result.
 * @throws {UaacError} with the text that `uaac` prints; `TpksError` for other failures.
 */
export type UaacAction = (run: UaacRun) => Promise<void>;

export interface UaacCommand {
  readonly words: readonly string[];
  /** The arguments as help shows them, e.g. `[name] [users...]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: readonly UaacOption[];
  readonly load: () => Promise<UaacAction>;
}

export interface UaacTopic {
  readonly title: string;
  /** Other names of the topic, in lower case. */
  readonly synonyms: readonly string[];
  readonly commands: readonly UaacCommand[];
}

/**
 * Defines a command.
 * @param template - its words and arguments, e.g. `user get [name]`.
 * @param optionNames - separated by spaces.
 */
export function defineCommand(
  template: string,
  summary: string,
  optionNames: string,
  load: UaacCommand['load'],
): UaacCommand {
  const [words = '', usage = ''] = template.split(/ (?=\[)(.*)/s);
  return {
    words: words.split(' '),
    usage,
    summary,
    options: optionNames === '' ? [] : optionNames.split(' ').map(findOption),
    load,
  };
}
