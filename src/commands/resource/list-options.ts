import { Option, type Command } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import { wordList } from '../word-list.js';
import { collectFilter } from './list-choice.js';
import { columnKeys } from './list-keys.js';
import type { List } from './list.js';
import { outputOption } from './output-option.js';

/** The options of every list: `--output` and `--columns`. */
export function addFormOptions<Row>(command: Command, list: List<Row>): Command {
  const keys = columnKeys(list);
  return command
    .addOption(outputOption('table', 'wide', 'json', 'yaml', 'name'))
    .addOption(
      withCompleter(
        new Option('--columns <list>', 'show these columns, in this order').argParser(wordList),
        (typed) => Promise.resolve(continued(typed, keys)),
      ),
    )
    .addHelpText('after', `\n${command.createHelp().boxWrap(`Columns: ${keys.join(', ')}`, 80)}`);
}

/** The options of every list that the server neither filters nor sorts. */
export function addListOptions<Row>(command: Command, list: List<Row>): Command {
  const keys = columnKeys(list);
  return addFormOptions(command, list)
    .addOption(
      withCompleter(
        new Option('--sort-by <key>', 'sort by a column, or by a field of the JSON output'),
        () => Promise.resolve(keys),
      ),
    )
    .addOption(
      withCompleter(
        new Option('--filter <key=value>', 'show only rows with this value; repeatable').argParser(
          collectFilter,
        ),
        () => Promise.resolve(keys.map((key) => `${key}=`)),
      ),
    );
}

/** Continues a list that already has words in it: after `name,` come `name,id` and `name,status`. */
function continued(typed: string, words: readonly string[]): readonly string[] {
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  const given = before.split(',');
  return words.filter((word) => !given.includes(word)).map((word) => `${before}${word}`);
}
