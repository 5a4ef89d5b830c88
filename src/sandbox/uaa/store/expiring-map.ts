/** A map whose values expire, so that memory does not grow over time. */
export interface ExpiringMap<Value> {
  /** @returns the value, even if it has expired: only `set` deletes expired values. */
  readonly get: (key: string) => Expiring<Value> | undefined;
  /** Adds or replaces a value and restarts its lifetime. */
  readonly set: (key: string, value: Value) => void;
  readonly delete: (key: string) => void;
  readonly size: () => number;
}

export interface Expiring<Value> {
  readonly value: Value;
  /** Epoch milliseconds. */
  readonly setAt: number;
}

/** @param milliseconds - how long each value is kept, at least. */
export function createExpiringMap<Value>(
  now: () => number,
  milliseconds: number,
): ExpiringMap<Value> {
  // Oldest first: a value that is set again moves to the end.
  const values = new Map<string, Expiring<Value>>();
  return {
    get: (key) => values.get(key),
    set(key, value) {
      for (const [old, { setAt }] of values) {
        if (setAt + milliseconds > now()) break;
        values.delete(old);
      }
      values.delete(key);
      values.set(key, { value, setAt: now() });
    },
    delete: (key) => void values.delete(key),
    size: () => values.size,
  };
}
