import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../body.js';
import type { Storage } from '../../storage/storage.js';
import { secretMatches } from './secret-hash.js';

/** A program that can request tokens from the UAA. */
export interface Client {
  readonly id: string;
  /** At most two, older first. An empty list means that the secret is empty. */
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
  readonly updateSeconds?: number | undefined;
  readonly requiredUserGroups: readonly string[];
  /** All other fields, including unknown ones. `token_salt` is part of every token's `rev_sig`. */
  readonly information: JsonObject;
  /** Members of `/oauth/clients/ID/meta`. */
  readonly metadata: JsonObject;
  /** Id of the user who created the client; undefined if it was not created by a user. */
  readonly createdBy?: string | undefined;
  /** What the client can authenticate with instead of a secret. */
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

/** Creates the store for clients. */
export function createClientStore(storage: Storage) {
  const clients = storage.collection<Client>({
    name: 'clients',
    key: ({ id }) => id,
  });
  return {
    ...clients,
    /**
     * An empty secret is accepted only if the client's secret is empty.
     *
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

function hasSecret({ secretHashes }: Client, secret: string): boolean {
  if (secretHashes.length === 0) return secret === '';
  return secretHashes.some((hash) => secretMatches(secret, hash));
}
