import { Option, type Command } from 'commander';
import { readClaims } from '../../auth/claims.js';
import { TpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { parseDuration } from '../numbers.js';
import { claimsView } from './claims-view.js';
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
      'Print the access token of the context, for scripts. An expired token is renewed first. With ' +
        'TPKS_API and credentials in the environment, no login is needed and nothing is stored.',
    )
    .addOption(
      new Option(
        '--format <format>',
        'header is for curl -H, env for eval, exec-credential for kubectl',
      ).choices(formats),
    )
    .option(
      '--min-ttl <duration>',
      'renew the token if it expires sooner, e.g. 5m',
      parseDuration,
      0,
    )
    .option('--decode', "verify the signature with the UAA's keys and print the claims")
    .option('--no-verify', 'with --decode, do not verify the signature')
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
  const stored = await session.readStored();
  if (stored !== undefined && stored.lifetimeSeconds <= flags.minTtl) {
    terminal.warn(
      `the UAA issues tokens that expire after ${String(stored.lifetimeSeconds)} s, less than --min-ttl`,
    );
  }
  if (flags.decode === true) {
    const tokenClaims = readClaims(accessToken);
    if (tokenClaims === undefined) throw opaqueTokenError();
    const key = flags.verify
      ? await (await deps.publicUaaResource(loadTokenKeys, context)).verify(accessToken.reveal())
      : undefined;
    terminal.note(
      key === undefined
        ? 'The signature was not verified'
        : `Valid token signature (verified with key ${key} of ${context.uaa})`,
    );
    await terminal.show(claimsView(tokenClaims, clock.now()));
    return;
  }
  const format = flags.format ?? (options().json ? 'json' : 'raw');
  // Not escaped, because scripts need the exact token.
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
  return new TpksError('failed', 'The token is opaque: it contains no claims', {
    hint: 'run tpks status to show the identity',
  });
}
