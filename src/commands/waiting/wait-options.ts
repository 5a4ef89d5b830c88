import { Option } from 'commander';
import { parseDuration } from '../numbers.js';

export interface WaitFlags {
  readonly wait?: boolean;
  /** Seconds. */
  readonly waitTimeout?: number;
}

/** Options of every command that starts a long operation. */
export function waitOptions(): Option[] {
  return [
    new Option('--wait', 'wait until the operation has finished; exit 1 if it fails'),
    waitTimeoutOption().implies({ wait: true }),
  ];
}

export function waitTimeoutOption(): Option {
  return new Option(
    '--wait-timeout <duration>',
    'stop waiting after this time, e.g. 45m; exit 5, and the operation continues',
  ).argParser(parseDuration);
}
