import { readInfo } from '../api/uaa/info.js';
import { createTokenVerifier, verifyWithKey } from '../api/uaa/token-verification.js';
import { isTpksError } from '../base/errors.js';
import { Secret } from '../base/secret.js';
import { joinScopes, parseIntegerFlag } from '../commands/option-values.js';
import { createBrowserOptions } from '../commands/session/browser-options.js';
import { formatPromptLabel } from '../commands/session/passcode.js';
import { findTarget, type ResolvedTarget, requireTarget } from '../commands/uaa/resolve-target.js';
import { readClaims } from '../domain/auth/claims.js';
import type { LoginRequest } from '../domain/auth/login.js';
import { findCurrentContext } from './context-commands.js';
import { formatFailure, programError, requestError, UaacError } from './uaac-error.js';
import {
  explainUnknownContext,
  readArgument,
  readSecret,
  requireContext,
  type UaacRun,
} from './uaac-run.js';

export async function clientGet(run: UaacRun): Promise<void> {
  await getToken(run, 'client credentials', async () => ({
    clientId: await readArgument(run, 0, 'Client ID'),
    clientSecret: await readSecret(run, 'secret', 'Client secret'),
    grant: { kind: 'client_credentials' },
  }));
}

export async function ownerGet(run: UaacRun): Promise<void> {
  await getToken(run, 'owner password', async () => {
    const clientId = await readArgument(run, 0, 'Client ID');
    const clientSecret = await readSecret(run, 'secret', 'Client secret');
    const username = await readArgument(run, 1, 'User name');
    const password = await readSecret(run, 'password', 'Password');
    return { clientId, clientSecret, grant: { kind: 'password', username, password } };
  });
}

export async function ssoGet(run: UaacRun): Promise<void> {
  const { options, prompt } = run;
  await getToken(run, 'owner passcode', async ({ uaa }) => {
    const clientId = await readArgument(run, 0, 'Client ID');
    const clientSecret = await readSecret(run, 'secret', 'Client secret');
    const passcode =
      options.text('passcode') ?? (await prompt(`Passcode ( from ${uaa}/passcode )`));
    return { clientId, clientSecret, grant: { kind: 'passcode', passcode: new Secret(passcode) } };
  });
}

/** Gets a token with a refresh token (default: the refresh token of the current context). */
export async function refresh(run: UaacRun): Promise<void> {
  const { args, options, prompt } = run;
  const refreshToken = args[0] === undefined ? await readRefreshToken(run) : new Secret(args[0]);
  await getToken(run, 'refresh', async () => {
    const clientId = options.text('client') ?? (await prompt('Client ID'));
    const clientSecret = await readSecret(run, 'secret', 'Client secret');
    const grant = { kind: 'refresh_token', refreshToken, originalGrant: 'password' } as const;
    return { clientId, clientSecret, grant };
  });
}

async function readRefreshToken({ services }: UaacRun): Promise<Secret> {
  const context = await requireContext({ services }, programError);
  const stored = await services.session(context).readStored();
  if (stored?.refreshToken !== undefined) return stored.refreshToken;
  throw requestError('RuntimeError', 'the current context has no refresh token');
}

export async function get(run: UaacRun): Promise<void> {
  const { args, options, services, prompt, promptHidden } = run;
  await getToken(run, 'implicit (with posted credentials)', async (target) => {
    const { prompts } = await services.publicUaaRequest(readInfo, target);
    const values = new Map<string, string | Secret>();
    for (const [index, [name, [type, serverLabel]]] of Object.entries(prompts).entries()) {
      const isText = type === 'text';
      // Scripts get the prompts of the original.
      const isShown = services.terminal.canPrompt();
      const label = isShown ? formatPromptLabel(serverLabel, target.uaa) : serverLabel;
      const value = args[index] ?? (await (isText ? prompt(label) : promptHidden(label)));
      values.set(name, isText ? value : new Secret(value));
    }
    const clientId = options.text('client') ?? 'cf';
    const username = values.get('username');
    return {
      clientId,
      clientSecret: undefined,
      grant: {
        kind: 'posted_credentials',
        username: typeof username === 'string' ? username : undefined,
        promptValues: values,
        redirectUri: `https://uaa.cloudfoundry.com/redirect/${clientId}`,
      },
    };
  });
}

export async function authcodeGet(run: UaacRun): Promise<void> {
  const { options, prompt } = run;
  await getToken(run, 'authorization code', async () => {
    const clientId = options.text('client') ?? (await prompt('Client ID'));
    const secret = options.text('secret');
    return {
      clientId,
      clientSecret: secret === undefined ? undefined : new Secret(secret),
      grant: { kind: 'authorization_code', browser: toBrowserOptions(run, '/authcode') },
    };
  });
}

/** Like `authcodeGet`, with the implicit grant. */
export async function implicitGet(run: UaacRun): Promise<void> {
  const grant = { kind: 'implicit', browser: toBrowserOptions(run, '/callback') } as const;
  const clientId = run.options.text('client') ?? 'cf';
  await getToken(run, 'implicit', () => ({ clientId, clientSecret: undefined, grant }));
}

function toBrowserOptions({ options, services }: UaacRun, path: string) {
  const { terminal } = services;
  if (options.flag('cf') === true) {
    terminal.warn('--cf is ignored: tpks does not write ~/.cf_token');
  }
  const text = options.text('port');
  const port =
    text === undefined ? {} : { port: parseIntegerFlag('--port', text, { from: 0, to: 65_535 }) };
  return createBrowserOptions({ browser: true, browserTimeout: 300, ...port }, services, {
    path,
    browserlessCommand: 'uaac token sso get CLIENT',
    alternative: 'use uaac token client get or uaac token owner get',
  });
}

type Credentials = Pick<LoginRequest, 'clientId' | 'clientSecret' | 'grant'>;

/**
 * Gets a token, stores it as a context, and makes that context the current one.
 * @param grantLabel - the name of the grant in the output.
 */
async function getToken(
  run: UaacRun,
  grantLabel: string,
  readCredentials: (target: ResolvedTarget) => Credentials | Promise<Credentials>,
): Promise<void> {
  const { services, options, print } = run;
  const target = await explainUnknownContext(findTarget(services));
  if (target === undefined) throw tokenArgumentError('target not set');
  const started = await services.logins.start({ target, role: 'uaa' });
  const credentials = await readCredentials(target);
  if (credentials.clientId === '') throw tokenArgumentError('the client ID is empty');
  const scope = joinScopes(options.list('scope'));
  const { context } = await started.finish({ ...credentials, scope }).catch((error: unknown) => {
    throw toTokenError(error);
  });
  const label = findCurrentContext(await services.settings.read())?.label;
  await print(
    '',
    `Successfully fetched token via ${grantLabel} grant.`,
    `Target: ${context.uaa}`,
    `Context: ${label ?? context.identity}, from client ${context.clientId}`,
    '',
  );
}

const failedLine = 'attempt to get token failed';

function tokenArgumentError(message: string): UaacError {
  return new UaacError([...requestError('ArgumentError', message).lines, failedLine]);
}

/** Adds the line that follows every error of a token request. */
function toTokenError(error: unknown): unknown {
  if (!isTpksError(error) || ['keychain', 'storage', 'cancelled'].includes(error.kind)) {
    return error;
  }
  return new UaacError([...formatFailure(error).lines, failedLine], error);
}

/** Shows the claims of a token, and verifies its signature with the key of the UAA or with `--key`. */
export async function decode(run: UaacRun): Promise<void> {
  const { args, options, services, printTree } = run;
  const token = args[0] === undefined ? await readCurrentToken(run) : new Secret(args[0]);
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
  await run.print('', await verifyToken(token, run), '');
  await printTree(claims);
}

async function readCurrentToken(run: UaacRun): Promise<Secret> {
  const context = await requireContext(run, programError);
  const stored = await run.services.session(context).readStored();
  if (stored !== undefined) return stored.accessToken;
  const message = 'Need an access token to complete this command. Please login.';
  throw requestError('RuntimeError', message);
}

const unverifiedLine = 'Note: no key given to validate token signature';
const verifiedLine = 'Valid token signature';

/** @returns the line about whether the signature was verified. */
async function verifyToken(token: Secret, { options, services }: UaacRun): Promise<string> {
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
