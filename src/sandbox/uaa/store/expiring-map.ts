export interface ExpiringEntry<Value> {
  readonly value: Value;
  /** Time when the value was set, in epoch milliseconds. */
  readonly setAt: number;
}

/**
 * Creates a map whose values expire, so that memory usage does not grow over time.
 *
 * @param milliseconds - minimum time for which a value is stored.
 */
export function createExpiringMap<Value>(now: () => number, milliseconds: number) {
  // Oldest first, because setting a value again moves it to the end.
  const values = new Map<string, ExpiringEntry<Value>>();
  return {
    /** Also returns an expired value if `set` has not deleted it yet. */
    get: (key: string) => values.get(key),
    /** Adds or replaces a value, restarts its lifetime, and deletes expired values. */
    set(key: string, value: Value): void {
      for (const [oldKey, { setAt }] of values) {
        if (setAt + milliseconds > now()) break;
        values.delete(oldKey);
      }
      values.delete(key);
      values.set(key, { value, setAt: now() });
    },
    delete: (key: string) => void values.delete(key),
    /** Returns and deletes a value; undefined if it is missing or has expired. */
    take(key: string): Value | undefined {
      const entry = values.get(key);
      values.delete(key);
      return entry && entry.setAt + milliseconds > now() ? entry.value : undefined;
    },
    size: () => values.size,
  };
}
