/** SQL's LIKE: `%` and `_` in a filter's value stand for any text and any character. */
export function like(value: string): RegExp {
  const pattern = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's');
}
