/** A position in a JSON text. Columns are in bytes; both start at 1. */
export interface Location {
  readonly line: number;
  readonly column: number;
}

/** Jackson's exceptions that the real server names in its messages. */
export type JsonExceptionName =
  | 'core.JsonParseException'
  | 'core.io.JsonEOFException'
  | 'databind.JsonMappingException'
  | 'databind.exc.MismatchedInputException'
  | 'databind.exc.InvalidFormatException'
  | 'databind.exc.InvalidDefinitionException';

/**
 * An error of the JSON parser. The types of the enclosing values add the path to the invalid value
 * while the error passes through them.
 */
export class JsonError extends Error {
  private exception: JsonExceptionName;
  private location: Location | undefined;
  /** Path from the body to the invalid value, for example `a.b.Group["members"]`. */
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
   * Prepends a part to the path. As in Jackson, a syntax error becomes a mapping error at the location
   * of the last token.
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

/** Formats a location like Jackson. */
export function formatLocation({ line, column }: Location): string {
  return `[Source: (PushbackInputStream); line: ${String(line)}, column: ${String(column)}]`;
}
