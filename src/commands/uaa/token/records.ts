import { Argument, type Command, Option } from 'commander';
import {
  createTokenRecords,
  type TokenRecord,
  type TokenSelection,
} from '../../../api/uaa/token-records.js';
import { createUsers } from '../../../api/uaa/users.js';
import type { Services } from '../../../app/services.js';
import { TpksError } from '../../../base/errors.js';
import { getOwnValue } from '../../../base/json-value.js';
import type { Secret } from '../../../base/secret.js';
import { quoteForShell } from '../../../base/shell-quote.js';
import { readClaims, readUserId } from '../../../domain/auth/claims.js';
import type { Context } from '../../../domain/contexts/context.js';
import { withUaaNames } from '../../completers.js';
import type { Leaf } from '../../command-table.js';
import { runAndShowDryRun, type DryRunOption } from '../../dry-run.js';
import { formatMilliseconds, formatTime } from '../../format-time.js';
import { addListOptions } from '../../resource/list-command.js';
import { type List, type ListFlags, showList, validateColumns } from '../../resource/list.js';
import { withStdin } from '../../stdin-inputs.js';
import { addDeletionOptions, confirmDeletion, type DeletionDeps } from '../deletions.js';
import { noteLogout } from './delete.js';
import { readTokenArgument } from './get-token.js';

/** The owner of the tokens: a user, a client, or a user with a specific client. */
interface OwnerFlags {
  readonly user?: string;
  readonly origin?: string;
  readonly client?: string;
}

function addOwnerOptions(command: Command): Command {
  return command
    .addOption(withUaaNames(new Option('--user <name>', 'tokens of this user'), 'users'))
    .option('--origin <origin>', 'identity provider of the user, if the name is ambiguous')
    .addOption(
      withUaaNames(
        new Option(
          '--client <id>',
          'tokens of this UAA client; with --user, only tokens that the user obtained with it',
        ),
        'clients',
      ),
    );
}

/**
 * @returns `undefined` if the flags name neither a user nor a client.
 * @throws {TpksError} `notFound` for an unknown user; `usage` for `--origin` without `--user`.
 */
async function findOwner(
  { user, origin, client }: OwnerFlags,
  { uaaResource }: Pick<Services, 'uaaResource'>,
): Promise<TokenSelection | undefined> {
  if (user === undefined && origin !== undefined) {
    throw new TpksError('usage', '--origin requires --user', {
      hint: 'use --user NAME --origin ORIGIN',
    });
  }
  if (user === undefined && client === undefined) return undefined;
  const userId =
    user === undefined ? undefined : await uaaResource(createUsers).findId({ name: user, origin });
  return { userId, clientId: client };
}

type ListDeps = Pick<Services, 'terminal' | 'clock' | 'uaaContext' | 'session' | 'uaaResource'>;

export const list: Leaf = {
  description:
    'List the tokens that the UAA stores for a user or a client (default: the identity of the ' +
    'current context): opaque tokens and revocable JWTs. The id of an opaque token is the token ' +
    'itself, so the table shortens it; --json and -o name print it in full. Requires the scope ' +
    'tokens.list, and scim.read for --user.',
  examples: {
    'list the tokens that the UAA stores for cody': 'tpks uaa token list --user cody',
  },
  define(command, deps: ListDeps) {
    addListOptions(addOwnerOptions(command), tokenList).action((flags: OwnerFlags & ListFlags) =>
      listTokens(flags, deps),
    );
  },
};

export async function listTokens(flags: OwnerFlags & ListFlags, deps: ListDeps): Promise<void> {
  validateColumns(tokenList, flags);
  const { userId, clientId } = (await findOwner(flags, deps)) ?? (await findCurrentOwner(deps));
  const records = deps.uaaResource(createTokenRecords);
  // The UAA can list by user or by client, but not by both.
  const stored = await records.list(userId === undefined ? { clientId } : { userId });
  const tokens =
    userId === undefined || clientId === undefined
      ? stored
      : stored.filter((token) => token.clientId === clientId);
  await showList(tokenList, tokens, flags, deps);
}

async function findCurrentOwner({ uaaContext, session }: ListDeps): Promise<TokenSelection> {
  const context = await uaaContext();
  if (context.grant === 'client_credentials') return { clientId: context.clientId };
  const stored = await session(context).readStored();
  const userId = [stored?.accessToken, stored?.idToken].flatMap(
    (token) => (token && readUserId(readClaims(token))) ?? [],
  )[0];
  if (userId !== undefined) return { userId };
  throw new TpksError('failed', 'Cannot determine which user the current token belongs to', {
    hint: `use --user ${context.identity}`,
  });
}

const tokenList: List<TokenRecord> = {
  noun: 'token',
  emptyLine: 'no tokens',
  columns: [
    { head: 'Id', cell: ({ tokenId }) => `${tokenId.slice(0, 6)}...` },
    { head: 'Kind', cell: formatKind },
    { head: 'Format', cell: ({ format }) => format.toLowerCase(), rank: 4 },
    { head: 'Client', cell: ({ clientId }) => clientId, rank: 2 },
    {
      head: 'Issued',
      cell: ({ issuedAt }, now) => formatTime(new Date(issuedAt), now),
      value: ({ issuedAt }) => formatMilliseconds(issuedAt) ?? '',
      rank: 5,
    },
    {
      head: 'Expires',
      cell: ({ expiresAt }, now) => formatTime(new Date(expiresAt), now),
      value: ({ expiresAt }) => formatMilliseconds(expiresAt) ?? '',
      rank: 3,
    },
  ],
  nameOf: ({ tokenId }) => tokenId,
};

function formatKind({ responseType }: TokenRecord): string {
  return getOwnValue(kinds, responseType) ?? responseType;
}

const kinds: Readonly<Record<string, string>> = {
  ACCESS_TOKEN: 'access',
  REFRESH_TOKEN: 'refresh',
  ID_TOKEN: 'id',
};

interface RevokeInput extends OwnerFlags, DryRunOption {
  readonly id?: string | undefined;
}

type RevokeDeps = Pick<
  Services,
  'terminal' | 'uaaContext' | 'session' | 'logouts' | 'uaaResource'
> &
  DeletionDeps;

export const revoke: Leaf = {
  description:
    'Revoke tokens at the UAA: the tokens of the current context, a single token, or all tokens of a ' +
    'user or client, including JWTs that the UAA does not store. Asks for confirmation on a terminal. ' +
    'Requires the scope tokens.revoke for tokens of other identities, and scim.read ' +
    'for --user.',
  examples: { 'revoke all tokens of cody': 'tpks uaa token revoke --user cody' },
  define(command, deps: RevokeDeps) {
    addDeletionOptions(
      addOwnerOptions(
        command.addArgument(
          withStdin(
            new Argument('[id]', 'id of one token, from `tpks uaa token list --json`; - for stdin'),
          ),
        ),
      ),
    ).action((id: string | undefined, flags: RevokeInput) =>
      runAndShowDryRun(() => revokeTokens({ id, ...flags }, deps), deps),
    );
  },
};

export async function revokeTokens(input: RevokeInput, deps: RevokeDeps): Promise<void> {
  const { id, user, client } = input;
  const owner = await findOwner(input, deps);
  if (id !== undefined && owner !== undefined) {
    throw new TpksError('usage', 'A token id cannot be used with --user or --client', {
      hint: 'omit either the id or the options',
    });
  }
  if (owner !== undefined) {
    const ownerName = describeOwner(input);
    const action = `revoke all tokens of ${ownerName}`;
    if (!(await confirmDeletion({ action }, input, deps))) return;
    await deps.uaaResource(createTokenRecords, input).revokeAll(owner);
    const json = { user: user ?? null, client: client ?? null };
    return deps.terminal.show({ json, text: [`Revoked the tokens of ${ownerName}`] });
  }
  if (id === undefined) return revokeOwn(input, deps);
  const token = await readTokenArgument(id, deps.terminal);
  if (!(await confirmDeletion({ action: 'revoke this token' }, input, deps))) return;
  await deps.uaaResource(createTokenRecords, input).revoke(token);
  await deps.terminal.show({ json: { tokens: 1 }, text: ['Revoked the token'] });
}

function describeOwner({ user, client }: OwnerFlags): string {
  const owner = user === undefined ? undefined : `user ${user}`;
  if (client === undefined) return owner ?? '';
  return owner === undefined ? `client ${client}` : `${owner} through client ${client}`;
}

/** Revokes the tokens of the current context and deletes the session, which can no longer be used. */
async function revokeOwn(flags: DryRunOption, deps: RevokeDeps): Promise<void> {
  const { terminal, uaaContext, session, logouts, noteUaaIdentity } = deps;
  const context = await uaaContext();
  const { name } = context;
  const stored = await session(context).readStored();
  const tokens = [stored?.accessToken, stored?.refreshToken].filter((each) => each !== undefined);
  if (context.store === 'none' || !tokens.some(isRevocable)) throw notRevocableError(context);
  const action = `revoke the tokens of ${name} and delete its session`;
  if (!(await confirmDeletion({ action }, flags, deps))) return;
  if (flags.dryRun === true) {
    await terminal.show({ json: { context: name, revoked: [] }, text: [] });
    return;
  }
  await noteUaaIdentity();
  const { revoked, ...result } = await logouts.logout(name);
  noteLogout(name, result, terminal);
  if (revoked.length === 0) {
    throw new TpksError(
      'failed',
      `No token of ${name} was revoked, but its session was deleted from this machine`,
      {
        hint: `the tokens are valid until they expire; log in again: tpks login --context ${quoteForShell(name)}`,
      },
    );
  }
  const text = `Revoked the ${revoked.join(' and ')} of ${name}`;
  await terminal.show({ json: { context: name, revoked }, text: [text] });
}

/** The UAA stores opaque tokens and JWTs with the claim `revocable`. @see docs/contributing/servers/uaa.md#revocation */
function isRevocable(token: Secret): boolean {
  const tokenClaims = readClaims(token);
  return tokenClaims === undefined || tokenClaims['revocable'] === true;
}

function notRevocableError({ name, grant, identity, clientId }: Context): TpksError {
  const isClient = grant === 'client_credentials';
  const owner = isClient ? 'client' : 'user';
  const option = `--${owner} ${isClient ? clientId : identity}`;
  return new TpksError('failed', `The UAA does not store the tokens of ${name}`, {
    hint:
      `revoke all tokens of the ${owner} (requires tokens.revoke): tpks uaa token revoke ${option}\n` +
      `or delete them from this machine: tpks logout --context ${name}`,
  });
}
