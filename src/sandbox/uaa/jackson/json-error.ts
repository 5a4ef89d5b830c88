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
  | 'databind.exc.InvalidDefinitionException';

/**
 * An error of the JSON parser. Each reader that passes it on adds its part of the path to the invalid
 * value.
 */
export class JsonError extends Error {
  private exception: JsonExceptionName;
  private location: Location | undefined;
  /** From the body to the invalid value, for example `a.b.Group["members"]`. */
  private readonly path: string[] = [];
  private readonly problem: string | null;

  /** @param problem - null if the real server's exception has no message. */
  constructor(exception: JsonExceptionName, problem: string | null, location?: Location) {
    super(problem ?? 'null');
    this.problem = problem;
    this.exception = exception;
    this.location = location;
  }

  /**
   * Adds the part before the current path. An error of the parser becomes an error of the mapping, at
   * the location of the last token.
   */
  addPath(part: string, lastToken: Location): void {
    if (this.exception.startsWith('core.')) {
      this.exception = 'databind.JsonMappingException';
      this.location = lastToken;
    }
    this.path.unshift(part);
  }

  /**
   * @returns the message that the real server puts into its response.
   * @see Spring `AbstractJackson2HttpMessageConverter` and Jackson 2.9 `JsonMappingException`
   */
  describe(): string {
    const position = this.location ? `\n at ${formatLocation(this.location)}` : '';
    const chain =
      this.path.length === 0 ? '' : ` (through reference chain: ${this.path.join('->')})`;
    return (
      `JSON parse error: ${this.message}; nested exception is com.fasterxml.jackson.` +
      `${this.exception}: ${this.problem ?? 'N/A'}${position}${chain}`
    );
  }
}

/** @returns the location as in messages of Jackson. */
export function formatLocation({ line, column }: Location): string {
  return `[Source: (PushbackInputStream); line: ${String(line)}, column: ${String(column)}]`;
}
