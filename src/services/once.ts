/** Creates a value at the first call, for all calls. */
export function once<T>(create: () => Promise<T>): () => Promise<T> {
  let created: Promise<T> | undefined;
  return () => (created ??= create());
}

/** The same with one value per key. */
export function memoised<Input, T>(
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

/** Runs work of this process one after the other. */
export function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}
