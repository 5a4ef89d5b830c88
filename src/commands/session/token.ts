import { Option, type Command } from 'commander';
import { claims } from '../../auth/claims.js';
import { TpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { parseDuration } from '../numbers.js';
import { decodedView } from './decoded-view.js';
import { formats, formatToken, type TokenFormat } from './token-format.js';

const loadTokenKeys = async () => (await import('../../uaa/tokens/token-keys.js')).createTokenKeys;

type Deps = Pick<
  Services,
  'terminal' | 'clock' | 'options' | 'context' | 'session' | 'publicUaaResource'
>;

interface Flags {
  readonly format?: TokenFormat;
  readonly minTtl: number;
  readonly decode?: boolean;
  readonly verify: boolean;
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Prints the access token of the context, renewed if need be. With TPKS_API and credentials in ' +
        'the environment no login and no stored state is needed.',
    )
    .addOption(
      new Option(
        '--format <form>',
        'raw: the token; header: for curl -H; env: for eval; exec-credential: for kubectl',
      ).choices(formats),
    )
    .option('--min-ttl <span>', 'renew it unless it lives this long, e.g. 5m', parseDuration, 0)
    .option('--decode', 'print the claims, verified against the UAA’s keys')
    .option('--no-verify', 'decode without verifying')
    .addHelpText(
      'after',
      `
Examples:
  $ curl -H "$(tpks token --format header)" https://localhost:9021/v1/clusters
  $ tpks token --min-ttl 5m
  $ tpks token --decode`,
    )
    .action((flags: Flags) => token(flags, deps));
}

export async function token(flags: Flags, deps: Deps): Promise<void> {
  const { terminal, clock, options } = deps;
  const context = await deps.context();
  const session = await deps.session(context);
  const accessToken = await session.accessToken({ minimumSeconds: flags.minTtl });
  const stored = await session.stored();
  if (stored !== undefined && stored.lifetimeSeconds <= flags.minTtl) {
    terminal.warn(
      `the UAA gives tokens of ${String(stored.lifetimeSeconds)} s alone, less than --min-ttl asks for`,
    );
  }
  if (flags.decode === true) {
    const tokenClaims = claims(accessToken);
    if (tokenClaims === undefined) throw opaqueTokenError();
    const key = flags.verify
      ? await (await deps.publicUaaResource(loadTokenKeys, context)).verify(accessToken.open())
      : undefined;
    terminal.note(
      key === undefined
        ? 'The signature was not verified'
        : `Valid token signature, by key ${key} of ${context.uaa}`,
    );
    await terminal.show(decodedView(tokenClaims, clock.now()));
    return;
  }
  const format = flags.format ?? (options().json ? 'json' : 'raw');
  // Printed as it is: escaping would spoil it, and it holds nothing to escape.
  await terminal.write(
    formatToken(format, {
      accessToken,
      context,
      expiresAt: stored === undefined ? clock.now() : new Date(stored.expiresAt),
      clockOffsetSeconds: stored?.clockOffsetSeconds ?? 0,
      scope: stored?.scope ?? '',
    }),
  );
}

function opaqueTokenError(): TpksError {
  return new TpksError('failed', 'The token is opaque: only the UAA knows what it means', {
    hint: 'tpks status tells who you are',
  });
}
