import { readInfo, readUserinfo } from '../api/uaa/info.js';
import { measurePassword } from '../api/uaa/password-strength.js';
import { createTokenVerifier } from '../api/uaa/token-verification.js';
import { Secret } from '../base/secret.js';
import { findTarget, type ResolvedTarget } from '../commands/uaa/resolve-target.js';
import { UaacError } from './uaac-error.js';
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
  if (clientId === undefined) return run.printTree(await verifier.getSigningKey());
  const clientSecret = await readSecret(run, 'secret', 'Client secret');
  await run.printTree(await verifier.getSigningKey({ clientId, clientSecret }));
}

export async function passwordStrength(run: UaacRun): Promise<void> {
  const { args, services, promptHidden } = run;
  const target = await requireUaacTarget(run);
  const password = new Secret(args[0] ?? (await promptHidden('Password')));
  await run.printTree(
    await services.publicUaaRequest((send, uaa) => measurePassword(send, uaa, password), target),
  );
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
