import { Argument, type Command } from 'commander';
import { readClaims } from '../../../auth/claims.js';
import type { Context } from '../../../contexts/context.js';
import { TpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import { quoteForShell } from '../../../shell-quote.js';
import type { Services } from '../../../services.js';
import { runAndShowDryRun } from '../../dry-run.js';
import {
  addDeletionOptions,
  confirmDeletion,
  type DeletionDeps,
  type DeletionFlags,
} from '../confirm-deletion.js';
import { withStdin } from '../../stdin-inputs.js';
import { addOwnerOptions, findOwner, type OwnerFlags } from './owner-options.js';
import { readTokenArgument } from './token-argument.js';
import { createTokenRecords } from '../../../uaa/tokens/token-records.js';

type Deps = Pick<Services, 'terminal' | 'uaaContext' | 'session' | 'logouts' | 'uaaResource'> &
  DeletionDeps;

export function define(command: Command, deps: Deps): void {
  addDeletionOptions(
    addOwnerOptions(
      command.addArgument(
        withStdin(
          new Argument('[id]', 'id of one token, from `tpks uaa token list --json`; - for stdin'),
        ),
      ),
    ),
  )
    .description(
      'Revoke tokens at the UAA: the tokens of the current context, a single token, or all tokens of a ' +
        'user or client, including JWTs that the UAA does not store. Asks for confirmation on a terminal. ' +
        'Requires the scope tokens.revoke for tokens of other identities, and scim.read ' +
        'for --user.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token revoke --user cody')
    .action((id: string | undefined, flags: Flags) =>
      runAndShowDryRun(() => revokeTokens({ id, ...flags }, command, deps), deps),
    );
}

type Flags = OwnerFlags & DeletionFlags;

interface Input extends Flags {
  readonly id?: string | undefined;
}

export async function revokeTokens(input: Input, command: Command, deps: Deps): Promise<void> {
  const { id, user, client } = input;
  const owner = await findOwner(input, deps);
  if (id !== undefined && owner !== undefined) {
    throw new TpksError('usage', 'A token id cannot be used with --user or --client', {
      hint: 'omit either the id or the options',
    });
  }
  const isConfirmed = (action: string) => confirmDeletion({ action, command }, input, deps);
  if (owner !== undefined) {
    if (!(await isConfirmed(`revoke all tokens of ${ownerText(input)}`))) return;
    await (await deps.uaaResource(createTokenRecords, input)).revokeAll(owner);
    return showResult(
      { user: user ?? null, client: client ?? null },
      `Revoked the tokens of ${ownerText(input)}`,
      deps,
    );
  }
  if (id === undefined) return revokeOwn(isConfirmed, input, deps);
  const token = await readTokenArgument(id, deps.terminal);
  if (!(await isConfirmed('revoke this token'))) return;
  await (await deps.uaaResource(createTokenRecords, input)).revoke(token);
  return showResult({ tokens: 1 }, 'Revoked the token', deps);
}

function ownerText({ user, client }: OwnerFlags): string {
  const owner = user === undefined ? undefined : `user ${user}`;
  if (client === undefined) return owner ?? '';
  return owner === undefined ? `client ${client}` : `${owner} through client ${client}`;
}

/** Revokes the tokens of the current context and deletes the session, which can no longer be used. */
async function revokeOwn(
  isConfirmed: (action: string) => Promise<boolean>,
  { dryRun }: DeletionFlags,
  { terminal, uaaContext, session, logouts, noteUaaIdentity }: Deps,
): Promise<void> {
  const context = await uaaContext();
  const { name } = context;
  const stored = await (await session(context)).readStored();
  const tokens = [stored?.accessToken, stored?.refreshToken].filter((each) => each !== undefined);
  if (context.store === 'none' || !tokens.some(isRevocable)) throw notRevocableError(context);
  if (!(await isConfirmed(`revoke the tokens of ${name} and delete its session`))) return;
  if (dryRun === true) {
    await terminal.show({ json: { context: name, revoked: [] }, text: [] });
    return;
  }
  await noteUaaIdentity();
  const { revoked, problems, deletedKubernetesSession } = await (await logouts()).logout(name);
  for (const problem of problems) terminal.note(`${name}: ${problem}`);
  if (deletedKubernetesSession === true) {
    terminal.note(`Deleted the Kubernetes session of ${name}`);
  }
  if (revoked.length === 0) {
    throw new TpksError(
      'failed',
      `No token of ${name} was revoked, but its session was deleted from this machine`,
      {
        hint: `the tokens are valid until they expire; log in again: tpks login --context ${quoteForShell(name)}`,
      },
    );
  }
  await showResult({ context: name, revoked }, `Revoked the ${revoked.join(' and ')} of ${name}`, {
    terminal,
  });
}

/** The UAA stores opaque tokens and JWTs with the claim `revocable`. @see uaa-api, section 7.4 */
function isRevocable(token: Secret): boolean {
  const tokenClaims = readClaims(token);
  return tokenClaims === undefined || tokenClaims['revocable'] === true;
}

function notRevocableError({ name, grant, identity, clientId }: Context): TpksError {
  const isClient = grant === 'client_credentials';
  const [owner, option] = isClient
    ? ['client', `--client ${clientId}`]
    : ['user', `--user ${identity}`];
  return new TpksError('failed', `The UAA does not store the tokens of ${name}`, {
    hint:
      `revoke all tokens of the ${owner} (requires tokens.revoke): tpks uaa token revoke ${option}\n` +
      `or delete them from this machine: tpks logout --context ${name}`,
  });
}

async function showResult(
  json: Readonly<Record<string, unknown>>,
  text: string,
  { terminal }: Pick<Deps, 'terminal'>,
): Promise<void> {
  await terminal.show({ json, text: [text] });
}
