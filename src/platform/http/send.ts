/** A request as a plain object, because loading the fetch classes takes longer than starting Node. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute URL; never contains a secret. */
  readonly url: string;
  /** Header names are in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Time limit for the request and its response; the value of `--timeout` by default. */
  readonly timeoutSeconds?: number;
}

/** A response. Its body can be read once, as text or as a stream. */
export interface HttpResponse {
  readonly status: number;
  /** Header names are in lower case. The values of a repeated header are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The whole body as UTF-8, at most 16 MiB by default.
   * @throws {TpksError} `unavailable` if the body is too large, is incomplete or takes too long.
   */
  readonly text: (maximumBytes?: number) => Promise<string>;
  /**
   * The body as it arrives, without a limit on its size.
   * @throws {TpksError} `unavailable` if the body is incomplete, or if less than 16 KiB arrives within the
   *   timeout.
   */
  readonly stream: () => AsyncIterable<Uint8Array>;
}

/**
 * Sends a request. An HTTP error status is returned, not thrown.
 * @throws {TpksError} `unavailable` or `untrusted` if there is no response.
 */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** Which TLS certificates of a server are trusted. */
export interface Trust extends TrustHints {
  /** PEM of a CA that is trusted in addition to the system's CAs. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
}

/** Commands for hints about a certificate that is not trusted; each is absent if no command helps. */
export interface TrustHints {
  /** The command that makes tpks trust the CA in FILE, for the hint about an unknown CA. */
  readonly trustCommand?: string | undefined;
  /**
   * Formats the command that uses another host for the server at a URL, for the hint about a certificate for
   * other hosts. @returns `undefined` if no command changes the address of this server
   */
  readonly formatHostCommand?: ((url: string, host: string) => string | undefined) | undefined;
}
