/** A request as a plain value: loading the fetch classes takes longer than starting Node. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute URL; never carries a secret. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Limit for the whole exchange; `--timeout` by default. */
  readonly timeoutSeconds?: number;
}

/** A response. Its body can be read once, as text or as a stream. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated ones are joined by a comma and a space. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The whole body as UTF-8.
   * @throws {TpksError} `unavailable` above 16 MiB, or if the body is incomplete or takes too long.
   */
  readonly text: () => Promise<string>;
  /**
   * The body as it arrives, without a limit on its size.
   * @throws {TpksError} `unavailable` if the body is incomplete, or if less than 16 KiB arrive within
   *   the timeout of the request. The time that the reader takes does not count.
   */
  readonly stream: () => AsyncIterable<Uint8Array>;
}

/**
 * Sends a request. Tracing, bearer tokens and status errors are wrappers around it.
 * @throws {TpksError} `unavailable` or `untrusted`; no status is an error here.
 */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** How a server is trusted. */
export interface Trust {
  /** PEM; trusted in addition to the system's CAs. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
  /** The command that trusts the CA in FILE, for the hint about an unknown CA. */
  readonly trustCommand?: string | undefined;
}
