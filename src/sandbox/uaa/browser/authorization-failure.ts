interface AuthorizationErrorDetails {
  /** Default: 400. */
  readonly status?: number;
  /** Whether the error is shown to the user instead of being sent to the client's redirect URI. */
  readonly isForUser?: boolean;
  /** Text for the error page, if it differs from the description. */
  readonly notice?: string;
}

/** An error that is sent to the client's redirect URI, or shown to the user. */
export class AuthorizationError extends Error {
  readonly error: string;
  readonly details: AuthorizationErrorDetails;

  constructor(error: string, description: string, details: AuthorizationErrorDetails = {}) {
    super(description);
    this.error = error;
    this.details = details;
  }
}

/** The client does not allow the user's identity provider. */
export class DisallowedProviderError extends Error {}
