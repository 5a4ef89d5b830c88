import { Option } from 'commander';
import { decimalNumber, int32, wholeNumber } from '../numbers.js';

/** The limits as typed. `update-quota` keeps the others. */
export interface LimitFlags {
  readonly cpu?: number;
  /** In GB. */
  readonly memory?: number;
  readonly clusters?: number;
}

/** @see pks-api, section 9: the values that each limit accepts */
export function limitOptions(): readonly [Option, Option, Option] {
  return [
    new Option('--cpu <count>', 'CPUs of all clusters; 0 allows no clusters').argParser(
      wholeNumber({ from: 0, to: int32 }),
    ),
    new Option('--memory <GB>', 'memory of all clusters; 0 allows no clusters').argParser(
      decimalNumber({ from: 0, to: int32 }),
    ),
    new Option('--clusters <count>', 'number of clusters, at least 1').argParser(
      wholeNumber({ from: 1, to: int32 }),
    ),
  ];
}
