import { toJson } from './sanitize.js';

/**
 * A JSON array piece by piece, each as soon as its item arrives: the same text that `toJson` returns
 * for the whole array, without the array in memory. Nothing is printed before the first item, so that
 * a list that fails at once leaves no partial output.
 *
 * @param indent - spaces per level.
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
