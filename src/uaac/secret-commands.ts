import { Secret } from '../secret.js';
import {
  promptTwice,
  readArgument,
  requireContext,
  createResource,
  type UaacRun,
} from './uaac-run.js';
import { createClientJwts, createClientSecrets } from '../uaa/client-secrets.js';

export async function set(run: UaacRun): Promise<void> {
  const secrets = await createResource(run, createClientSecrets);
  const id = await readArgument(run, 0, 'Client ID');
  await secrets.set(id, await readNewSecret(run));
  await run.print('client secret successfully set');
}

/** Changes the secret of the client that the current token belongs to. */
export async function change(run: UaacRun): Promise<void> {
  const { options, promptHidden } = run;
  const { clientId } = await requireContext(run);
  const secrets = await createResource(run, createClientSecrets);
  const old = new Secret(options.text('old_secret') ?? (await promptHidden('Current secret')));
  await secrets.set(clientId, await readNewSecret(run), old);
  await run.print('client secret successfully changed');
}

async function readNewSecret(run: UaacRun): Promise<Secret> {
  return new Secret(run.options.text('secret') ?? (await promptTwice(run, 'New secret')));
}

export function jwtAdd(run: UaacRun): Promise<void> {
  return changeJwt(run, 'ADD', 'client jwt successfully added');
}

export function jwtUpdate(run: UaacRun): Promise<void> {
  return changeJwt(run, 'UPDATE', 'client jwt successfully set');
}

export function jwtDelete(run: UaacRun): Promise<void> {
  return changeJwt(run, 'DELETE', 'client jwt successfully deleted');
}

async function changeJwt(
  run: UaacRun,
  mode: 'ADD' | 'UPDATE' | 'DELETE',
  message: string,
): Promise<void> {
  const { options } = run;
  const jwts = await createResource(run, createClientJwts);
  const id = await readArgument(run, 0, 'Client ID');
  await jwts.change(id, mode, {
    jwksUri: mode === 'DELETE' ? '*' : options.text('jwks_uri'),
    jwks: options.text('jwks'),
    issuer: options.text('issuer'),
    subject: options.text('subject'),
    audience: options.text('audience'),
    keyId: options.text('kid'),
  });
  await run.print(message);
}
