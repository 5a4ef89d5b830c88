import type { Command } from 'commander';
import type { Services } from '../../app/services.js';

type Deps = SessionNameDeps & Pick<Services, 'terminal' | 'createClusterCredential'>;

export const description =
  'Print an ID token for the clusters of a context, in the JSON format for kubectl credential plugins. ' +
  'An expired token is renewed first. kubectl runs this command. --context also accepts the name ' +
  'of a Kubernetes session that `tpks get-kubeconfig` created, such as cody@localhost.';

export const examples = {
  'print the token that kubectl would use': 'tpks kube-credential --context cody@localhost',
};

export function define(command: Command, deps: Deps): void {
  command.action(() => kubeCredential(deps));
}

async function kubeCredential(deps: Deps): Promise<void> {
  // kubectl reads exactly this text, so it depends neither on --output nor on the terminal.
  await deps.terminal.write(await deps.createClusterCredential(await findSessionName(deps)));
}

export type SessionNameDeps = Pick<Services, 'options' | 'env' | 'context'>;

/** Finds the Kubernetes session: `--context` can name one without a context. */
export async function findSessionName({ options, env, context }: SessionNameDeps): Promise<string> {
  return options().context ?? env.TPKS_CONTEXT ?? (await context()).name;
}
