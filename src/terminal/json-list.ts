import { toJson } from './sanitize.js';

/**
 * A JSON array piece by piece, each as soon as its item is there: the same text that `toJson` gives
 * for the whole array, without the array in memory. Nothing comes before the first item has, so
 * that a list which fails at once leaves no half an answer behind.
 *
 * @param indent - blanks per level.
 */
export async function* jsonList(
  items: AsyncIterable<unknown> | Iterable<unknown>,
  indent: number,
): AsyncGenerator<string> {
  const margin = ' '.repeat(indent);
  let before = '[';
  for await (const item of items) {
    yield `${before}\n${margin}${toJson(item, indent).replaceAll('\n', `\n${margin}`)}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}
