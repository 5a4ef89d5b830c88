import { Option } from 'commander';
import type { OutputForm } from '../../terminal/terminal.js';

/** The option that chooses how a result is printed. */
export function outputOption(...forms: readonly OutputForm[]): Option {
  return new Option('-o, --output <form>', 'how to print the result').choices(forms);
}
