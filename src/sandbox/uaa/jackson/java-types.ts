import { JsonError, type Location } from './json-error.js';
import { createJsonParser, type JsonParser, type Token } from './json-tokens.js';

/**
 * Reads a Java value, which starts at the parser's current token, and leaves the parser on the last
 * token of the value.
 *
 * @throws JsonError if the JSON value cannot be converted.
 */
export type JavaType<Value> = (parser: JsonParser) => Value;

/**
 * Parses the JSON text of a request.
 *
 * @throws JsonError
 */
export function parseJava<Value>(type: JavaType<Value>, text: string): Value {
  return type(createJsonParser(text));
}

export const javaString: JavaType<string | null> = (parser) => {
  const token = parser.current();
  if (isStart(token)) throw mismatchError('java.lang.String', token);
  return token.type === 'VALUE_NULL' ? null : token.text;
};

/** The type `int`. Null and an empty string are 0. */
export const javaInt: JavaType<number> = (parser) => {
  const token = parser.current();
  const { type, text, location } = token;
  if (type === 'VALUE_NULL') return 0;
  if (type === 'VALUE_STRING') {
    const digits = text.trim();
    if (digits === '' || digits === 'null') return 0;
    const value = /^[+-]?\d+$/.test(digits) ? Number(digits) : Number.NaN;
    if (isInt(value)) return value;
    const problem = Number.isNaN(value)
      ? 'not a valid Integer value'
      : `Overflow: numeric value (${digits}) out of range of Integer (-2147483648 - 2147483647)`;
    throw invalidFormatError('int', `String ${JSON.stringify(text)}`, problem, location);
  }
  if (type !== 'VALUE_NUMBER_INT' && type !== 'VALUE_NUMBER_FLOAT') {
    throw mismatchError('int', token);
  }
  const value = Math.trunc(Number(text));
  if (isInt(value)) return value;
  throw new JsonError(
    'databind.JsonMappingException',
    `Numeric value (${text}) out of range of int`,
    location,
  );
};

function isInt(value: number): boolean {
  return value >= -(2 ** 31) && value < 2 ** 31;
}

/** The type `Date`, as UAA's own deserializer reads it. Errors have no location. */
export const javaDate: JavaType<string | null> = (parser) => {
  const { type, text } = parser.current();
  if (type === 'VALUE_NULL') return null;
  if (/^\d+-\d+-\d+T\d+:\d+:\d+\.\d+Z/.test(text)) return text;
  throw new JsonError('databind.JsonMappingException', `Could not parse date:${text}`);
};

/** An enumeration. A number is the index of a name. */
export function javaEnum<const Name extends string>(
  className: string,
  names: readonly Name[],
): JavaType<Name | null> {
  return (parser) => {
    const token = parser.current();
    const { type, text, location } = token;
    if (type === 'VALUE_NULL') return null;
    if (type === 'VALUE_STRING') {
      const found = names.find((name) => name === text.trim());
      if (found !== undefined) return found;
      const known = `value not one of declared Enum instance names: [${names.join(', ')}]`;
      throw invalidFormatError(className, `String ${JSON.stringify(text)}`, known, location);
    }
    if (type !== 'VALUE_NUMBER_INT') throw mismatchError(className, token);
    const found = names[Number(text)];
    if (found !== undefined) return found;
    const problem = `index value outside legal index range [0..${String(names.length - 1)}]`;
    throw invalidFormatError(className, `number ${text}`, problem, location);
  };
}

/** An abstract type, which Jackson cannot instantiate. Only null is valid. */
export function javaAbstract(className: string): JavaType<null> {
  return (parser) => {
    const { type, location } = parser.current();
    if (type === 'VALUE_NULL') return null;
    throw new JsonError(
      'databind.exc.InvalidDefinitionException',
      `Cannot construct instance of \`${className}\` (no Creators, like default construct, exist): ` +
        'abstract types either need to be mapped to concrete types, have custom deserializer, or ' +
        'contain additional type information',
      location,
    );
  };
}

/** An array. @param className - class of the items. */
export function javaArray<Item>(
  className: string,
  item: JavaType<Item>,
): JavaType<readonly Item[] | null> {
  return (parser) => {
    const token = parser.current();
    if (token.type === 'VALUE_NULL') return null;
    if (token.type !== 'START_ARRAY') throw mismatchError(`${className}[]`, token);
    const items: Item[] = [];
    // Unlike in a list, an error between two items has the path of the next item.
    const readItem = () =>
      withPath(parser, `java.lang.Object[][${String(items.length)}]`, () =>
        parser.next().type === 'END_ARRAY' ? undefined : { value: item(parser) },
      );
    for (let next = readItem(); next; next = readItem()) items.push(next.value);
    return items;
  };
}

/** A `String[]`. */
export const javaStringArray = javaArray('java.lang.String', javaString);

/** A `List`. */
export function javaList<Item>(item: JavaType<Item>): JavaType<readonly Item[] | null> {
  const className = 'java.util.ArrayList';
  return (parser) => {
    const token = parser.current();
    if (token.type === 'VALUE_NULL') return null;
    if (token.type === 'VALUE_STRING' && token.text === '') throw noCreatorError(className, token);
    if (token.type !== 'START_ARRAY') throw mismatchError(className, token);
    const items: Item[] = [];
    while (parser.next().type !== 'END_ARRAY') {
      items.push(withPath(parser, `${className}[${String(items.length)}]`, item));
    }
    return items;
  };
}

type Fields = Readonly<Record<string, JavaType<unknown>>>;
type BeanValue<Types extends Fields> = {
  readonly [Name in keyof Types]?: ReturnType<Types[Name]>;
};

/**
 * An object with fields. Missing fields are undefined, unknown fields are ignored, and names are
 * case-sensitive.
 *
 * @param fromString - creates the object from a string, if the Java class supports this.
 */
export function javaBean<const Types extends Fields>(
  className: string,
  fields: Types,
  fromString?: (text: string) => BeanValue<Types>,
): JavaType<BeanValue<Types> | null> {
  return (parser) => {
    const token = parser.current();
    if (token.type === 'VALUE_NULL') return null;
    if (token.type === 'VALUE_STRING' && fromString) return fromString(token.text);
    if (token.type === 'START_ARRAY') throw mismatchError(className, token);
    if (token.type !== 'START_OBJECT') throw noCreatorError(className, token);
    const values: Record<string, unknown> = {};
    while (parser.next().type !== 'END_OBJECT') {
      const name = parser.current().text;
      parser.next();
      const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (type) values[name] = withPath(parser, `${className}["${name}"]`, type);
      else parser.skipChildren();
    }
    return values as BeanValue<Types>;
  };
}

/**
 * The type of a field whose setter validates the value.
 *
 * @param findProblem - returns the message of the setter's exception: null for an exception without
 *   a message, and undefined for a valid value.
 */
export function checkedType<Value>(
  type: JavaType<Value>,
  findProblem: (value: Value) => string | null | undefined,
): JavaType<Value> {
  return (parser) => {
    const value = type(parser);
    const problem = findProblem(value);
    if (problem === undefined) return value;
    throw new JsonError('databind.JsonMappingException', problem, parser.current().location);
  };
}

function withPath<Value>(parser: JsonParser, part: string, type: JavaType<Value>): Value {
  try {
    return type(parser);
  } catch (error) {
    if (error instanceof JsonError) error.addPath(part, parser.location());
    throw error;
  }
}

function isStart({ type }: Token): boolean {
  return type === 'START_OBJECT' || type === 'START_ARRAY';
}

/** Creates the error for a string or number that a type cannot represent. */
export function invalidFormatError(
  className: string,
  value: string,
  problem: string,
  location: Location,
): JsonError {
  return new JsonError(
    'databind.exc.InvalidFormatException',
    `Cannot deserialize value of type \`${className}\` from ${value}: ${problem}`,
    location,
  );
}

/** Creates the error for a JSON value of the wrong type. */
export function mismatchError(className: string, { type, location }: Token): JsonError {
  return new JsonError(
    'databind.exc.MismatchedInputException',
    `Cannot deserialize instance of \`${className}\` out of ${type} token`,
    location,
  );
}

/** Creates the error for a string, number or boolean instead of an object. */
function noCreatorError(className: string, { type, text, location }: Token): JsonError {
  const [argument, value] =
    type === 'VALUE_STRING'
      ? ['String', `String value ('${text}')`]
      : type === 'VALUE_NUMBER_INT'
        ? ['int/Int', `Number value (${text})`]
        : type === 'VALUE_NUMBER_FLOAT'
          ? ['double/Double', `Number value (${text})`]
          : ['boolean/Boolean', `boolean value (${text})`];
  return new JsonError(
    'databind.exc.MismatchedInputException',
    `Cannot construct instance of \`${className}\` (although at least one Creator exists): ` +
      `no ${argument}-argument constructor/factory method to deserialize from ${value}`,
    location,
  );
}
