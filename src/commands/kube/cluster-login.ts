import type { Services } from '../../app/services.js';
import type { LoginMethod } from '../../domain/auth/login.js';
import type { Token } from '../../domain/auth/token.js';
import type { Installation } from '../../domain/contexts/installation.js';
import type { Trust } from '../../platform/http/send.js';
import {
  type CredentialOptions,
  findCredentials,
  withPasscodeFallback,
} from '../session/credentials.js';
import type { LoginFlags } from '../session/login-options.js';
import type { PrintLines } from './write-kubeconfig.js';

export type ClusterLoginDeps = Pick<
  Services,
  | 'terminal'
  | 'env'
  | 'options'
  | 'secrets'
  | 'idTokens'
  | 'publicUaaRequest'
  | 'logins'
  | 'requestUserToken'
>;

export interface ClusterCredentialOptions extends CredentialOptions {
  readonly ssoCommand: string;
}

/**
 * Creates options with the password sources of the original CLI.
 * @see docs/contributing/servers/pks-cli.md#credentials
 */
export function createCredentialOptions(
  ssoCommand: string,
  printLines: PrintLines,
): ClusterCredentialOptions {
  return {
    ssoCommand,
    passwordSources: {
      fileFlag: undefined,
      pksVariables: ['PKS_USER_PASSWORD', 'TKGI_USER_PASSWORD'],
      // The wording of the original CLI.
      onPksVariable: (name) => printLines(`${name} is set. Reading password from ${name}`),
      acceptsPipe: true,
    },
  };
}

interface UserLogin {
  readonly recipient: 'api' | 'cluster';
  readonly method: LoginMethod;
  readonly flags: LoginFlags;
  readonly target: Installation & Trust;
  readonly options: ClusterCredentialOptions;
}

/**
 * Finds the credentials of the user, and requests a token for the API or for clusters.
 * @throws {TpksError} `unauthenticated` if the UAA rejects the credentials; `usage` if a credential is
 *   missing and the user cannot be prompted.
 */
export function logInAsUser(
  { recipient, method, flags, target, options }: UserLogin,
  deps: ClusterLoginDeps,
): Promise<Token> {
  return withPasscodeFallback(
    method,
    async (usedMethod) => {
      const { grant } = await findCredentials(usedMethod, flags, target, deps, options);
      return deps.requestUserToken(recipient, target, grant, options.ssoCommand);
    },
    deps.terminal,
  );
}
