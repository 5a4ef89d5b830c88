import { Option } from 'commander';
import { parseDuration } from '../numbers.js';

export interface WaitFlags {
  readonly wait?: boolean;
  /** Seconds. */
  readonly waitTimeout?: number;
}

/** Creates the options of commands that start a long operation. */
export function waitOptions(): Option[] {
  return [
    new Option('--wait', 'wait until the operation has finished; exit with 1 if it fails'),
    waitTimeoutOption().implies({ wait: true }),
  ];
}

/** Creates the option that limits the wait. */
export function waitTimeoutOption(): Option {
  return new Option(
    '--wait-timeout <duration>',
    'stop waiting after this time, e.g. 45m, and exit with 5',
  ).argParser(parseDuration);
}
