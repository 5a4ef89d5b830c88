import { readClaims, type Claims } from '../auth/claims.js';
import { findTarget, requireTarget } from '../commands/uaa/targets.js';
import { isTpksError } from '../errors.js';
import { Secret } from '../secret.js';
import { programError, requestError } from './uaac-error.js';
import { explainUnknownContext, requireContext, type UaacRun } from './uaac-run.js';
import { createTokenCheck, createTokenKeys } from '../uaa/tokens/token-keys.js';

const unverifiedLine = 'Note: no key given to validate token signature';
const verifiedLine = 'Valid token signature';

/** Shows the claims of a token, and verifies its signature with the key of the UAA or with `--key`. */
export async function decode(run: UaacRun): Promise<void> {
  const { args, options, printTree } = run;
  const token = args[0] === undefined ? await readToken(run) : new Secret(args[0]);
  const clientId = options.text('client');
  const clientSecret = options.text('secret');
  if (clientId !== undefined && clientSecret !== undefined) {
    const claims = await check(token, { clientId, clientSecret: new Secret(clientSecret) }, run);
    return printTree(claims);
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
  const stored = await (await run.services.session(context)).readStored();
  if (stored !== undefined) return stored.accessToken;
  throw requestError(
    'RuntimeError',
    'Need an access token to complete this command. Please login.',
  );
}

async function check(
  token: Secret,
  client: { readonly clientId: string; readonly clientSecret: Secret },
  { services }: UaacRun,
): Promise<Claims> {
  const target = await explainUnknownContext(requireTarget(services));
  return (await services.publicUaaResource(createTokenCheck, target)).check(token, client);
}

/** @returns the line about whether the signature was verified. */
async function verify(token: Secret, { options, services }: UaacRun): Promise<string> {
  const key = options.text('key');
  if (key !== undefined) {
    const { verifyWithKey } = await import('../uaa/tokens/token-signature.js');
    await verifyWithKey(token.reveal(), key, () => services.terminal.readStdin('--key'));
    return verifiedLine;
  }
  const target = await explainUnknownContext(findTarget(services));
  if (target === undefined) return unverifiedLine;
  const keys = await services.publicUaaResource(createTokenKeys, target);
  try {
    await keys.verify(token.reveal());
    return verifiedLine;
  } catch (error) {
    // Without the key of the UAA, the token is shown anyway, as in the original.
    if (isTpksError(error) && error.kind === 'unavailable') return unverifiedLine;
    throw error;
  }
}
