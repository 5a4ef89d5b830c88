/** Compares by code units, so that the order does not depend on the locale. */
export function compareByText<T>(text: (item: T) => string): (one: T, other: T) => number {
  return (one, other) => {
    const a = text(one);
    const b = text(other);
    return a < b ? -1 : a > b ? 1 : 0;
  };
}
