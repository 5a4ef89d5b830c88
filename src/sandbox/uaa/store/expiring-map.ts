export interface ExpiringEntry<Value> {
  readonly value: Value;
  /** Epoch milliseconds. */
  readonly setAt: number;
}

/**
 * A map whose values expire, so that memory does not grow over time.
 *
 * @param milliseconds - how long each value is kept, at least.
 */
export function createExpiringMap<Value>(now: () => number, milliseconds: number) {
  // Oldest first: a value that is set again moves to the end.
  const values = new Map<string, ExpiringEntry<Value>>();
  return {
    /** @returns the value, even if it has expired: only `set` deletes expired values. */
    get: (key: string) => values.get(key),
    /** Adds or replaces a value and restarts its lifetime. */
    set(key: string, value: Value): void {
      for (const [oldKey, { setAt }] of values) {
        if (setAt + milliseconds > now()) break;
        values.delete(oldKey);
      }
      values.delete(key);
      values.set(key, { value, setAt: now() });
    },
    delete: (key: string) => void values.delete(key),
    size: () => values.size,
  };
}
