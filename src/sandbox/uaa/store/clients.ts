import { randomBytes } from 'node:crypto';
import type { Storage } from '../../storage/storage.js';
import { secretMatches } from './secret-hash.js';
import type { JsonObject } from '../../body.js';

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
  readonly refreshSeconds?: number | undefined;
  readonly requiredUserGroups: readonly string[];
  /** All other fields, including unknown ones. `token_salt` is part of every token's `rev_sig`. */
  readonly information: JsonObject;
  readonly home: ClientHome;
  /** What the client can authenticate with instead of a secret. */
  readonly trust?: ClientTrust | undefined;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** Public keys of a client, and trusted issuers of its tokens. */
export interface ClientTrust {
  /** URL of the keys. */
  readonly uri?: string | undefined;
  /** JSON Web Keys. */
  readonly keys?: readonly JsonObject[] | undefined;
  /** Subject and issuer of each trusted token, separated by a space. */
  readonly federations?: readonly string[] | undefined;
}

/** How a client appears on the UAA's home page, and who created it. */
export interface ClientHome {
  /** Id of the user who created the client. Undefined if another client created it. */
  readonly createdBy?: string | undefined;
  readonly isShown: boolean;
  readonly launchUrl?: string | undefined;
  /** Base64-encoded image. Undefined until it is first set. */
  readonly icon?: string | undefined;
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
