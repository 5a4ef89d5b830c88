import { formatVersionOutput } from '../base/version.js';
import { findOption, type UaacOption } from './options.js';
import type { UaacRun } from './uaac-run.js';

/**
 * Runs a command and prints its result.
 * @throws {UaacError} with the text that `uaac` prints; `TpksError` for other failures.
 */
export type UaacAction = (run: UaacRun) => Promise<void>;

export interface UaacCommand {
  readonly words: readonly string[];
  /** The arguments as help shows them, e.g. `[name] [users...]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: readonly UaacOption[];
  readonly load: () => Promise<UaacAction>;
}

export interface UaacTopic {
  readonly title: string;
  /** Other names of the topic, in lower case. */
  readonly synonyms: readonly string[];
  readonly commands: readonly UaacCommand[];
}

type Row<Name> = readonly [
  /** Its words and arguments, e.g. `user get [name]`. */
  template: string,
  summary: string,
  /** Names of its options, separated by spaces. */
  options: string,
  /** The name of the exported function that runs it. */
  action: Name,
];

function commandsOf<Name extends string>(
  load: () => Promise<NoInfer<Readonly<Record<Name, UaacAction>>>>,
  rows: readonly Row<Name>[],
): readonly UaacCommand[] {
  return rows.map(([template, summary, options, action]) => {
    const [words = '', usage = ''] = template.split(/ (?=\[)(.*)/s);
    return {
      words: words.split(' '),
      usage,
      summary,
      options: options.split(' ').filter(Boolean).map(findOption),
      load: async () => (await load())[action],
    };
  });
}

/** Prints the version in the format of the original. */
async function version({ print }: UaacRun): Promise<void> {
  await print(formatVersionOutput('uaac'));
}

/** Prints all commands, or the help of a topic or a command. */
async function help({ args, print, formatHelp }: UaacRun): Promise<void> {
  await print(...(formatHelp(args) ?? []));
}

const texts = () => Promise.resolve({ version, help });
const contexts = () => import('./context-commands.js');
const server = () => import('./info-commands.js');
const tokens = () => import('./token-commands.js');
const users = () => import('./user-commands.js');
const groups = () => import('./group-commands.js');
const clients = () => import('./client-commands.js');
const requests = () => import('./curl-command.js');

const profile = 'origin given_name family_name emails phones';

const clientAttributes =
  'name scope authorized_grant_types authorities access_token_validity refresh_token_validity ' +
  'redirect_uri autoapprove allowpublic allowedproviders signup_redirect_url required_user_groups';

const jwtTrust = 'jwks issuer subject audience';

/** The commands of `uaac`, in its own order. @see uaac, section 5 */
export const topics: readonly UaacTopic[] = [
  {
    title: 'Miscellaneous',
    synonyms: ['miscellaneous', 'misc'],
    commands: [
      ...commandsOf(texts, [
        ['version', 'Print the version', '', 'version'],
        ['help [topic|command...]', 'Show help for a topic or a command', '', 'help'],
      ]),
      ...commandsOf(contexts, [
        [
          'target [uaa_url]',
          'Show or set the current target',
          'force ca-cert skip-ssl-validation basic_auth',
          'target',
        ],
        ['targets', 'List the targets', '', 'targets'],
        ['context [name]', 'Show or select the current context', '', 'context'],
        ['contexts', 'List the contexts of all targets', '', 'contexts'],
      ]),
    ],
  },
  {
    title: 'System Information',
    synonyms: ['system', 'information', 'sys', 'info'],
    commands: commandsOf(server, [
      ['info', 'Show information about the target', '', 'info'],
      ['me', 'Show the user of the current token', '', 'me'],
      ['prompts', 'Show the prompts for credentials', '', 'prompts'],
      ['signing key', 'Show the key that tokens are signed with', 'client secret', 'signingKey'],
      ['password strength [password]', 'Show the strength of a password', '', 'passwordStrength'],
    ]),
  },
  {
    title: 'Tokens',
    synonyms: ['tokens', 'token', 'login'],
    commands: [
      ...commandsOf(tokens, [
        [
          'token get [credentials...]',
          'Get a token with the values that the UAA prompts for',
          'client scope',
          'get',
        ],
        ['token client get [id]', 'Get a token for a client', 'secret scope', 'clientGet'],
        [
          'token owner get [client] [user]',
          'Get a token with the password of a user',
          'secret password scope',
          'ownerGet',
        ],
        [
          'token sso get [client]',
          'Get a token with a one-time passcode',
          'secret passcode scope',
          'ssoGet',
        ],
        [
          'token refresh [refreshtoken]',
          'Get a new token with a refresh token',
          'client secret scope',
          'refresh',
        ],
        [
          'token authcode get',
          'Get a token by logging in with a browser',
          'client secret scope cf port',
          'authcodeGet',
        ],
        [
          'token implicit get',
          'Get a token by logging in with a browser, without a secret',
          'client scope cf port',
          'implicitGet',
        ],
      ]),
      ...commandsOf(server, [
        [
          'token decode [token] [tokentype]',
          'Show the claims of a token; with a client and its secret, the UAA checks the token',
          'key client secret',
          'decode',
        ],
      ]),
      ...commandsOf(contexts, [
        ['token delete [contexts...]', 'Delete contexts and their tokens', 'all', 'tokenDelete'],
      ]),
    ],
  },
  {
    title: 'User Accounts',
    synonyms: ['user', 'accounts', 'account'],
    commands: commandsOf(users, [
      ['users [filter]', 'List users', 'attributes start count', 'users'],
      ['user get [name]', 'Show a user', 'origin attributes', 'get'],
      ['user add [name]', 'Create a user', `${profile} password`, 'add'],
      ['user update [name]', 'Update a user', `${profile} del_attrs`, 'update'],
      ['user delete [name]', 'Delete a user', 'origin', 'remove'],
      ['user ids [username|id...]', 'Show the ids of users', '', 'ids'],
      ['user unlock [name]', 'Unlock a user', '', 'unlock'],
      ['user deactivate [name]', 'Prevent a user from logging in', '', 'deactivate'],
      ['user activate [name]', 'Allow a user to log in again', '', 'activate'],
      ['password set [name]', 'Set the password of a user', 'password', 'setPassword'],
      [
        'password change',
        'Change the password of the current user',
        'old_password password',
        'changePassword',
      ],
    ]),
  },
  {
    title: 'Groups',
    synonyms: ['groups', 'group'],
    commands: commandsOf(groups, [
      ['groups [filter]', 'List groups', 'attributes start count', 'groups'],
      ['group get [name]', 'Show a group', 'attributes', 'get'],
      ['group add [name]', 'Create a group', '', 'add'],
      ['group delete [name]', 'Delete a group', '', 'remove'],
      ['group mappings', 'List the mappings of external groups', 'start count', 'mappings'],
      ['group map [external_group]', 'Map an external group', 'id name origin', 'map'],
      [
        'group unmap [group_name] [external_group]',
        'Remove the mapping of an external group',
        'origin',
        'unmap',
      ],
      ['member add [name] [users...]', 'Add members to a group', '', 'addMembers'],
      ['member delete [name] [users...]', 'Remove members from a group', '', 'removeMembers'],
    ]),
  },
  {
    title: 'Client Application Registrations',
    synonyms: ['client', 'application', 'registrations', 'reg'],
    commands: commandsOf(clients, [
      ['clients [filter]', 'List clients', 'attributes start count', 'clients'],
      ['client get [id]', 'Show a client', 'attributes', 'get'],
      ['client add [id]', 'Create a client', `${clientAttributes} clone secret interactive`, 'add'],
      [
        'client update [id]',
        'Update a client',
        `${clientAttributes} del_attrs interactive`,
        'update',
      ],
      ['client delete [id]', 'Delete a client', '', 'remove'],
      ['secret set [id]', 'Set the secret of a client', 'secret', 'setSecret'],
      [
        'secret change',
        'Change the secret of the current client',
        'old_secret secret',
        'changeSecret',
      ],
      ['client jwt add [id]', 'Add a JWT trust to a client', `jwks_uri ${jwtTrust}`, 'addJwt'],
      [
        'client jwt update [id]',
        'Replace the JWT trust of a client',
        `jwks_uri ${jwtTrust}`,
        'updateJwt',
      ],
      [
        'client jwt delete [id]',
        'Remove a JWT trust from a client',
        `kid ${jwtTrust}`,
        'deleteJwt',
      ],
    ]),
  },
  {
    title: 'CURL',
    synonyms: ['curl'],
    commands: commandsOf(requests, [
      [
        'curl [path]',
        'Send a request to the UAA with the current token',
        'request data header insecure cacert bodyonly',
        'curl',
      ],
    ]),
  },
];

/** Finds the first command whose words begin the command line, as `uaac` does. */
export function findCommand(words: readonly string[]): UaacCommand | undefined {
  return topics
    .flatMap(({ commands }) => commands)
    .find((command) => command.words.every((word, index) => words[index] === word));
}

/** The number of arguments that a command accepts; `Infinity` if its last argument is repeatable. */
export function countArguments({ usage }: UaacCommand): number {
  if (usage === '') return 0;
  return usage.endsWith('...]') ? Infinity : usage.split(' ').length;
}
