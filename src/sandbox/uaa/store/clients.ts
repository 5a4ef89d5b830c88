import { randomBytes } from 'node:crypto';
import type { Storage } from '../../storage/storage.js';
import { secretMatches } from './secret-hash.js';
import type { JsonObject } from '../../body.js';

/** A UAA client: a program that can request tokens. */
export interface Client {
  readonly id: string;
  /** Hashes, the older one first; at most two. A client without one has an empty secret. */
  readonly secretHashes: readonly string[];
  readonly grants: readonly string[];
  readonly scopes: readonly string[];
  readonly authorities: readonly string[];
  readonly redirectUris: readonly string[];
  /** Scopes that need no consent of users; `true` means all. */
  readonly autoapprove: readonly string[];
  /** Lifetimes in seconds; absent: the server's defaults. */
  readonly accessSeconds?: number | undefined;
  readonly refreshSeconds?: number | undefined;
  readonly requiredUserGroups: readonly string[];
  /** Every other member, known to the server or not; its `token_salt` is part of `rev_sig`. */
  readonly information: JsonObject;
  readonly home: ClientHome;
  /** How it can authenticate without a secret. */
  readonly trust?: ClientTrust | undefined;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** Public keys of a client, and issuers of tokens for it. */
export interface ClientTrust {
  readonly uri?: string | undefined;
  readonly keys?: readonly JsonObject[] | undefined;
  readonly federations?: readonly string[] | undefined;
}

/** How the home page shows a client, and the user who created it. */
export interface ClientHome {
  /** Id of the user who created it; absent if a client did. */
  readonly createdBy?: string | undefined;
  readonly isShown: boolean;
  readonly launchUrl?: string | undefined;
  /** Image in base64; absent until it is first set. */
  readonly icon?: string | undefined;
}

/** The clients of a UAA. */
export type ClientStore = ReturnType<typeof createClientStore>;

export function createClientStore(storage: Storage) {
  const clients = storage.collection<Client>({
    name: 'clients',
    key: ({ id }) => id,
    requiredMembers: ['id', 'secretHashes', 'grants', 'information'],
  });
  return {
    ...clients,
    /** An empty secret matches only a client whose secret is empty. */
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
