import { STATUS_CODES } from 'node:http';
import { isSuccess } from '../api/client/api-error.js';
import { readInfo, readUserinfo } from '../api/uaa/info.js';
import { createTokenVerifier, verifyWithKey } from '../api/uaa/token-verification.js';
import { createZoneHeader } from '../api/uaa/uaa-api.js';
import { measurePassword } from '../api/uaa/users.js';
import { isTpksError } from '../base/errors.js';
import { tryParseJson } from '../base/json-value.js';
import { Secret } from '../base/secret.js';
import { findTarget, requireTarget, type ResolvedTarget } from '../commands/uaa/targets.js';
import { readClaims } from '../domain/auth/token.js';
import { programError, requestError, UaacError } from './uaac-error.js';
import { explainUnknownContext, readSecret, requireContext, type UaacRun } from './uaac-run.js';

export async function info(run: UaacRun): Promise<void> {
  await run.printTree(await requestInfo(run));
}

export async function prompts(run: UaacRun): Promise<void> {
  const { prompts: values } = await requestInfo(run);
  await run.printTree(values);
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
  if (target === undefined) throw new UaacError(['target not set']);
  return target;
}

/**
 * Sends a request to the UAA with the current token, and prints it with its response. The token is sent
 * only to the UAA of the context.
 */
export async function curl(run: UaacRun): Promise<void> {
  const { args, options, services, print } = run;
  const [path] = args;
  if (path === undefined) return print(...run.help);
  const context = await requireContext(run);
  warnAboutIgnoredOptions(run);
  const url = /^https?:\/\//.test(path) ? path : `${context.uaa}${path}`;
  if (!URL.canParse(url)) throw requestError('URI::InvalidURIError', `bad URI: ${url}`);
  const method = (options.text('request') ?? 'GET').toUpperCase();
  const body = options.text('data');
  const headers = options.texts('header');
  const isVerbose = options.flag('bodyonly') !== true;
  if (isVerbose) {
    await print(
      `${method} ${url}`,
      ...(body === undefined ? [] : [`REQUEST BODY: "${body}"`]),
      ...(headers.length === 0 ? [] : ['REQUEST HEADERS:', ...headers.map((line) => `  ${line}`)]),
      '',
    );
  }
  const { zone } = services.options();
  const send = services.connect(context, { auth: context });
  const response = await send({
    method,
    url,
    headers: {
      accept: '*/*',
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...Object.fromEntries(zone === undefined ? [] : [createZoneHeader(zone)]),
      ...Object.fromEntries(headers.map(parseHeader)),
    },
    ...(body === undefined ? {} : { body }),
  });
  if (isVerbose) {
    await print(
      `${String(response.status)} ${STATUS_CODES[response.status] ?? ''}`.trimEnd(),
      'RESPONSE HEADERS:',
      ...Object.entries(response.headers).map(([name, value]) => `  ${capitalize(name)}: ${value}`),
      'RESPONSE BODY:',
    );
  }
  const text = await response.text();
  const output = formatBody(text, response.headers['content-type']).replace(/\n$/, '');
  await print(...output.split('\n'));
  if (!isSuccess(response)) throw new UaacError([]);
}

function warnAboutIgnoredOptions({ options, services }: UaacRun): void {
  for (const name of ['insecure', 'cacert'].filter((each) => options.has(each))) {
    services.terminal.warn(`--${name} is ignored: the TLS settings of the target apply`);
  }
}

function parseHeader(line: string): [string, string] {
  const [, name = '', value = ''] = /^([^:\s]+):\s*(.*)$/s.exec(line) ?? [];
  if (name !== '') return [name.toLowerCase(), value];
  throw requestError('ArgumentError', `invalid header: ${line} (expected NAME: VALUE)`);
}

function capitalize(name: string): string {
  return name.replace(
    /(^|-)([a-z])/g,
    (_text, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`,
  );
}

function formatBody(text: string, type = ''): string {
  const value = type.includes('application/json') ? tryParseJson(text) : undefined;
  return value === undefined ? text : JSON.stringify(value, null, 2);
}
