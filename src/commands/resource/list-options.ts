import { Option, type Command } from 'commander';
import { asCollector, withCompleter } from '../completer.js';
import { parseNonEmptyList } from '../word-list.js';
import { columnKeys } from './list-keys.js';
import type { List } from './list-spec.js';
import { outputOption } from './output-option.js';
import { collectFilter } from './row-selection.js';

/** Adds the options of every list: `--output` and `--columns`. */
export function addOutputOptions<Row>(command: Command, list: List<Row>): Command {
  const keys = columnKeys(list);
  return command
    .addOption(outputOption('table', 'wide', 'json', 'yaml', 'name'))
    .addOption(
      withCompleter(
        new Option('--columns <list>', 'columns to show, in this order').argParser(
          parseNonEmptyList,
        ),
        (typed) => Promise.resolve(completeList(typed, keys)),
      ),
    )
    .addHelpText('after', `\n${command.createHelp().boxWrap(`Columns: ${keys.join(', ')}`, 80)}`);
}

/**
 * Adds the options of every list, and `--sort-by` and `--filter` for lists that the server can
 * neither sort nor filter.
 */
export function addListOptions<Row>(command: Command, list: List<Row>): Command {
  const keys = columnKeys(list);
  return addOutputOptions(command, list)
    .addOption(
      withCompleter(new Option('--sort-by <key>', 'sort by a column or a JSON field'), () =>
        Promise.resolve(keys),
      ),
    )
    .addOption(
      withCompleter(
        new Option('--filter <key=value>', 'show only matching rows; repeatable').argParser(
          asCollector(collectFilter),
        ),
        () => Promise.resolve(keys.map((key) => `${key}=`)),
      ),
    );
}

/** Completes a comma-separated list: `name,` to `name,id` and `name,status`. */
function completeList(typed: string, keys: readonly string[]): readonly string[] {
  const prefix = typed.slice(0, typed.lastIndexOf(',') + 1);
  const used = prefix.split(',');
  return keys.filter((key) => !used.includes(key)).map((key) => `${prefix}${key}`);
}
