import type { Services } from '../app/services.js';

export type SessionNameDeps = Pick<Services, 'options' | 'env' | 'context'>;

/**
 * Returns the name of the Kubernetes session that a command uses: the value of `--context`, which can be
 * the name of a session without a context, or else the name of the selected context.
 */
export async function findSessionName({ options, env, context }: SessionNameDeps): Promise<string> {
  return options().context ?? env.TPKS_CONTEXT ?? (await context()).name;
}
