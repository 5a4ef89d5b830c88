import { JsonError } from './json-error.js';
import type { JavaType } from './java-types.js';

/** An array of objects. @param className - class of the items. */
export function javaArray<Item>(
  className: string,
  item: JavaType<Item>,
): JavaType<readonly Item[] | null> {
  return (parser) => {
    const { type, location } = parser.current();
    if (type === 'VALUE_NULL') return null;
    if (type !== 'START_ARRAY') {
      throw new JsonError(
        'databind.exc.MismatchedInputException',
        `Cannot deserialize instance of \`${className}[]\` out of ${type} token`,
        location,
      );
    }
    const items: Item[] = [];
    try {
      while (parser.next().type !== 'END_ARRAY') items.push(item(parser));
    } catch (error) {
      if (error instanceof JsonError) {
        error.addPath(`java.lang.Object[][${String(items.length)}]`, parser.location());
      }
      throw error;
    }
    return items;
  };
}
