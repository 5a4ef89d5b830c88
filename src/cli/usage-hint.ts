import type { Command } from 'commander';
import { errorCode, errorMessage, type TpksError } from '../base/errors.js';
import { findSubcommand, type Entry } from '../commands/contents.js';
import { didYouMean } from '../commands/did-you-mean.js';
import { usageError } from './report.js';

interface UsageContext {
  readonly program: Command;
  /** The commands at the root. */
  readonly contents: readonly Entry[];
  /** Full name of the command, used if commander failed before it reached the command. */
  readonly command: string;
}

/**
 * Converts commander's error about a command line to an error that suggests what the user meant: a
 * command with a similar name, or a command of `tpks uaa` that was typed without `uaa`.
 */
export async function explainUsage(
  error: unknown,
  { program, contents, command }: UsageContext,
): Promise<TpksError> {
  const selected = findSelected(program);
  const path = program.args.length === 0 ? command : selected.path.join(' ');
  const message = errorMessage(error);
  const uaaPath = await findUaaCommand(program.args, contents);
  // The path of the same words at the root is one word shorter.
  if (uaaPath.length > selected.path.length + 1) {
    const withoutSuggestion = message.replace(/\s*\(Did you mean [^)]*\)$/, '');
    return usageError(withoutSuggestion, path, [`did you mean ${uaaPath.join(' ')}?`]);
  }
  const suggestion = message.includes('Did you mean') ? '' : suggestCommand(error, selected.last);
  return usageError(`${message}${suggestion}`, path);
}

/** Finds the last command that commander selected, and the words that lead to it. */
function findSelected(program: Command): { readonly last: Command; readonly path: string[] } {
  let last = program;
  const path = [program.name()];
  for (;;) {
    const [word = ''] = last.args;
    const next = findSubcommand(last, word);
    if (next === undefined) return { last, path };
    last = next;
    path.push(next.name());
  }
}

/** Suggests a similar name for an unknown command; commander does not if `--help` follows it. */
function suggestCommand(error: unknown, group: Command): string {
  const [word] = group.args;
  if (errorCode(error) !== 'commander.unknownCommand' || word === undefined) return '';
  const names = group
    .createHelp()
    .visibleCommands(group)
    .map((command) => command.name());
  return didYouMean(word, names);
}

/** Finds the longest sequence of leading words that is a command of `tpks uaa`; only `tpks` if none is. */
async function findUaaCommand(
  words: readonly string[],
  contents: readonly Entry[],
): Promise<string[]> {
  const path = ['tpks'];
  let entries = contents;
  for (const word of ['uaa', ...words]) {
    const entry = entries.find(({ name, hidden }) => name === word && hidden !== true);
    if (entry === undefined) break;
    path.push(entry.name);
    const part = await entry.load();
    entries = 'contents' in part ? part.contents : [];
  }
  // The word `uaa` itself was not typed.
  return path.length > 2 ? path : [];
}
