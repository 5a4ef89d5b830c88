/** Which CAs to trust, for every implementation of `Send`. */
export interface TrustDeps {
  /** PEM of the CA that is stored with the context. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
  /** Reads the system CA certificates (PEM). Called only when they are needed. */
  readonly systemRoots: () => readonly string[];
}

/**
 * Returns the CAs to trust, one list per stage. The first stage contains only the context's own CA,
 * because parsing the system's 150 CAs takes longer than a request.
 */
export function createTrustStages({
  caCert,
  skipTlsVerification,
  systemRoots,
}: TrustDeps): (() => string[])[] {
  if (skipTlsVerification) return [() => []];
  if (caCert === undefined) return [() => [...systemRoots()]];
  return [() => [caCert], () => [caCert, ...systemRoots()]];
}
