/** Builds a thing at the first call, for all calls. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** One thing a key. */
export function memoised<Input, T>(
  key: (input: Input) => string,
  make: (input: Input) => Promise<T>,
): (input: Input) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (input) => {
    const found = made.get(key(input)) ?? make(input);
    made.set(key(input), found);
    return found;
  };
}

/** Within one process, one after the other. */
export function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}
