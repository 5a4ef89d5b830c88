import { attributeNames } from '../api/uaa/client-attributes.js';
import {
  commandOptions,
  globalOptions,
  profileOptions,
  type CommandOptionName,
  type UaacOption,
} from './options.js';
import type { UaacRun } from './uaac-run.js';

/**
 * Runs a command and prints its result.
 * @throws {UaacError} with the text that `uaac` prints; `TpksError` for other failures.
 */
type UaacAction = (run: UaacRun) => Promise<void>;

export interface UaacCommand {
  readonly words: readonly string[];
  /** The arguments as help shows them, e.g. `[name]` and `[users...]`. */
  readonly arguments: readonly string[];
  readonly summary: string;
  readonly options: readonly UaacOption[];
  readonly load: () => Promise<UaacAction>;
}

interface UaacTopic {
  readonly title: string;
  /** Other names of the topic, in lower case. */
  readonly synonyms: readonly string[];
  readonly commands: readonly UaacCommand[];
}

interface Row {
  /** The words and arguments, e.g. `user get [name]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options?: readonly CommandOptionName[];
}

type Actions<Name extends string> = Readonly<Record<Name, UaacAction>>;

/** @param rows - by the name of the exported function that runs the command. */
function commandsOf<Name extends string>(
  load: () => NoInfer<Actions<Name>> | Promise<NoInfer<Actions<Name>>>,
  rows: Readonly<Record<Name, Row>>,
): readonly UaacCommand[] {
  const names = Object.keys(rows) as Name[];
  return names.map((name) => {
    const { usage, summary, options = [] } = rows[name];
    const words = usage.split(' ');
    const end = words.findIndex((word) => word.startsWith('['));
    return {
      words: end === -1 ? words : words.slice(0, end),
      arguments: end === -1 ? [] : words.slice(end),
      summary,
      options: options.map((option) => ({ name: option, ...commandOptions[option] })),
      load: async () => (await load())[name],
    };
  });
}

async function version({ print, services }: UaacRun): Promise<void> {
  await print(services.link.versionText);
}

async function help({ args, print }: UaacRun): Promise<void> {
  await print(...(formatHelp(args) ?? []));
}

const texts = () => ({ version, help });
const contexts = () => import('./context-commands.js');
const server = () => import('./server-commands.js');
const curl = () => import('./curl-command.js');
const tokens = () => import('./token-commands.js');
const users = () => import('./user-commands.js');
const groups = () => import('./group-commands.js');
const clients = () => import('./client-commands.js');

const listOptions: readonly CommandOptionName[] = ['attributes', 'start', 'count'];

const jwtOptions: readonly CommandOptionName[] = ['jwks', 'issuer', 'subject', 'audience'];

/** The commands of `uaac`, in its own order. @see docs/contributing/servers/uaac.md#command-line */
const topics: readonly UaacTopic[] = [
  {
    title: 'Miscellaneous',
    synonyms: ['miscellaneous', 'misc'],
    commands: [
      ...commandsOf(texts, {
        version: { usage: 'version', summary: 'Print the version' },
        help: { usage: 'help [topic|command...]', summary: 'Show help for a topic or a command' },
      }),
      ...commandsOf(contexts, {
        target: {
          usage: 'target [uaa_url]',
          summary: 'Show or set the current target',
          options: ['force', 'ca-cert', 'skip-ssl-validation', 'basic_auth'],
        },
        targets: { usage: 'targets', summary: 'List the targets' },
        context: { usage: 'context [name]', summary: 'Show or select the current context' },
        contexts: { usage: 'contexts', summary: 'List the contexts of all targets' },
      }),
    ],
  },
  {
    title: 'System Information',
    synonyms: ['system', 'information', 'sys', 'info'],
    commands: commandsOf(server, {
      info: { usage: 'info', summary: 'Show information about the target' },
      me: { usage: 'me', summary: 'Show the user of the current token' },
      prompts: { usage: 'prompts', summary: 'Show the prompts for credentials' },
      signingKey: {
        usage: 'signing key',
        summary: 'Show the key that tokens are signed with',
        options: ['client', 'secret'],
      },
      passwordStrength: {
        usage: 'password strength [password]',
        summary: 'Show the strength of a password',
      },
    }),
  },
  {
    title: 'Tokens',
    synonyms: ['tokens', 'token', 'login'],
    commands: [
      ...commandsOf(tokens, {
        get: {
          usage: 'token get [credentials...]',
          summary: 'Get a token with the values that the UAA prompts for',
          options: ['client', 'scope'],
        },
        clientGet: {
          usage: 'token client get [id]',
          summary: 'Get a token for a client',
          options: ['secret', 'scope'],
        },
        ownerGet: {
          usage: 'token owner get [client] [user]',
          summary: 'Get a token with the password of a user',
          options: ['secret', 'password', 'scope'],
        },
        ssoGet: {
          usage: 'token sso get [client]',
          summary: 'Get a token with a one-time passcode',
          options: ['secret', 'passcode', 'scope'],
        },
        refresh: {
          usage: 'token refresh [refreshtoken]',
          summary: 'Get a new token with a refresh token',
          options: ['client', 'secret', 'scope'],
        },
        authcodeGet: {
          usage: 'token authcode get',
          summary: 'Get a token by logging in with a browser',
          options: ['client', 'secret', 'scope', 'cf', 'port'],
        },
        implicitGet: {
          usage: 'token implicit get',
          summary: 'Get a token by logging in with a browser, without a secret',
          options: ['client', 'scope', 'cf', 'port'],
        },
        decode: {
          usage: 'token decode [token] [tokentype]',
          summary:
            'Show the claims of a token; with a client and its secret, the UAA checks the token',
          options: ['key', 'client', 'secret'],
        },
      }),
      ...commandsOf(contexts, {
        tokenDelete: {
          usage: 'token delete [contexts...]',
          summary: 'Delete contexts and their tokens',
          options: ['all'],
        },
      }),
    ],
  },
  {
    title: 'User Accounts',
    synonyms: ['user', 'accounts', 'account'],
    commands: commandsOf(users, {
      users: { usage: 'users [filter]', summary: 'List users', options: listOptions },
      get: { usage: 'user get [name]', summary: 'Show a user', options: ['origin', 'attributes'] },
      add: {
        usage: 'user add [name]',
        summary: 'Create a user',
        options: [...profileOptions, 'password'],
      },
      update: {
        usage: 'user update [name]',
        summary: 'Update a user',
        options: [...profileOptions, 'del_attrs'],
      },
      remove: { usage: 'user delete [name]', summary: 'Delete a user', options: ['origin'] },
      ids: { usage: 'user ids [username|id...]', summary: 'Show the ids of users' },
      unlock: { usage: 'user unlock [name]', summary: 'Unlock a user' },
      deactivate: { usage: 'user deactivate [name]', summary: 'Prevent a user from logging in' },
      activate: { usage: 'user activate [name]', summary: 'Allow a user to log in again' },
      setPassword: {
        usage: 'password set [name]',
        summary: 'Set the password of a user',
        options: ['password'],
      },
      changePassword: {
        usage: 'password change',
        summary: 'Change the password of the current user',
        options: ['old_password', 'password'],
      },
    }),
  },
  {
    title: 'Groups',
    synonyms: ['groups', 'group'],
    commands: commandsOf(groups, {
      groups: { usage: 'groups [filter]', summary: 'List groups', options: listOptions },
      get: { usage: 'group get [name]', summary: 'Show a group', options: ['attributes'] },
      add: { usage: 'group add [name]', summary: 'Create a group' },
      remove: { usage: 'group delete [name]', summary: 'Delete a group' },
      mappings: {
        usage: 'group mappings',
        summary: 'List the mappings of external groups',
        options: ['start', 'count'],
      },
      map: {
        usage: 'group map [external_group]',
        summary: 'Map an external group',
        options: ['id', 'name', 'origin'],
      },
      unmap: {
        usage: 'group unmap [group_name] [external_group]',
        summary: 'Remove the mapping of an external group',
        options: ['origin'],
      },
      addMembers: { usage: 'member add [name] [users...]', summary: 'Add members to a group' },
      removeMembers: {
        usage: 'member delete [name] [users...]',
        summary: 'Remove members from a group',
      },
    }),
  },
  {
    title: 'Client Application Registrations',
    synonyms: ['client', 'application', 'registrations', 'reg'],
    commands: commandsOf(clients, {
      clients: { usage: 'clients [filter]', summary: 'List clients', options: listOptions },
      get: { usage: 'client get [id]', summary: 'Show a client', options: ['attributes'] },
      add: {
        usage: 'client add [id]',
        summary: 'Create a client',
        options: [...attributeNames, 'clone', 'secret', 'interactive'],
      },
      update: {
        usage: 'client update [id]',
        summary: 'Update a client',
        options: [...attributeNames, 'del_attrs', 'interactive'],
      },
      remove: { usage: 'client delete [id]', summary: 'Delete a client' },
      setSecret: {
        usage: 'secret set [id]',
        summary: 'Set the secret of a client',
        options: ['secret'],
      },
      changeSecret: {
        usage: 'secret change',
        summary: 'Change the secret of the current client',
        options: ['old_secret', 'secret'],
      },
      addJwt: {
        usage: 'client jwt add [id]',
        summary: 'Add a JWT trust to a client',
        options: ['jwks_uri', ...jwtOptions],
      },
      updateJwt: {
        usage: 'client jwt update [id]',
        summary: 'Replace the JWT trust of a client',
        options: ['jwks_uri', ...jwtOptions],
      },
      deleteJwt: {
        usage: 'client jwt delete [id]',
        summary: 'Remove a JWT trust from a client',
        options: ['kid', ...jwtOptions],
      },
    }),
  },
  {
    title: 'CURL',
    synonyms: ['curl'],
    commands: commandsOf(curl, {
      curl: {
        usage: 'curl [path]',
        summary: 'Send a request to the UAA with the current token',
        options: ['request', 'data', 'header', 'insecure', 'cacert', 'bodyonly'],
      },
    }),
  },
];

/** Finds the first command whose words begin the command line, as `uaac` does. */
export function findCommand(words: readonly string[]): UaacCommand | undefined {
  return topics
    .flatMap(({ commands }) => commands)
    .find((command) => command.words.every((word, index) => words[index] === word));
}

/** The number of arguments that a command accepts; `Infinity` if its last argument is repeatable. */
export function countArguments(command: UaacCommand): number {
  const isRepeatable = command.arguments.at(-1)?.endsWith('...]') === true;
  return isRepeatable ? Infinity : command.arguments.length;
}

/**
 * Formats the help for a command or a topic. If there are no words, formats the help for all commands.
 * @returns `undefined` if the words match neither a command nor a topic.
 */
export function formatHelp(words: readonly string[]): readonly string[] | undefined {
  if (words.length === 0) return formatOverview();
  const command = findCommand(words);
  if (command !== undefined) return ['', ...formatCommand(command), ''];
  const names = words.map((word) => word.toLowerCase());
  const topic = topics.find(({ synonyms }) => synonyms.some((name) => names.includes(name)));
  return topic && ['', ...formatTopic(topic), ''];
}

function formatOverview(): readonly string[] {
  return [
    '',
    'UAA Command Line Interface',
    ...topics.flatMap(formatTopic),
    '',
    'Global options:',
    ...globalOptions.map((option) => `  ${formatOption(option)}`),
    '',
    'More commands of tpks for the UAA: tpks uaa --help',
    '',
  ];
}

function formatTopic(topic: UaacTopic): readonly string[] {
  return ['', topic.title, ...topic.commands.flatMap(formatCommand)];
}

/** The column of the descriptions and of the options. */
const optionColumn = 35;

function formatCommand(command: UaacCommand): readonly string[] {
  return [
    ...formatColumns([...command.words, ...command.arguments].join(' '), command.summary),
    ...command.options.map((option) => `${' '.repeat(optionColumn)}${formatOption(option)}`),
  ];
}

/** Puts the text next to the term, or on the next line if the term is too long. */
function formatColumns(term: string, text: string): readonly string[] {
  const start = `  ${term}`;
  return start.length < optionColumn
    ? [`${start.padEnd(optionColumn)}${text}`]
    : [start, `${' '.repeat(optionColumn)}${text}`];
}

function formatOption({ name, letter, kind, value, help: text }: UaacOption): string {
  const long = `--${kind === 'toggle' ? '[no-]' : ''}${name}${value === undefined ? '' : ` ${value}`}`;
  const names = letter === undefined ? long : `-${letter} | ${long}`;
  return text === undefined ? names : `${names}, ${text}`;
}
