/** The user that a request acts for. */
export interface Identity {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** The group whose members may perform all actions. */
export const mastersGroup = 'system:masters';

/** The group of all users with valid credentials. */
export const authenticatedGroup = 'system:authenticated';

/** The group of requests without credentials. */
export const unauthenticatedGroup = 'system:unauthenticated';

/** The identity of requests without credentials. */
export const anonymous: Identity = {
  username: 'system:anonymous',
  groups: [unauthenticatedGroup],
};

/** Returns the `extra` fields that identify the token. `kubectl auth whoami` shows them. */
export function describeToken(tokenId: unknown): Pick<Identity, 'extra'> {
  if (typeof tokenId !== 'string' || tokenId === '') return {};
  return { extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${tokenId}`] } };
}
