import { Argument, Option } from 'commander';
import { createTokenVerifier, verifyWithKey } from '../../../api/uaa/token-verification.js';
import type { Services } from '../../../app/services.js';
import { formatClockWarning } from '../../../base/clock.js';
import { TpksError } from '../../../base/errors.js';
import type { Secret } from '../../../base/secret.js';
import { type Claims, readClaims, readTimeClaim } from '../../../domain/auth/claims.js';
import { withUaaNames } from '../../completers.js';
import type { Leaf } from '../../command-table.js';
import { formatTime } from '../../format-time.js';
import { outputOption } from '../../resource/list-command.js';
import { claimsView } from './claims.js';
import { withInputFile, withStdin } from '../../stdin-inputs.js';
import { rejectZoneOptions } from '../options.js';
import { findTarget, requireTarget, type TargetDeps } from '../resolve-target.js';
import {
  addSecretOptions,
  readTokenArgument,
  type SecretFlags,
  toSecretInput,
} from './get-token.js';

type Deps = TargetDeps &
  Pick<
    Services,
    'clock' | 'serverClock' | 'secrets' | 'session' | 'publicUaaResource' | 'uaaContext'
  >;

interface Flags extends SecretFlags {
  readonly token?: string | undefined;
  readonly client?: string;
  readonly key?: string;
  /** `false` after `--no-verify`. */
  readonly verify: boolean;
}

export const decode: Leaf = {
  description:
    'Show the claims of a token and verify its signature, with the key of the UAA or with --key. ' +
    'With --client, the UAA checks the token (/check_token), which also works for opaque tokens ' +
    'and detects revoked ones; the client requires the authority uaa.resource.',
  examples: { 'show the claims of the current token': 'tpks uaa token decode' },
  define(command, deps: Deps) {
    addSecretOptions(
      rejectZoneOptions(command)
        .addArgument(
          withStdin(
            new Argument(
              '[token]',
              'token; - for stdin (default: the token of the current context)',
            ),
          ),
        )
        .argument('[type]', 'ignored, for compatibility with uaac')
        .addOption(
          withInputFile(
            new Option(
              '--key <key>',
              'verify with this public key (PEM text or file) or shared secret; - for stdin',
            ),
          ).conflicts('client'),
        )
        .addOption(
          withUaaNames(
            new Option('-c, --client <id>', 'check the token at the UAA, using this client'),
            'clients',
          ),
        )
        .option('--no-verify', 'do not verify the signature'),
    )
      .addOption(outputOption('json', 'yaml', 'name'))
      .action((token: string | undefined, _type: string | undefined, flags: Flags) =>
        decodeToken({ token, ...flags }, deps),
      );
  },
};

export async function decodeToken(input: Flags, deps: Deps): Promise<void> {
  const { terminal, clock, serverClock } = deps;
  const token = await findToken(input, deps);
  const { claims: tokenClaims, note } =
    input.client === undefined
      ? await decodeLocally(token, input, deps)
      : await decodeWithUaa(token, input.client, input, deps);
  terminal.note(note);
  const expiry = readTimeClaim(tokenClaims, 'exp');
  const skew = serverClock.findSkew();
  const now = new Date(clock.now().getTime() + (skew?.seconds ?? 0) * 1000);
  if (expiry !== undefined && expiry < now) {
    const skewNote = skew === undefined ? '' : `; ${formatClockWarning(skew)}`;
    terminal.warn(`the token expired at ${formatTime(expiry, now)}${skewNote}`);
  }
  await terminal.show(claimsView(tokenClaims, now));
}

async function findToken(
  { token }: Flags,
  { terminal, uaaContext, session }: Deps,
): Promise<Secret> {
  if (token !== undefined) return readTokenArgument(token, terminal);
  const stored = await session(await uaaContext()).readStored();
  if (stored !== undefined) return stored.accessToken;
  throw new TpksError('unauthenticated', 'The current context has no token', {
    hint: 'pass a token as the argument, or get one: tpks uaa token --help',
  });
}

async function decodeWithUaa(token: Secret, clientId: string, flags: Flags, deps: Deps) {
  const target = await requireTarget(deps);
  const recipient = { name: clientId, api: target.api, uaa: target.uaa };
  const clientSecret = await deps.secrets.find(toSecretInput(recipient, flags));
  const verifier = deps.publicUaaResource(createTokenVerifier, target);
  return {
    claims: await verifier.check(token, { clientId, clientSecret }),
    note: `Valid token according to ${target.uaa}`,
  };
}

/** @returns the claims, and how the token was verified, if at all. */
async function decodeLocally(
  token: Secret,
  { key, verify }: Flags,
  deps: Deps,
): Promise<{ readonly claims: Claims; readonly note: string }> {
  const tokenClaims = readClaims(token);
  if (tokenClaims === undefined) {
    throw new TpksError('failed', 'The token is opaque: only the UAA can decode it', {
      hint: 'use a client with the authority uaa.resource: tpks uaa token decode -c CLIENT',
    });
  }
  if (!verify) return { claims: tokenClaims, note: 'The signature was not verified' };
  if (key !== undefined) {
    const kind = await verifyWithKey(token.reveal(), key, () => deps.terminal.readStdin('--key'));
    return { claims: tokenClaims, note: `Valid token signature (verified with the given ${kind})` };
  }
  const target = await findTarget(deps);
  if (target === undefined) {
    // Without a target there is no key to verify with; `uaac` shows the token nevertheless.
    return { claims: tokenClaims, note: 'Note: no key given to validate token signature' };
  }
  const verifier = deps.publicUaaResource(createTokenVerifier, target);
  const keyId = await verifier.verify(token.reveal());
  return {
    claims: tokenClaims,
    note: `Valid token signature (verified with key ${keyId} of ${target.uaa})`,
  };
}
