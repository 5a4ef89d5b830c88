import { findTarget, type ResolvedTarget } from '../commands/uaa/target/resolve-target.js';
import {
  loadInfo,
  loadPasswordStrength,
  loadSigningKeys,
  loadUserinfo,
} from '../commands/uaa/resources.js';
import { Secret } from '../secret.js';
import type { LoadUaaResource } from '../services/uaa.js';
import { formatVersionOutput } from '../version.js';
import { uaacError } from './uaac-error.js';
import { explainUnknownContext, loadResource, type UaacRun } from './uaac-run.js';

/** Prints the version in the format of the original. */
export async function version({ print }: UaacRun): Promise<void> {
  await print(formatVersionOutput('uaac'));
}

export async function info(run: UaacRun): Promise<void> {
  await run.printTree(await (await loadPublicResource(run, loadInfo)).get());
}

export async function prompts(run: UaacRun): Promise<void> {
  await run.printTree((await (await loadPublicResource(run, loadInfo)).get()).prompts);
}

export async function me(run: UaacRun): Promise<void> {
  await requireUaacTarget(run);
  await run.printTree(await (await loadResource(run, loadUserinfo)).get());
}

/** Shows the current signing key. The UAA returns a shared key only to clients that are allowed to read it. */
export async function signingKey(run: UaacRun): Promise<void> {
  const { options, promptHidden } = run;
  const keys = await loadPublicResource(run, loadSigningKeys);
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
  const strength = await loadPublicResource(run, loadPasswordStrength);
  const password = args[0] ?? (await promptHidden('Password'));
  await run.printTree(await strength.measure(new Secret(password)));
}

/** Returns a client for a resource that needs no token. */
async function loadPublicResource<T>(run: UaacRun, load: LoadUaaResource<T>): Promise<T> {
  return run.services.publicUaaResource(load, await requireUaacTarget(run));
}

async function requireUaacTarget({ services }: UaacRun): Promise<ResolvedTarget> {
  const target = await explainUnknownContext(findTarget(services));
  if (target === undefined) throw uaacError('target not set');
  return target;
}
