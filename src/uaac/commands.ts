import { attributeNames } from '../api/uaa/client-attributes.js';
import { contents } from '../commands/uaa/index.js';
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
  /** By default, the summary of the same command of `tpks uaa`. */
  readonly summary: string | undefined;
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
  readonly summary?: string;
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
        version: { usage: 'version' },
        help: { usage: 'help [topic|command...]', summary: 'show help for a topic or a command' },
      }),
      ...commandsOf(contexts, {
        target: {
          usage: 'target [uaa_url]',
          options: ['force', 'ca-cert', 'skip-ssl-validation', 'basic_auth'],
        },
        targets: { usage: 'targets' },
        context: { usage: 'context [name]' },
        contexts: { usage: 'contexts' },
      }),
    ],
  },
  {
    title: 'System Information',
    synonyms: ['system', 'information', 'sys', 'info'],
    commands: commandsOf(server, {
      info: { usage: 'info' },
      me: { usage: 'me' },
      prompts: { usage: 'prompts' },
      signingKey: { usage: 'signing key', options: ['client', 'secret'] },
      passwordStrength: { usage: 'password strength [password]' },
    }),
  },
  {
    title: 'Tokens',
    synonyms: ['tokens', 'token', 'login'],
    commands: [
      ...commandsOf(tokens, {
        get: { usage: 'token get [credentials...]', options: ['client', 'scope'] },
        clientGet: { usage: 'token client get [id]', options: ['secret', 'scope'] },
        ownerGet: {
          usage: 'token owner get [client] [user]',
          options: ['secret', 'password', 'scope'],
        },
        ssoGet: { usage: 'token sso get [client]', options: ['secret', 'passcode', 'scope'] },
        refresh: { usage: 'token refresh [refreshtoken]', options: ['client', 'secret', 'scope'] },
        authcodeGet: {
          usage: 'token authcode get',
          options: ['client', 'secret', 'scope', 'cf', 'port'],
        },
        implicitGet: { usage: 'token implicit get', options: ['client', 'scope', 'cf', 'port'] },
        decode: { usage: 'token decode [token] [tokentype]', options: ['key', 'client', 'secret'] },
      }),
      ...commandsOf(contexts, {
        tokenDelete: { usage: 'token delete [contexts...]', options: ['all'] },
      }),
    ],
  },
  {
    title: 'User Accounts',
    synonyms: ['user', 'accounts', 'account'],
    commands: commandsOf(users, {
      users: { usage: 'users [filter]', options: listOptions },
      get: { usage: 'user get [name]', options: ['origin', 'attributes'] },
      add: { usage: 'user add [name]', options: [...profileOptions, 'password'] },
      update: { usage: 'user update [name]', options: [...profileOptions, 'del_attrs'] },
      remove: { usage: 'user delete [name]', options: ['origin'] },
      ids: { usage: 'user ids [username|id...]' },
      unlock: { usage: 'user unlock [name]' },
      deactivate: { usage: 'user deactivate [name]' },
      activate: { usage: 'user activate [name]' },
      setPassword: { usage: 'password set [name]', options: ['password'] },
      changePassword: { usage: 'password change', options: ['old_password', 'password'] },
    }),
  },
  {
    title: 'Groups',
    synonyms: ['groups', 'group'],
    commands: commandsOf(groups, {
      groups: { usage: 'groups [filter]', options: listOptions },
      get: { usage: 'group get [name]', options: ['attributes'] },
      add: { usage: 'group add [name]' },
      remove: { usage: 'group delete [name]' },
      mappings: { usage: 'group mappings', options: ['start', 'count'] },
      map: { usage: 'group map [external_group]', options: ['id', 'name', 'origin'] },
      unmap: { usage: 'group unmap [group_name] [external_group]', options: ['origin'] },
      addMembers: { usage: 'member add [name] [users...]' },
      removeMembers: { usage: 'member delete [name] [users...]' },
    }),
  },
  {
    title: 'Client Application Registrations',
    synonyms: ['client', 'application', 'registrations', 'reg'],
    commands: commandsOf(clients, {
      clients: { usage: 'clients [filter]', options: listOptions },
      get: { usage: 'client get [id]', options: ['attributes'] },
      add: {
        usage: 'client add [id]',
        options: [...attributeNames, 'clone', 'secret', 'interactive'],
      },
      update: {
        usage: 'client update [id]',
        options: [...attributeNames, 'del_attrs', 'interactive'],
      },
      remove: { usage: 'client delete [id]' },
      setSecret: { usage: 'secret set [id]', options: ['secret'] },
      changeSecret: { usage: 'secret change', options: ['old_secret', 'secret'] },
      addJwt: { usage: 'client jwt add [id]', options: ['jwks_uri', ...jwtOptions] },
      updateJwt: { usage: 'client jwt update [id]', options: ['jwks_uri', ...jwtOptions] },
      deleteJwt: { usage: 'client jwt delete [id]', options: ['kid', ...jwtOptions] },
    }),
  },
  {
    title: 'CURL',
    synonyms: ['curl'],
    commands: commandsOf(curl, {
      curl: {
        usage: 'curl [path]',
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
    ...formatColumns(
      [...command.words, ...command.arguments].join(' '),
      command.summary ?? findSummary(command.words),
    ),
    ...command.options.map((option) => `${' '.repeat(optionColumn)}${formatOption(option)}`),
  ];
}

function findSummary([word, ...others]: readonly string[], entries = contents): string {
  const entry = entries.find(({ name }) => name === word);
  if (entry === undefined || others.length === 0) return entry?.summary ?? '';
  const group = entry.load();
  return 'contents' in group ? findSummary(others, group.contents) : '';
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
