import { mismatchError, readItems, type JavaType } from './java-types.js';

/** An array of objects. @param className - class of the items. */
export function javaArray<Item>(
  className: string,
  item: JavaType<Item>,
): JavaType<readonly Item[] | null> {
  return (parser) => {
    const token = parser.current();
    if (token.type === 'VALUE_NULL') return null;
    if (token.type !== 'START_ARRAY') throw mismatchError(`${className}[]`, token);
    return readItems(parser, item, 'java.lang.Object[]');
  };
}
