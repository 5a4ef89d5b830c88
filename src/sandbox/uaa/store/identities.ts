import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { JsonObject } from '../../json.js';
import type { Storage } from '../../storage.js';

/** A user of the UAA's own store or of another identity provider. Times are in epoch milliseconds. */
export interface User {
  readonly id: string;
  readonly externalId?: string | undefined;
  readonly userName: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly email: string;
  readonly phoneNumber?: string | undefined;
  /** If the origin is not `uaa`, the hash of an empty password, which cannot be used to log in. */
  readonly passwordHash: string;
  readonly passwordChangeRequired: boolean;
  readonly passwordModifiedAt: number;
  /**
   * Groups of the user at an identity provider. Unlike the groups of the UAA, they are not
   * scopes. In the real UAA, only users of LDAP, SAML and OIDC providers have them.
   */
  readonly externalGroups?: readonly string[] | undefined;
  readonly active: boolean;
  readonly verified: boolean;
  /** Key of the identity provider; `uaa` is the internal store. */
  readonly origin: string;
  /** Part of every token's `rev_sig`, so a new salt invalidates the user's tokens. */
  readonly salt?: string | undefined;
  readonly version: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly lastLogonAt?: number | undefined;
  readonly previousLogonAt?: number | undefined;
}

export function createUserStore(storage: Storage) {
  const users = storage.collection<User>({ name: 'users', key: ({ id }) => id });
  const createNameKey = (userName: string, origin: string) =>
    JSON.stringify([userName.toLowerCase(), origin]);
  const findAllByName = users.getIndex('name and origin', (user) =>
    createNameKey(user.userName, user.origin),
  );
  return {
    ...users,
    /** Names are case-insensitive. */
    findByName: (userName: string, origin: string) =>
      findAllByName(createNameKey(userName, origin))[0],
    /** Invalidates all tokens of the user, including JWTs. */
    changeSalt(id: string): void {
      const user = users.get(id);
      if (!user) return;
      const salt = randomBytes(6).toString('hex');
      users.put({ ...user, salt, version: user.version + 1 });
    },
  };
}

/** A program that can request tokens from the UAA. */
export interface Client {
  readonly id: string;
  /** At most two, the older one first. An empty list means that the secret is empty. */
  readonly secretHashes: readonly string[];
  readonly grants: readonly string[];
  readonly scopes: readonly string[];
  readonly authorities: readonly string[];
  readonly redirectUris: readonly string[];
  /** Scopes that do not require the user's consent; `true` means all. */
  readonly autoapprove: readonly string[];
  /** Lifetime of access tokens. If undefined, the server's default applies. */
  readonly accessSeconds?: number | undefined;
  /** Lifetime of refresh tokens. If undefined, the server's default applies. */
  readonly refreshSeconds?: number | undefined;
  readonly requiredUserGroups: readonly string[];
  /** All other fields, including unknown ones. `token_salt` is part of every token's `rev_sig`. */
  readonly information: JsonObject;
  /** Members of `/oauth/clients/ID/meta`. */
  readonly metadata: JsonObject;
  /** ID of the user who created the client; undefined if it was not created by a user. */
  readonly createdBy?: string | undefined;
  /** Keys for authentication without a secret. */
  readonly trust?: ClientTrust | undefined;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** Public keys of a client: either a URL, or JSON Web Keys. */
export interface ClientTrust {
  readonly uri?: string | undefined;
  readonly keys?: readonly JsonObject[] | undefined;
}

export type ClientStore = ReturnType<typeof createClientStore>;

export function createClientStore(storage: Storage) {
  const clients = storage.collection<Client>({ name: 'clients', key: ({ id }) => id });
  return {
    ...clients,
    /**
     * An empty secret is accepted only if the client's secret is empty.
     * @returns undefined if the client is unknown or the secret is wrong.
     */
    authenticate(id: string, secret: string): Client | undefined {
      const client = clients.get(id);
      return client && hasSecret(client, secret) ? client : undefined;
    },
    /** Invalidates all tokens of the client, including JWTs. */
    changeSalt(id: string): void {
      const client = clients.get(id);
      if (!client) return;
      const information = { ...client.information, token_salt: randomBytes(6).toString('hex') };
      clients.put({ ...client, information });
    },
  };
}

/** Whether a client accepts users of an identity provider. By default, it accepts all users. */
export function acceptsProvider({ information }: Client, origin: string): boolean {
  const allowed = information['allowedproviders'];
  return !Array.isArray(allowed) || allowed.includes(origin);
}

function hasSecret({ secretHashes }: Client, secret: string): boolean {
  if (secretHashes.length === 0) return secret === '';
  return secretHashes.some((hash) => matchesSecret(secret, hash));
}

/**
 * Hashes a password or a client secret with a random salt. Therefore, existing tokens become invalid
 * even if the same secret is set again.
 *
 * A single round of SHA-256 is enough because the sandbox contains only test passwords and must be
 * fast.
 */
export function hashSecret(secret: string): string {
  const salt = randomBytes(9).toString('base64url');
  return `${salt}.${hashWithSalt(salt, secret).toString('base64url')}`;
}

export function matchesSecret(secret: string, hash: string): boolean {
  const [salt = '', expected = ''] = hash.split('.');
  return timingSafeEqual(hashWithSalt(salt, secret), Buffer.from(expected, 'base64url'));
}

function hashWithSalt(salt: string, secret: string): Buffer {
  return createHash('sha256').update(salt).update('\0').update(secret).digest();
}
