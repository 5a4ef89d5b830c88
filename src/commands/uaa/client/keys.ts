import { Option } from 'commander';
import { readAssertionAudience } from '../../../api/uaa/client-secrets-and-keys.js';
import { type Client, type ClientAttributes, type Clients } from '../../../api/uaa/clients.js';
import type { Services } from '../../../app/services.js';
import { isTpksError, rewordError, TpksError } from '../../../base/errors.js';
import { quoteForShell } from '../../../base/shell-quote.js';
import { createKeyFile, type KeyType, type NewKeyFile } from '../../../domain/auth/client-key.js';
import { withFileNames } from '../../completers.js';

export interface NewKeyFlags {
  /** Path of the new key. */
  readonly generateKey?: string;
  readonly keyType?: KeyType;
}

export function newKeyOption(): Option {
  const help = 'write a new private key to this file, and register the public key';
  return withFileNames(new Option('--generate-key <file>', help));
}

export function keyTypeOption(): Option {
  const help = 'type of the new key: EC P-256, or RSA with 3072 bits (default: ec)';
  return new Option('--key-type <type>', help).choices(['ec', 'rsa']);
}

/** Generates a key and registers it. The file is deleted if that fails. */
export async function registerNewKey<T>(
  file: string,
  { keyType = 'ec' }: NewKeyFlags,
  register: (key: NewKeyFile) => Promise<T>,
): Promise<T> {
  if (file === '-') {
    throw new TpksError('usage', 'A new key is never printed', {
      hint: 'use --generate-key FILE',
    });
  }
  const key = createKeyFile(file, keyType);
  try {
    return await register(key);
  } catch (error) {
    key.remove();
    throw error;
  }
}

/**
 * Creates a client that can log in only with a new key.
 * @throws {TpksError} `failed` for a UAA before 76.23, before anything is created; the errors of `clients`.
 * @see docs/contributing/servers/ci.md#client-keys
 */
export async function addClientWithKey(
  { id, attributes, file }: { id: string; attributes: ClientAttributes; file: string },
  flags: NewKeyFlags,
  deps: Pick<Services, 'publicUaaRequest' | 'uaaContext' | 'terminal'> & { clients: Clients },
): Promise<Client> {
  const { clients, terminal } = deps;
  await deps.publicUaaRequest(readAssertionAudience, await deps.uaaContext());
  return registerNewKey(file, flags, async ({ keyId, jwks }) => {
    // The UAA requires a secret for most grants when a client is created, but not when it is changed. Until
    // then, the client has no scopes.
    await clients.add({ id, attributes: { ...withoutSecret, jwks } });
    const client = await completeClient(id, attributes, clients);
    terminal.note(`The key ${keyId} is in ${file}; get a token: ${formatTokenCommand(id, file)}`);
    return client;
  }).catch((error: unknown) => {
    if (!isTpksError(error) || error.kind !== 'usage' || file === '-') throw error;
    const nextHint =
      `if this command was interrupted before, test the key: ${formatTokenCommand(id, file)}\n` +
      'if it does not work, delete the client and the file, and run this command again';
    throw rewordError(error, { nextHint });
  });
}

const withoutSecret = {
  authorized_grant_types: ['authorization_code'],
  scope: ['uaa.none'],
  redirect_uri: ['http://localhost/unused'],
  allowpublic: true,
};

/** Sets the attributes of the new client, which never becomes public, or deletes it. */
async function completeClient(
  id: string,
  attributes: ClientAttributes,
  clients: Clients,
): Promise<Client> {
  try {
    return await clients.update(id, { ...attributes, allowpublic: false });
  } catch (error) {
    if (!isTpksError(error)) throw error;
    const wasDeleted = await clients.remove(id).then(
      () => true,
      () => false,
    );
    if (wasDeleted) throw error;
    const nextHint = `the client ${id} exists, but is incomplete; delete it: tpks uaa client delete ${quoteForShell(id)}`;
    throw rewordError(error, { nextHint });
  }
}

function formatTokenCommand(id: string, file: string): string {
  return `tpks uaa token client get ${quoteForShell(id)} --key-file ${quoteForShell(file)}`;
}
