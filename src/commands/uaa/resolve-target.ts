import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { type Context, type UaaOnly } from '../../domain/contexts/context.js';
import { resolveContext } from '../../domain/contexts/identity.js';
import { createTargetHints } from '../../domain/contexts/login-command.js';

export type TargetDeps = Pick<
  Services,
  'terminal' | 'settings' | 'options' | 'env' | 'reportFormerTarget'
>;

/** The UAA that a command talks to, with the API that accepts its tokens if that is known. */
export type ResolvedTarget = Context | UaaOnly;

/**
 * Finds the UAA that a command talks to, in this order: `--context` or `TPKS_CONTEXT`, `TPKS_UAA_URL`
 * or `TPKS_API`, the current installation.
 * @throws {TpksError} `usage` if no target is set, and errors of {@link findTarget}.
 */
export async function requireTarget(deps: TargetDeps): Promise<ResolvedTarget> {
  const target = await findTarget(deps);
  if (target !== undefined) return target;
  throw new TpksError('usage', 'no target set', {
    hint: 'use tpks uaa target https://api.example.com:8443 or tpks login -a api.example.com',
  });
}

/**
 * Like {@link requireTarget}, for commands that also work without a target.
 * @returns `undefined` if no target is set.
 * @throws {TpksError} `usage` if the UAA and the API belong to different installations; `notFound` for
 *   an unknown context.
 */
export async function findTarget(deps: TargetDeps): Promise<ResolvedTarget | undefined> {
  const { options, env } = deps;
  await deps.reportFormerTarget();
  const flags = { context: options().context };
  const selector = { role: 'uaa', acceptsOtherRole: true } as const;
  const target = resolveContext({ settings: await deps.settings.read(), env, flags, ...selector });
  return target && { ...target, ...createTargetHints(target.uaa) };
}
