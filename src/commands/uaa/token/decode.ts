import { Option, type Command } from 'commander';
import { claims, timeClaim, type Claims } from '../../../auth/claims.js';
import { withFileNames } from '../../../completion/completer.js';
import { TpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { clockWarning } from '../../span.js';
import { decodedView } from '../../session/decoded-view.js';
import { when } from '../../session/when.js';
import { findTarget, targetInForce, type TargetDeps } from '../target/target-in-force.js';
import { withoutZone } from '../zone-options.js';
import { findClientSecret } from './client-credentials.js';
import { addSecretOptions, type SecretFlags } from './get-token-options.js';
import { tokenArgument } from './token-argument.js';

const loadTokenCheck = async () =>
  (await import('../../../uaa/tokens/check-token.js')).createTokenCheck;

const loadTokenKeys = async () =>
  (await import('../../../uaa/tokens/token-keys.js')).createTokenKeys;

type Deps = TargetDeps &
  Pick<
    Services,
    'clock' | 'serverClock' | 'secrets' | 'session' | 'publicUaaResource' | 'uaaContext'
  >;

interface Flags extends SecretFlags {
  readonly client?: string;
  readonly key?: string;
  /** `false` after `--no-verify`. */
  readonly verify: boolean;
}

export function define(command: Command, deps: Deps): void {
  addSecretOptions(
    withoutZone(command)
      .argument('[token]', 'the token; - is stdin; that of the current context if absent')
      .argument('[type]', 'taken as uaac takes it, and of no use')
      .addOption(
        withFileNames(
          new Option('--key <key>', 'verify with this: PEM, a file with it, or a shared secret'),
        ).conflicts('client'),
      )
      .option('-c, --client <id>', 'ask the UAA, as this client, which needs uaa.resource')
      .option('--no-verify', 'do not verify the signature'),
  )
    .description(
      'Shows what a token says, and whether to believe it: its signature is verified by the key of ' +
        'the UAA that signed it, or by --key. With --client the UAA itself is asked (/check_token), ' +
        'which knows opaque and revoked tokens too.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token decode')
    .action((token: string | undefined, _type: string | undefined, flags: Flags) =>
      decode({ token, ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly token?: string | undefined;
}

export async function decode(input: Input, deps: Deps): Promise<void> {
  const { terminal, clock, serverClock } = deps;
  const token = await tokenOf(input, deps);
  const { said, note } =
    input.client === undefined
      ? await byItself(token, input, deps)
      : await byUaa(token, input.client, input, deps);
  terminal.note(note);
  const end = timeClaim(said, 'exp');
  const skew = serverClock.skew();
  const now = new Date(clock.now().getTime() + (skew?.seconds ?? 0) * 1000);
  if (end !== undefined && end < now) {
    const note = skew === undefined ? '' : `; ${clockWarning(skew)}`;
    terminal.warn(`the token has ended: ${when(end, now)}${note}`);
  }
  await terminal.show(decodedView(said, now));
}

async function tokenOf({ token }: Input, { terminal, uaaContext, session }: Deps): Promise<Secret> {
  if (token !== undefined) return tokenArgument(token, terminal);
  const stored = await (await session(await uaaContext())).stored();
  if (stored !== undefined) return stored.accessToken;
  throw new TpksError('unauthenticated', 'The current context has no token', {
    hint: 'give one as an argument, or get one: tpks uaa token',
  });
}

interface Decoded {
  readonly said: Claims;
  /** Whether to believe it. */
  readonly note: string;
}

async function byUaa(
  token: Secret,
  clientId: string,
  flags: SecretFlags,
  deps: Deps,
): Promise<Decoded> {
  const target = await targetInForce(deps);
  const clientSecret = await findClientSecret(
    { name: clientId, api: target.api, uaa: target.uaa },
    flags,
    deps,
  );
  const said = await (
    await deps.publicUaaResource(loadTokenCheck, target)
  ).check(token, { clientId, clientSecret });
  return { said, note: `Valid token, says ${target.uaa}` };
}

async function byItself(token: Secret, { key, verify }: Input, deps: Deps): Promise<Decoded> {
  const said = claims(token);
  if (said === undefined) {
    throw new TpksError('failed', 'The token is opaque: only the UAA knows what it means', {
      hint: 'ask it as a client that has uaa.resource: tpks uaa token decode -c CLIENT',
    });
  }
  if (!verify) return { said, note: 'The signature was not verified' };
  if (key !== undefined) {
    const { verifyByGivenKey } = await import('../../../uaa/tokens/given-key.js');
    const kind = await verifyByGivenKey(token.open(), key);
    return { said, note: `Valid token signature, by the ${kind} given` };
  }
  // As in uaac, a token is also shown if no target is set whose key could verify it.
  const target = await findTarget(deps);
  if (target === undefined) return { said, note: 'Note: no key given to validate token signature' };
  const name = await (await deps.publicUaaResource(loadTokenKeys, target)).verify(token.open());
  return { said, note: `Valid token signature, by key ${name} of ${target.uaa}` };
}
