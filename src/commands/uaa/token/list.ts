import type { Command } from 'commander';
import { readClaims, readUserId } from '../../../auth/claims.js';
import { TpksError } from '../../../errors.js';
import { getOwnValue } from '../../../own-value.js';
import type { Services } from '../../../services.js';
import type { TokenSelection, TokenRecord } from '../../../uaa/tokens/token-records.js';
import { addListOptions } from '../../resource/list-options.js';
import { showList, validateColumns, type List, type ListFlags } from '../../resource/list.js';
import { formatTime } from '../../session/format-time.js';
import { addOwnerOptions, findOwner, type OwnerFlags } from './owner-options.js';
import { createTokenRecords } from '../../../uaa/tokens/token-records.js';

type Deps = Pick<Services, 'terminal' | 'clock' | 'uaaContext' | 'session' | 'uaaResource'>;

export function define(command: Command, deps: Deps): void {
  addListOptions(addOwnerOptions(command), tokenList(deps))
    .description(
      'List the tokens that the UAA stores for a user or a client (default: the identity of the ' +
        'current context): opaque tokens and revocable JWTs. The id of an opaque token is the token ' +
        'itself, so the table shortens it; --json and -o name print it in full. Requires the scope ' +
        'tokens.list, and scim.read for --user.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token list --user cody')
    .action((flags: OwnerFlags & ListFlags) => listTokens(flags, deps));
}

export async function listTokens(flags: OwnerFlags & ListFlags, deps: Deps): Promise<void> {
  const list = tokenList(deps);
  validateColumns(list, flags);
  const { userId, clientId } = (await findOwner(flags, deps)) ?? (await findCurrentOwner(deps));
  const records = await deps.uaaResource(createTokenRecords);
  // The UAA can list by user or by client, but not by both.
  const stored = await records.list(userId === undefined ? { clientId } : { userId });
  const tokens =
    userId === undefined || clientId === undefined
      ? stored
      : stored.filter((token) => token.clientId === clientId);
  await showList(list, tokens, flags, deps.terminal);
}

async function findCurrentOwner({ uaaContext, session }: Deps): Promise<TokenSelection> {
  const context = await uaaContext();
  if (context.grant === 'client_credentials') return { clientId: context.clientId };
  const stored = await (await session(context)).readStored();
  const userId = [stored?.accessToken, stored?.idToken].flatMap(
    (token) => (token && readUserId(readClaims(token))) ?? [],
  )[0];
  if (userId !== undefined) return { userId };
  throw new TpksError('failed', 'Cannot determine which user the current token belongs to', {
    hint: `use --user ${context.identity}`,
  });
}

function tokenList({ clock }: Pick<Deps, 'clock'>): List<TokenRecord> {
  return {
    noun: 'token',
    fields: [
      'tokenId',
      'clientId',
      'userId',
      'format',
      'responseType',
      'issuedAt',
      'expiresAt',
      'scope',
      'zoneId',
      'value',
    ],
    emptyLine: 'no tokens',
    columns: [
      { head: 'Id', cell: ({ tokenId }) => `${tokenId.slice(0, 6)}...` },
      {
        head: 'Kind',
        cell: ({ responseType }) => getOwnValue(kinds, responseType) ?? responseType,
      },
      { head: 'Format', cell: ({ format }) => format.toLowerCase() },
      { head: 'Client', cell: ({ clientId }) => clientId },
      { head: 'Issued', cell: ({ issuedAt }) => formatTime(new Date(issuedAt), clock.now()) },
      { head: 'Expires', cell: ({ expiresAt }) => formatTime(new Date(expiresAt), clock.now()) },
    ],
    nameOf: ({ tokenId }) => tokenId,
  };
}

const kinds: Readonly<Record<string, string>> = {
  ACCESS_TOKEN: 'access',
  REFRESH_TOKEN: 'refresh',
  ID_TOKEN: 'id',
};
