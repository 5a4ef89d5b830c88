import { Option } from 'commander';
import type { OutputFormat } from '../../platform/terminal/terminal.js';

/** Creates the `--output` option. @param formats - the formats that the command supports. */
export function outputOption(...formats: readonly OutputFormat[]): Option {
  return new Option('-o, --output <format>', 'output format').choices(formats);
}
