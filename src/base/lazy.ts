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

export type Asynchronous<T> = {
  readonly [Name in keyof T]: (...input: never[]) => Promise<unknown>;
};

/**
 * Creates the object when one of its functions is first called. If that fails, every function fails.
 * @param translateError - translates the errors that its functions throw.
 */
export function lazy<T extends Asynchronous<T>>(
  create: () => Promise<T>,
  translateError: (error: unknown) => unknown = (error) => error,
): T {
  const created = once(create);
  const call = async (name: string | symbol, input: readonly unknown[]): Promise<unknown> => {
    const value = await created();
    const found: unknown = Reflect.get(value, name);
    if (typeof found !== 'function') throw new Error(`${String(name)} is not a function`);
    try {
      return await (Reflect.apply(found, value, input) as unknown);
    } catch (error) {
      throw translateError(error);
    }
  };
  return new Proxy({} as T, {
    get: (_target, name) =>
      // With a function named `then`, `await` would treat the object as a promise.
      name === 'then' ? undefined : (...input: readonly unknown[]) => call(name, input),
  });
}
