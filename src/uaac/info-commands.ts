import { findTarget, type ResolvedTarget } from '../commands/uaa/targets.js';
import { Secret } from '../secret.js';
import type { CreateUaaResource } from '../services/uaa.js';
import { formatVersionOutput } from '../version.js';
import { uaacError } from './uaac-error.js';
import { explainUnknownContext, createResource, type UaacRun } from './uaac-run.js';
import { createInfoEndpoint } from '../uaa/info.js';
import { createPasswordStrength, createUserinfoEndpoint } from '../uaa/user-accounts.js';
import { createSigningKeys } from '../uaa/tokens/token-keys.js';

/** Prints the version in the format of the original. */
export async function version({ print }: UaacRun): Promise<void> {
  await print(formatVersionOutput('uaac'));
}

export async function info(run: UaacRun): Promise<void> {
  await run.printTree(await (await loadPublicResource(run, createInfoEndpoint)).get());
}

export async function prompts(run: UaacRun): Promise<void> {
  await run.printTree((await (await loadPublicResource(run, createInfoEndpoint)).get()).prompts);
}

export async function me(run: UaacRun): Promise<void> {
  await requireUaacTarget(run);
  await run.printTree(await (await createResource(run, createUserinfoEndpoint)).get());
}

/** Shows the current signing key. The UAA returns a shared key only to clients that are allowed to read it. */
export async function signingKey(run: UaacRun): Promise<void> {
  const { options, promptHidden } = run;
  const keys = await loadPublicResource(run, createSigningKeys);
  const clientId = options.text('client');
  const reader =
    clientId === undefined
      ? undefined
      : {
          clientId,
          clientSecret: new Secret(options.text('secret') ?? (await promptHidden('Client secret'))),
        };
  await run.printTree(await keys.getCurrent(reader));
}

export async function passwordStrength(run: UaacRun): Promise<void> {
  const { args, promptHidden } = run;
  const strength = await loadPublicResource(run, createPasswordStrength);
  const password = args[0] ?? (await promptHidden('Password'));
  await run.printTree(await strength.measure(new Secret(password)));
}

/** Returns a client for a resource that needs no token. */
async function loadPublicResource<T>(run: UaacRun, load: CreateUaaResource<T>): Promise<T> {
  return run.services.publicUaaResource(load, await requireUaacTarget(run));
}

async function requireUaacTarget({ services }: UaacRun): Promise<ResolvedTarget> {
  const target = await explainUnknownContext(findTarget(services));
  if (target === undefined) throw uaacError('target not set');
  return target;
}
