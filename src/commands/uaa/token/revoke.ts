import type { Command } from 'commander';
import { claims } from '../../../auth/claims.js';
import type { Context } from '../../../contexts/context.js';
import { TpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { addOwnerOptions, ownerOf, type OwnerFlags } from './owner-options.js';
import { tokenArgument } from './token-argument.js';
import { loadTokenRecords } from '../resources.js';

type Deps = Pick<Services, 'terminal' | 'uaaContext' | 'session' | 'logouts' | 'uaaResource'>;

export function define(command: Command, deps: Deps): void {
  addOwnerOptions(
    command.argument(
      '[id]',
      'one token, by its id as `tpks uaa token list --json` has it; - is stdin',
    ),
  )
    .description(
      'Ends tokens at the UAA: those of the current context, one by its id, or all of a user or of a ' +
        'client. All of a user or a client means also JWTs, which the UAA does not remember one by ' +
        'one; for others than oneself that needs the scope tokens.revoke.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token revoke --user cody')
    .action((id: string | undefined, flags: OwnerFlags) => revoke({ id, ...flags }, deps));
}

interface Input extends OwnerFlags {
  readonly id?: string | undefined;
}

export async function revoke(input: Input, deps: Deps): Promise<void> {
  const { id, user, client } = input;
  const owner = await ownerOf(input, deps);
  if (id !== undefined && owner !== undefined) {
    throw new TpksError('usage', 'Both one token and all of somebody’s are to be revoked', {
      hint: 'give the id alone, or --user, or --client',
    });
  }
  if (owner !== undefined) {
    await (await deps.uaaResource(loadTokenRecords)).revokeAll(owner);
    const whose = [user, client].filter((name) => name !== undefined);
    return shown(
      { user: user ?? null, client: client ?? null },
      `tokens of ${whose.join(' through ')} revoked`,
      deps,
    );
  }
  if (id === undefined) return revokeOwn(deps);
  await (await deps.uaaResource(loadTokenRecords)).revoke(await tokenArgument(id, deps.terminal));
  return shown({ tokens: 1 }, 'token revoked', deps);
}

/** The session goes with its tokens: what is left of it would fail at its next use. */
async function revokeOwn({ terminal, uaaContext, session, logouts }: Deps): Promise<void> {
  const context = await uaaContext();
  const { name } = context;
  const stored = await (await session(context)).stored();
  const tokens = [stored?.accessToken, stored?.refreshToken].filter((each) => each !== undefined);
  if (context.store === 'none' || !tokens.some(isRevocable)) throw notRevocable(context);
  const { revoked, problems } = await (await logouts()).logout(name);
  for (const problem of problems) terminal.note(`${name}: ${problem}`);
  if (revoked.length === 0) {
    throw new TpksError('failed', `No token of ${name} was revoked; its session here is deleted`);
  }
  await shown({ context: name, revoked }, `${revoked.join(' and ')} of ${name} revoked`, {
    terminal,
  });
}

/** The UAA keeps a record of opaque tokens, and of JWTs that say so. @see uaa-api, section 7.4 */
function isRevocable(token: Secret): boolean {
  const said = claims(token);
  return said === undefined || said['revocable'] === true;
}

function notRevocable({ name, grant, identity, clientId }: Context): TpksError {
  const all = grant === 'client_credentials' ? `--client ${clientId}` : `--user ${identity}`;
  return new TpksError('failed', `The UAA keeps no record of the tokens of ${name}`, {
    hint:
      `they end with all others, which needs the scope tokens.revoke: tpks uaa token revoke ${all}\n` +
      `tpks logout --context ${name} deletes them from this machine`,
  });
}

async function shown(
  json: Readonly<Record<string, unknown>>,
  text: string,
  { terminal }: Pick<Deps, 'terminal'>,
): Promise<void> {
  await terminal.show({ json, text: [text] });
}
