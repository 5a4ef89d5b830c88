/** A position in a JSON text. Columns are in bytes; both start at 1. */
export interface Location {
  readonly line: number;
  readonly column: number;
}

/** The exceptions of Jackson whose names are in the messages of the real server. */
export type JsonExceptionName =
  | 'core.JsonParseException'
  | 'core.io.JsonEOFException'
  | 'databind.JsonMappingException'
  | 'databind.exc.MismatchedInputException'
  | 'databind.exc.InvalidFormatException'
  | 'databind.exc.InvalidDefinitionException'
  | 'databind.exc.UnrecognizedPropertyException';

/**
 * An error of the JSON parser. Each reader that passes it on adds its part of the path to the invalid
 * value.
 */
export class JsonError extends Error {
  readonly exception: JsonExceptionName;
  readonly location: Location | undefined;
  /** From the body to the invalid value, for example `a.b.Group["members"]`. */
  private readonly path: string[] = [];
  private readonly problem: string | null;

  private readonly suffix: string;

  /**
   * @param problem - null if the real server's exception has no message.
   * @param suffix - the part of the message that only the exception itself has.
   */
  constructor(
    exception: JsonExceptionName,
    problem: string | null,
    location?: Location,
    suffix = '',
  ) {
    super(problem ?? 'null');
    this.problem = problem;
    this.exception = exception;
    this.location = location;
    this.suffix = suffix;
  }

  addPath(part: string): void {
    this.path.unshift(part);
  }

  /**
   * @returns the message that the real server puts into its response.
   * @see Spring `AbstractJackson2HttpMessageConverter` and Jackson 2.9 `JsonMappingException`
   */
  describe(): string {
    const position = this.location ? `\n at ${formatLocation(this.location)}` : '';
    const chain =
      this.path.length === 0 || this.exception.startsWith('core.')
        ? ''
        : ` (through reference chain: ${this.path.join('->')})`;
    return (
      `JSON parse error: ${this.message}; nested exception is com.fasterxml.jackson.` +
      `${this.exception}: ${this.problem ?? 'N/A'}${this.suffix}${position}${chain}`
    );
  }
}

/** @returns the location as in messages of Jackson. */
export function formatLocation({ line, column }: Location): string {
  return `[Source: (PushbackInputStream); line: ${String(line)}, column: ${String(column)}]`;
}
