import { offlineCommands } from '../../faults/recorded-commands.js';

/** Whether the description of a command names the scope that it requires. */
export function namesScope(description: string): boolean {
  return /Requires (?:only )?(?:the scopes?|one of the scopes) [a-z]+\./.test(description);
}

/** The commands that require no scope, by the reason. */
export const commandsWithoutScope: Readonly<Record<string, readonly string[]>> = {
  'sends no request': offlineCommands,
  'lists clusters with the scopes that the user has, and reports missing ones instead of failing': [
    'kubeconfig list',
    'kubeconfig remove',
    'expiry',
  ],
  'the API gives a kubeconfig to every user, and the cluster decides what the user may do': [
    'get-kubeconfig',
  ],
  'verifies tokens from files, and reports the result instead of failing': ['import'],
  'sends requests without a token': [
    'uaa target',
    'uaa info',
    'uaa prompts',
    'uaa signing key',
    'uaa password strength',
  ],
  'gets, renews, checks or revokes its own token': [
    'logout',
    'doctor',
    'status',
    'token',
    'kube-credential',
    'context delete',
    'uaa token client get',
    'uaa token owner get',
    'uaa token sso get',
    'uaa token authcode get',
    'uaa token implicit get',
    'uaa token get',
    'uaa token refresh',
    'uaa token decode',
  ],
  'the scope depends on the path of the request': ['curl', 'uaa curl'],
};
