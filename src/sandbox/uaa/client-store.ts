import { randomBytes } from 'node:crypto';
import { hashSecret, secretMatches } from './password-hash.js';

/** A UAA client: a program that may ask for tokens. */
export interface Client {
  readonly id: string;
  /** Hashes, the older one first; at most two. */
  readonly secretHashes: readonly string[];
  readonly grants: readonly string[];
  readonly scopes: readonly string[];
  readonly authorities: readonly string[];
  /** Lifetimes in seconds; absent: the server's own. */
  readonly accessSeconds?: number;
  readonly refreshSeconds?: number;
  /** Part of every token's `rev_sig`: a new salt ends the client's tokens. */
  readonly tokenSalt: string;
}

export interface ClientStore {
  readonly get: (id: string) => Client | undefined;
  readonly save: (client: Client) => void;
  /** An empty secret fits a client whose secret is empty, and nothing else does. */
  readonly authenticate: (id: string, secret: string) => Client | undefined;
  /** Ends every token of the client, JWTs included. */
  readonly changeSalt: (id: string) => void;
}

export function createClientStore(): ClientStore {
  const clients = new Map<string, Client>();
  return {
    get: (id) => clients.get(id),
    save: (client) => void clients.set(client.id, client),
    authenticate(id, secret) {
      const client = clients.get(id);
      const fits = client?.secretHashes.some((hash) => secretMatches(secret, hash));
      return fits ? client : undefined;
    },
    changeSalt(id) {
      const client = clients.get(id);
      if (client) clients.set(id, { ...client, tokenSalt: newTokenSalt() });
    },
  };
}

/** A client as it is registered, before hashes and salt. */
export interface ClientInput extends Omit<Client, 'secretHashes' | 'tokenSalt'> {
  readonly secret: string;
}

export function newClient({ secret, ...input }: ClientInput): Client {
  return { ...input, secretHashes: [hashSecret(secret)], tokenSalt: newTokenSalt() };
}

function newTokenSalt(): string {
  return randomBytes(6).toString('hex');
}
