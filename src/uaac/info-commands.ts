import { readInfo, readUserinfo } from '../api/uaa/info.js';
import { createTokenVerifier, verifyWithKey } from '../api/uaa/token-verification.js';
import { measurePassword } from '../api/uaa/users.js';
import { isTpksError } from '../base/errors.js';
import { Secret } from '../base/secret.js';
import { findTarget, requireTarget, type ResolvedTarget } from '../commands/uaa/targets.js';
import { readClaims } from '../domain/auth/claims.js';
import { programError, requestError, uaacError } from './uaac-error.js';
import { explainUnknownContext, readSecret, requireContext, type UaacRun } from './uaac-run.js';

export async function info(run: UaacRun): Promise<void> {
  await run.printTree(await requestInfo(run));
}

export async function prompts(run: UaacRun): Promise<void> {
  await run.printTree((await requestInfo(run)).prompts);
}

export async function me(run: UaacRun): Promise<void> {
  await requireUaacTarget(run);
  await requireContext(run);
  await run.printTree(await run.services.uaaRequest(readUserinfo));
}

/** Shows the current signing key. The UAA returns a shared key only to clients that are allowed to read it. */
export async function signingKey(run: UaacRun): Promise<void> {
  const target = await requireUaacTarget(run);
  const verifier = run.services.publicUaaResource(createTokenVerifier, target);
  const clientId = run.options.text('client');
  const reader =
    clientId === undefined
      ? undefined
      : {
          clientId,
          clientSecret: await readSecret(run, 'secret', 'Client secret'),
        };
  await run.printTree(await verifier.getSigningKey(reader));
}

export async function passwordStrength(run: UaacRun): Promise<void> {
  const { args, services, promptHidden } = run;
  const target = await requireUaacTarget(run);
  const password = new Secret(args[0] ?? (await promptHidden('Password')));
  await run.printTree(
    await services.publicUaaRequest((send, uaa) => measurePassword(send, uaa, password), target),
  );
}

/** Shows the claims of a token, and verifies its signature with the key of the UAA or with `--key`. */
export async function decode(run: UaacRun): Promise<void> {
  const { args, options, services, printTree } = run;
  const token = args[0] === undefined ? await readToken(run) : new Secret(args[0]);
  const clientId = options.text('client');
  const clientSecret = options.text('secret');
  if (clientId !== undefined && clientSecret !== undefined) {
    const target = await explainUnknownContext(requireTarget(services));
    const verifier = services.publicUaaResource(createTokenVerifier, target);
    const client = { clientId, clientSecret: new Secret(clientSecret) };
    return printTree(await verifier.check(token, client));
  }
  const claims = readClaims(token);
  if (claims === undefined) {
    throw token.reveal().split('.').length === 3
      ? requestError('CF::UAA::DecodeError', 'invalid base64 encoding')
      : requestError('CF::UAA::InvalidTokenFormat', 'Not enough or too many segments');
  }
  const line = await verify(token, run);
  await run.print('', line, '');
  await printTree(claims);
}

async function readToken(run: UaacRun): Promise<Secret> {
  const context = await requireContext(run, programError);
  const stored = await run.services.session(context).readStored();
  if (stored !== undefined) return stored.accessToken;
  throw requestError(
    'RuntimeError',
    'Need an access token to complete this command. Please login.',
  );
}

const unverifiedLine = 'Note: no key given to validate token signature';
const verifiedLine = 'Valid token signature';

/** @returns the line about whether the signature was verified. */
async function verify(token: Secret, { options, services }: UaacRun): Promise<string> {
  const key = options.text('key');
  if (key !== undefined) {
    await verifyWithKey(token.reveal(), key, () => services.terminal.readStdin('--key'));
    return verifiedLine;
  }
  const target = await explainUnknownContext(findTarget(services));
  if (target === undefined) return unverifiedLine;
  const verifier = services.publicUaaResource(createTokenVerifier, target);
  try {
    await verifier.verify(token.reveal());
    return verifiedLine;
  } catch (error) {
    // Without the key of the UAA, the token is shown anyway, as in the original.
    if (isTpksError(error) && error.kind === 'unavailable') return unverifiedLine;
    throw error;
  }
}

async function requestInfo(run: UaacRun) {
  const target = await requireUaacTarget(run);
  return run.services.publicUaaRequest(readInfo, target);
}

async function requireUaacTarget({ services }: UaacRun): Promise<ResolvedTarget> {
  const target = await explainUnknownContext(findTarget(services));
  if (target === undefined) throw uaacError('target not set');
  return target;
}
