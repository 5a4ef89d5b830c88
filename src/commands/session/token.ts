import { Option, type Command } from 'commander';
import { createTokenVerifier } from '../../api/uaa/token-verification.js';
import type { Services } from '../../app/services.js';
import { formatInstant } from '../../base/clock.js';
import { TpksError } from '../../base/errors.js';
import type { Secret } from '../../base/secret.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import { readClaims } from '../../domain/auth/claims.js';
import type { UaaTarget } from '../../domain/contexts/targets.js';
import { findSessionName, type SessionNameDeps } from '../kube/kube-credential.js';
import { parseDuration } from '../option-values.js';
import { claimsView } from '../uaa/token/claims.js';

type Deps = SessionNameDeps &
  Pick<
    Services,
    | 'terminal'
    | 'clock'
    | 'anyContext'
    | 'session'
    | 'publicUaaResource'
    | 'kubernetesSessions'
    | 'createClusterCredential'
  >;

interface Flags {
  readonly audience?: 'api' | 'kubernetes';
  readonly format?: TokenFormat;
  readonly minTtl: number;
  readonly decode?: boolean;
  readonly verify: boolean;
}

export const description =
  'Print the access token of the context, for scripts. An expired token is renewed first. With ' +
  'TPKS_API and credentials in the environment, no login is needed and nothing is stored.';

export const examples = {
  'send a request with another tool':
    'curl -H "$(tpks token --format header)" https://localhost:9021/v1/clusters',
  'print a token that is valid for at least five more minutes': 'tpks token --min-ttl 5m',
  'show the claims of the token': 'tpks token --decode',
};

export function define(command: Command, deps: Deps): void {
  command
    .addOption(
      new Option(
        '--audience <name>',
        'api, or kubernetes for the ID token that the clusters of the context accept (default: api)',
      ).choices(['api', 'kubernetes']),
    )
    .addOption(
      new Option(
        '--format <format>',
        'header is for curl -H, env for eval, exec-credential for kubectl (with --audience kubernetes)',
      ).choices(formats),
    )
    .option(
      '--min-ttl <duration>',
      'renew the token if it expires within this time, e.g. 5m',
      parseDuration,
      0,
    )
    .option('--decode', "verify the signature with the UAA's keys and print the claims")
    .option('--no-verify', 'with --decode, do not verify the signature')
    .action((flags: Flags) => token(flags, deps));
}

export async function token(flags: Flags, deps: Deps): Promise<void> {
  if (flags.audience === 'kubernetes') return printClusterToken(flags, deps);
  const { terminal, clock, options } = deps;
  const format = flags.format ?? (options().json ? 'json' : 'raw');
  if (format === 'exec-credential') throw wrongAudienceError();
  const context = await deps.anyContext();
  const session = deps.session(context);
  const accessToken = await session.accessToken({ minimumSeconds: flags.minTtl });
  const stored = await session.readStored();
  if (stored !== undefined && stored.lifetimeSeconds <= flags.minTtl) {
    terminal.warn(
      `the UAA issues tokens that expire after ${String(stored.lifetimeSeconds)} s, less than --min-ttl`,
    );
  }
  if (flags.decode === true) return printClaims(accessToken, context, flags, deps);
  // Not escaped, because scripts need the exact token.
  await terminal.write(
    formatToken(format, accessToken, {
      accessToken: accessToken.reveal(),
      tokenType: 'bearer',
      // By the server's clock.
      expiresAt: formatInstant(stored === undefined ? clock.now() : new Date(stored.expiresAt)),
      scopes: stored?.scope.split(' ').filter(Boolean) ?? [],
      context: context.name,
      identity: context.identity,
      uaa: context.uaa,
      api: context.api ?? null,
    }),
  );
}

async function printClusterToken(flags: Flags, deps: Deps): Promise<void> {
  const { terminal, options } = deps;
  const { minTtl: minimumSeconds } = flags;
  const format = flags.format ?? (options().json ? 'json' : 'raw');
  const name = await findSessionName(deps);
  if (format === 'exec-credential') {
    await terminal.write(await deps.createClusterCredential(name, { minimumSeconds }));
    return;
  }
  const session = await deps.kubernetesSessions.select(name);
  const clusterToken = await session.token({ minimumSeconds });
  if (flags.decode === true) return printClaims(clusterToken.idToken, session, flags, deps);
  const { idToken, expiresAt } = clusterToken;
  await terminal.write(
    formatToken(format, idToken, {
      idToken: idToken.reveal(),
      tokenType: 'bearer',
      expiresAt: formatInstant(expiresAt),
      context: session.name,
      identity: session.identity,
      uaa: session.uaa,
      api: session.api,
    }),
  );
}

async function printClaims(
  jwt: Secret,
  target: UaaTarget,
  { verify }: Flags,
  { terminal, clock, publicUaaResource }: Deps,
): Promise<void> {
  const tokenClaims = readClaims(jwt);
  if (tokenClaims === undefined) throw opaqueTokenError();
  const key = verify
    ? await publicUaaResource(createTokenVerifier, target).verify(jwt.reveal())
    : undefined;
  terminal.note(
    key === undefined
      ? 'The signature was not verified'
      : `Valid token signature (verified with key ${key} of ${target.uaa})`,
  );
  await terminal.show(claimsView(tokenClaims, clock.now()));
}

function wrongAudienceError(): TpksError {
  return new TpksError(
    'usage',
    '--format exec-credential requires --audience kubernetes: a cluster must not get the token for the API',
    { hint: 'for kubectl, use the credential plugin: tpks kube-credential' },
  );
}

function opaqueTokenError(): TpksError {
  return new TpksError('failed', 'The token is opaque: it contains no claims', {
    hint: 'run tpks status to show the identity',
  });
}

const formats = ['raw', 'json', 'header', 'env', 'exec-credential'] as const;

type TokenFormat = (typeof formats)[number];

/** Formats a token, with a final newline. @param json - what the format `json` prints. */
export function formatToken(
  format: Exclude<TokenFormat, 'exec-credential'>,
  secret: Secret,
  json: object,
): string {
  const token = secret.reveal();
  switch (format) {
    case 'raw':
      return `${token}\n`;
    case 'header':
      return `Authorization: Bearer ${token}\n`;
    case 'env':
      return `export TPKS_TOKEN=${alwaysQuoteForShell(token, 'posix')}\n`;
    case 'json':
      return `${JSON.stringify(json, null, 2)}\n`;
  }
}
