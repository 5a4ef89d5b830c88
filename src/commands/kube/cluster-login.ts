import type { Services } from '../../app/services.js';
import type { LoginMethod } from '../../domain/auth/login.js';
import type { Token } from '../../domain/auth/token.js';
import type { Installation } from '../../domain/contexts/installation.js';
import type { Trust } from '../../platform/http/send.js';
import { findCredentials, withPasscodeFallback } from '../session/credentials.js';
import type { LoginFlags } from '../session/login-options.js';
import type { PrintLines } from './write-kubeconfig.js';

export type ClusterLoginDeps = Pick<
  Services,
  'terminal' | 'env' | 'options' | 'secrets' | 'publicUaaRequest' | 'logins' | 'requestUserToken'
>;

/** Adds the password sources of the original CLI to the options. @see kubernetes, section 5 */
export function withPasswordSources<Flags extends LoginFlags>(
  flags: Flags,
  printLines: PrintLines,
): Flags {
  return {
    ...flags,
    passwordSources: {
      fileFlag: undefined,
      pksVariables: ['PKS_USER_PASSWORD', 'TKGI_USER_PASSWORD'],
      // The wording of the original CLI.
      onPksVariable: (name) => printLines(`${name} is set. Reading password from ${name}`),
      acceptsPipe: true,
    },
  };
}

/**
 * Finds the credentials of the user, and requests a token for the API or for clusters.
 * @throws {TpksError} `unauthenticated` if the UAA rejects the credentials; `usage` if a credential is
 *   missing and the user cannot be prompted.
 */
export function logInAsUser(
  recipient: 'api' | 'cluster',
  method: LoginMethod,
  flags: LoginFlags & { readonly ssoCommand: string },
  target: Installation & Trust,
  deps: ClusterLoginDeps,
): Promise<Token> {
  return withPasscodeFallback(
    method,
    async (usedMethod) => {
      const { grant } = await findCredentials(usedMethod, flags, target, deps);
      return deps.requestUserToken(recipient, target, grant, flags.ssoCommand);
    },
    deps.terminal,
  );
}
