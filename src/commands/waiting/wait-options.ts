import { Option } from 'commander';
import { durationSeconds } from '../numbers.js';

export interface WaitFlags {
  readonly wait?: boolean;
  /** Seconds. */
  readonly waitTimeout?: number;
}

/** Options of every command that begins something that takes time. */
export function waitOptions(): Option[] {
  return [
    new Option('--wait', 'wait until it is over; exit 1 if it fails'),
    waitTimeoutOption().implies({ wait: true }),
  ];
}

export function waitTimeoutOption(): Option {
  return new Option(
    '--wait-timeout <span>',
    'wait no longer than that, e.g. 45m; exit 5, and it goes on',
  ).argParser(durationSeconds);
}
