/** Creates a value on the first call; later calls return the same value. */
export function once<T extends object>(create: () => T): () => T {
  let created: T | undefined;
  return () => (created ??= create());
}

/** Like `once`, with one value for each key. */
export function memoize<Input, T>(
  key: (input: Input) => string,
  create: (input: Input) => T,
): (input: Input) => T {
  const created = new Map<string, T>();
  return (input) => {
    const found = created.get(key(input)) ?? create(input);
    created.set(key(input), found);
    return found;
  };
}

/** A group of services whose file is loaded on first use, so each function returns a promise. */
export type Loaded<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer Input) => infer Result
    ? (...args: Input) => Promise<Awaited<Result>>
    : never;
};
