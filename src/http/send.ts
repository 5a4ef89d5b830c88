/** A request as a plain value; the fetch classes cost more than a bare start of Node. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute URL; never carries a secret. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Bounds the whole exchange; default is the `--timeout` in force. */
  readonly timeoutSeconds?: number;
}

/** An answer; its body is read once, as text, as JSON or as a stream. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated ones joined by a comma and a blank. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The whole body as UTF-8.
   * @throws {TpksError} `unavailable` past 16 MiB, or when the body breaks off or takes too long.
   */
  readonly text: () => Promise<string>;
  /**
   * The body as it arrives, without a limit on its size.
   * @throws {TpksError} `unavailable` when the body breaks off, or arrives so slowly that less than
   *   16 KiB come in the time allowed for a request. The time that the reader takes does not count.
   */
  readonly stream: () => AsyncIterable<Uint8Array>;
}

/**
 * The one door to the network. Layers wrap it: trace, bearer token, status errors.
 * @throws {TpksError} `unavailable` or `untrusted`; an answer of any status is not an error here.
 */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;
