import { InvalidArgumentError, Option } from 'commander';

/** A limit as typed; on `update-quota` what is not typed stays as it is. */
export interface LimitFlags {
  readonly cpu?: number;
  /** In GB. */
  readonly memory?: number;
  readonly clusters?: number;
}

/** @see pks-api, section 9: what each limit may be */
export function limitOptions(): readonly [Option, Option, Option] {
  return [
    new Option('--cpu <count>', 'CPUs of all clusters together; 0 lets none be made').argParser(
      (text) => whole(text, 0),
    ),
    new Option('--memory <GB>', 'memory of all clusters together; 0 lets none be made').argParser(
      gigabytes,
    ),
    new Option('--clusters <count>', 'how many clusters; 1 or more').argParser((text) =>
      whole(text, 1),
    ),
  ];
}

/** Java's int, which the API keeps these in. */
const largest = 2 ** 31 - 1;

function whole(text: string, from: number): number {
  const count = Number(text);
  if (/^\d{1,10}$/.test(text) && count >= from && count <= largest) return count;
  throw new InvalidArgumentError(`give a whole number from ${String(from)} on`);
}

function gigabytes(text: string): number {
  const count = Number(text);
  if (/^\d{1,10}(?:\.\d{1,6})?$/.test(text) && count <= largest) return count;
  throw new InvalidArgumentError('give a number of gigabytes, as in --memory 16 or 0.5');
}
