import { invalidFormatError, mismatchError, type JavaType } from './java-types.js';

/** The type `Boolean`. An empty string is null. */
export const javaBoolean: JavaType<boolean | null> = booleanType('java.lang.Boolean', null);

/** The type `boolean`. Null and an empty string are false. */
export const javaPrimitiveBoolean: JavaType<boolean> = booleanType('boolean', false);

function booleanType<Missing>(className: string, missing: Missing): JavaType<boolean | Missing> {
  return (parser) => {
    const token = parser.current();
    const { type } = token;
    if (type === 'VALUE_NULL') return missing;
    if (type === 'VALUE_TRUE' || type === 'VALUE_FALSE') return type === 'VALUE_TRUE';
    if (type === 'VALUE_NUMBER_INT') return token.text !== '0';
    if (type !== 'VALUE_STRING') throw mismatchError(className, token);
    const text = token.text.trim();
    if (text === '' || text === 'null') return missing;
    if (text === 'true' || text === 'True') return true;
    if (text === 'false' || text === 'False') return false;
    const problem = 'only "true" or "false" recognized';
    const value = `String ${JSON.stringify(token.text)}`;
    throw invalidFormatError(className, value, problem, token.location);
  };
}
