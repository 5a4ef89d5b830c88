import { Option } from 'commander';
import type { GlobalOptions } from '../app/runtime.js';
import type { OutputFormat } from '../platform/terminal/terminal.js';
import { parseSeconds } from './option-values.js';

/** Options that are accepted anywhere on the command line. */
export function globalOptions(): Option[] {
  return [
    new Option('--context <name>', 'use this context for this command [TPKS_CONTEXT]'),
    new Option('--json', 'print the output as JSON (short for -o json)'),
    new Option(
      '--non-interactive',
      'never prompt: skip confirmations, and exit with 2 if input is missing',
    ),
    new Option('--no-input', 'same as --non-interactive').hideHelp(),
    yesOption(),
    new Option('--no-color', 'do not use colors [NO_COLOR]'),
    new Option(
      '--timeout <seconds>',
      'time limit for each request (default: 300 for the API, 60 for the UAA)',
    ).argParser(parseSeconds),
    new Option('--trace', 'print each request on stderr, without secrets [TPKS_TRACE]'),
  ];
}

/** Skips confirmation prompts. It does not supply missing input, trust a certificate or choose a store. */
export function yesOption(): Option {
  return new Option('-y, --yes', 'do not ask for confirmation');
}

/** Converts parsed options, in the form of Commander's `opts()`, to the options that services use. */
export function toGlobalOptions(opts: Readonly<Record<string, unknown>>): GlobalOptions {
  const { context, timeout } = opts;
  const output = outputForms.find((form) => form === opts['output']);
  return {
    context: typeof context === 'string' ? context : undefined,
    json: opts['json'] === true || output === 'json',
    output,
    interactive: opts['nonInteractive'] !== true && opts['input'] !== false,
    yes: opts['yes'] === true,
    color: opts['color'] !== false,
    timeoutSeconds: typeof timeout === 'number' ? timeout : undefined,
    zone: toZone(opts),
    trace: [opts['trace'], opts['debug']].includes(true),
  };
}

/** The values of `--output`. A command can accept fewer. */
export const outputForms: readonly OutputFormat[] = [
  'table',
  'wide',
  'json',
  'yaml',
  'csv',
  'name',
];

function toZone({ zone, zoneId }: Readonly<Record<string, unknown>>): GlobalOptions['zone'] {
  if (typeof zoneId === 'string') return { id: zoneId };
  return typeof zone === 'string' ? { subdomain: zone } : undefined;
}
