import type { Command } from 'commander';
import { claims, textClaim } from '../../../auth/claims.js';
import { TpksError } from '../../../errors.js';
import { ownValue } from '../../../own-value.js';
import type { Services } from '../../../services.js';
import { table } from '../../../terminal/table.js';
import type { TokenOwnerKey, TokenRecord } from '../../../uaa/token-records.js';
import { when } from '../../session/when.js';
import { addOwnerOptions, ownerOf, type OwnerFlags } from './owner-options.js';

type Deps = Pick<
  Services,
  'terminal' | 'clock' | 'uaaContext' | 'session' | 'users' | 'tokenRecords'
>;

export function define(command: Command, deps: Deps): void {
  addOwnerOptions(command)
    .description(
      'Lists the tokens that the UAA keeps of a user or of a client, those of the current context if ' +
        'nobody is named: opaque ones, and JWTs that can be revoked. Others it does not remember. ' +
        'Needs the scope tokens.list. The id of an opaque token is the token itself, so it is cut ' +
        'short; --json has it whole.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token list --user cody')
    .action((flags: OwnerFlags) => list(flags, deps));
}

/** Lists the tokens that the UAA keeps. */
export async function list(flags: OwnerFlags, deps: Deps): Promise<void> {
  const { userId, clientId } = (await ownerOf(flags, deps)) ?? (await myself(deps));
  const records = await deps.tokenRecords();
  const found = await records.list(userId === undefined ? { clientId } : { userId });
  // The UAA lists by one of them alone.
  const tokens =
    userId === undefined || clientId === undefined
      ? found
      : found.filter((token) => token.clientId === clientId);
  await deps.terminal.show({ json: tokens, text: view(tokens, deps.clock.now()) });
}

async function myself({ uaaContext, session }: Deps): Promise<TokenOwnerKey> {
  const context = await uaaContext();
  if (context.grant === 'client_credentials') return { clientId: context.clientId };
  const stored = await (await session(context)).stored();
  const userId = [stored?.accessToken, stored?.idToken].flatMap(
    (token) => textClaim(claims(token ?? ''), 'user_id') ?? [],
  )[0];
  if (userId !== undefined) return { userId };
  throw new TpksError('failed', 'The token of the context does not tell whose it is', {
    hint: `name the user: --user ${context.identity}`,
  });
}

function view(tokens: readonly TokenRecord[], now: Date) {
  if (tokens.length === 0) return ['no tokens'];
  return table(
    ['Id', 'Kind', 'Format', 'Client', 'Issued', 'Ends'],
    tokens.map(({ tokenId, responseType, format, clientId, issuedAt, expiresAt }) => [
      `${tokenId.slice(0, 6)}…`,
      ownValue(kinds, responseType) ?? responseType,
      format.toLowerCase(),
      clientId,
      when(new Date(issuedAt), now),
      when(new Date(expiresAt), now),
    ]),
  );
}

const kinds: Readonly<Record<string, string>> = {
  ACCESS_TOKEN: 'access',
  REFRESH_TOKEN: 'refresh',
  ID_TOKEN: 'id',
};
