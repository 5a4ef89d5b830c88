/** Creates a value on the first call; later calls return the same value. */
export function once<T extends object>(create: () => T): () => T {
  let created: T | undefined;
  return () => (created ??= create());
}

/** Like `once`, with one value for each key. */
export function memoize<Input, T>(
  key: (input: Input) => string,
  create: (input: Input) => Promise<T>,
): (input: Input) => Promise<T> {
  const created = new Map<string, Promise<T>>();
  return (input) => {
    const found = created.get(key(input)) ?? create(input);
    created.set(key(input), found);
    return found;
  };
}

/** @returns a function that runs work of this process one at a time, in order. */
export function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}
