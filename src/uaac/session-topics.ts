import { defineCommand, type UaacTopic } from './define-command.js';

const target = () => import('./target-commands.js');
const context = () => import('./context-commands.js');
const info = () => import('./info-commands.js');
const token = () => import('./token-commands.js');

/** Commands for targets, contexts and tokens. @see uaac, section 5 */
export const sessionTopics: readonly UaacTopic[] = [
  {
    title: 'Miscellaneous',
    synonyms: ['miscellaneous', 'misc'],
    commands: [
      defineCommand('version', 'Print the version', '', async () => (await info()).version),
      defineCommand(
        'help [topic|command...]',
        'Show help for a topic or a command',
        '',
        async () => (await import('./help-command.js')).help,
      ),
      defineCommand(
        'target [uaa_url]',
        'Show or set the current target',
        'force ca-cert skip-ssl-validation basic_auth',
        async () => (await target()).target,
      ),
      defineCommand('targets', 'List the targets', '', async () => (await target()).targets),
      defineCommand(
        'context [name]',
        'Show or select the current context',
        '',
        async () => (await context()).context,
      ),
      defineCommand(
        'contexts',
        'List the contexts of all targets',
        '',
        async () => (await context()).contexts,
      ),
    ],
  },
  {
    title: 'System Information',
    synonyms: ['system', 'information', 'sys', 'info'],
    commands: [
      defineCommand(
        'info',
        'Show information about the target',
        '',
        async () => (await info()).info,
      ),
      defineCommand('me', 'Show the user of the current token', '', async () => (await info()).me),
      defineCommand(
        'prompts',
        'Show the prompts for credentials',
        '',
        async () => (await info()).prompts,
      ),
      defineCommand(
        'signing key',
        'Show the key that tokens are signed with',
        'client secret',
        async () => (await info()).signingKey,
      ),
      defineCommand(
        'password strength [password]',
        'Show the strength of a password',
        '',
        async () => (await info()).passwordStrength,
      ),
    ],
  },
  {
    title: 'Tokens',
    synonyms: ['tokens', 'token', 'login'],
    commands: [
      defineCommand(
        'token get [credentials...]',
        'Get a token with the values that the UAA prompts for',
        'client scope',
        async () => (await token()).get,
      ),
      defineCommand(
        'token client get [id]',
        'Get a token for a client',
        'secret scope',
        async () => (await token()).clientGet,
      ),
      defineCommand(
        'token owner get [client] [user]',
        'Get a token with the password of a user',
        'secret password scope',
        async () => (await token()).ownerGet,
      ),
      defineCommand(
        'token sso get [client]',
        'Get a token with a one-time passcode',
        'secret passcode scope',
        async () => (await token()).ssoGet,
      ),
      defineCommand(
        'token refresh [refreshtoken]',
        'Get a new token with a refresh token',
        'client secret scope',
        async () => (await token()).refresh,
      ),
      defineCommand(
        'token authcode get',
        'Get a token by logging in with a browser',
        'client secret scope cf port',
        async () => (await token()).authcodeGet,
      ),
      defineCommand(
        'token implicit get',
        'Get a token by logging in with a browser, without a secret',
        'client scope cf port',
        async () => (await token()).implicitGet,
      ),
      defineCommand(
        'token decode [token] [tokentype]',
        'Show the claims of a token; with a client and its secret, the UAA checks the token',
        'key client secret',
        async () => (await import('./token-decode.js')).decode,
      ),
      defineCommand(
        'token delete [contexts...]',
        'Delete contexts and their tokens',
        'all',
        async () => (await context()).tokenDelete,
      ),
    ],
  },
];
