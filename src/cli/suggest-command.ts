import { Command, type Option } from 'commander';
import type { Services } from '../app/services.js';
import { getOwnValue } from '../base/json-value.js';
import { quoteForShell } from '../base/shell-quote.js';
import { defineCommand, type Entry, type Group, type Leaf } from '../commands/contents.js';
import { findSimilar } from '../commands/did-you-mean.js';
import { OptionReader, splitFlag } from '../completion/suggest.js';

/** Words that users of pks, kubectl, gh and cf type, and the command that they mean. */
const knownWords: Readonly<Record<string, string>> = {
  'resize-cluster': 'resize',
  'resize cluster': 'resize',
  'scale cluster': 'resize',
  scale: 'resize',
  'wait cluster': 'wait',
  whoami: 'status',
  'auth whoami': 'status',
  'auth status': 'status',
  'auth logout': 'logout',
  'auth token': 'token',
  'auth switch': 'context use',
  'auth login': 'login',
  auth: 'login',
  api: 'curl',
  'config use-context': 'context use',
  'config get-contexts': 'contexts',
  'config current-context': 'context',
};

/** Verbs with the same meaning. */
const readVerbs = ['get', 'show', 'describe', 'view', 'list', 'ls'];
const verbs = [
  readVerbs,
  ['create', 'add', 'new'],
  ['delete', 'remove', 'rm', 'destroy'],
  ['update', 'edit'],
];

interface Target {
  /** The names of the command and its groups. */
  readonly path: readonly string[];
  readonly part: Leaf | Group;
  readonly groupOptions: readonly Option[];
  /** The number of typed words that the path replaces. */
  readonly used: number;
}

interface SuggestInput {
  readonly contents: readonly Entry[];
  readonly globalOptions: readonly Option[];
  readonly services: Services;
}

/**
 * Suggests a command line for one whose command does not exist, or does not accept its arguments.
 * @param words - the command line, as commander parses it.
 * @returns the command with the other words, without secrets and unknown options; `undefined` if no command is similar.
 */
export async function suggestCommandLine(
  words: readonly string[],
  input: SuggestInput,
): Promise<string | undefined> {
  const reader = new OptionReader();
  reader.addOptions(input.globalOptions);
  const positions = [...words.keys()].filter((index) => reader.readWord(words[index] ?? ''));
  const operands = positions.map((index) => words[index] ?? '');
  // The words that follow each other, because a word after a flag can be its value.
  const leading = positions.filter((position, index) => position === (positions[0] ?? 0) + index);
  const [first, second] = operands;
  if (first === 'version') return 'tpks --version';
  // `cf api` selects the installation, and `gh api` sends a request.
  if (first === 'api' && second !== undefined && /^(?!\/)[^/]*[.:]/.test(second)) {
    return `tpks login -a ${quoteForShell(second)}`;
  }
  const target = await findTarget(operands, leading.length, input.contents);
  if (target === undefined) return undefined;
  const used = new Set(positions.slice(0, target.used));
  const others = words.filter((_word, index) => !used.has(index));
  const line = [...target.path, ...selectRepeatable(others, target, input)];
  return ['tpks', ...line.map((word) => quoteForShell(word))].join(' ');
}

/** The words of a line that are no options, and the command that they select. */
interface TypedCommand {
  readonly operands: readonly string[];
  /** The number of words that follow each other at the start. */
  readonly leading: number;
  readonly contents: readonly Entry[];
  readonly selected: Walk;
  /** The number of words that select a command; the next one is unknown. */
  readonly depth: number;
}

async function findTarget(
  operands: readonly string[],
  leading: number,
  contents: readonly Entry[],
): Promise<Target | undefined> {
  const selected = await walk(operands, contents);
  const depth = operands.length - selected.rest;
  if (selected.rest === 0) return undefined;
  const typed = { operands, leading, contents, selected, depth };
  const found = (await findKnownWords(typed)) ?? (await findInUaa(typed));
  if (found !== undefined || (selected.part && 'define' in selected.part)) return found;
  return (await findByVerb(typed)) ?? findMisspelled(typed);
}

/** Finds a command by its exact path. */
async function findExact(
  path: readonly string[],
  used: number,
  contents: readonly Entry[],
): Promise<Target | undefined> {
  const { rest, part, ...found } = await walk(path, contents);
  return rest === 0 && part ? { ...found, part, used } : undefined;
}

async function findKnownWords({ operands, depth, contents }: TypedCommand) {
  for (const used of [2, 1].filter((count) => count > depth)) {
    const meaning = getOwnValue(knownWords, operands.slice(0, used).join(' '));
    if (meaning !== undefined) return findExact(meaning.split(' '), used, contents);
  }
  return undefined;
}

/** Finds the command of `tpks uaa` that most of the words select, if they select less at the root. */
async function findInUaa({ operands, depth, contents }: TypedCommand): Promise<Target | undefined> {
  const { rest, part, ...found } = await walk(['uaa', ...operands], contents);
  const used = operands.length - rest;
  return part && used > depth ? { ...found, part, used } : undefined;
}

async function findByVerb(typed: TypedCommand): Promise<Target | undefined> {
  const { operands, depth, leading, contents } = typed;
  const [verb = '', noun] = operands.slice(depth);
  const bases = depth === 0 ? [[], ['uaa']] : [operands.slice(0, depth)];
  const candidates = bases.flatMap((base) =>
    listSimilar(verb, noun, leading - depth > 2).map(({ path, used }) => ({
      path: [...base, ...path],
      used: depth + used,
    })),
  );
  const hasNoNoun = depth === 0 && leading <= 2;
  const clusters = hasNoNoun ? listSimilar(verb, 'cluster', leading === 2) : [];
  candidates.push(...clusters.map(({ path }) => ({ path, used: 1 })));
  for (const { path, used } of candidates) {
    const found = await findExact(path, used, contents);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function findMisspelled(typed: TypedCommand): Promise<Target | undefined> {
  const { operands, depth, leading, contents, selected } = typed;
  const [word = '', ...others] = operands.slice(depth);
  const group = operands.slice(0, depth);
  const names = selected.entries.flatMap(({ name, aliases = [], hidden }) =>
    hidden === true ? [] : [name, ...aliases],
  );
  const name = findSimilar(word, names);
  if (name !== undefined) {
    const { part, ...found } = await walk([...group, name, ...others], contents);
    return part && { ...found, part, used: found.path.length };
  }
  const knownVerbs = verbs.flat();
  const verb = knownVerbs.includes(word) ? undefined : findSimilar(word, knownVerbs);
  return verb === undefined
    ? undefined
    : findTarget([...group, verb, ...others], leading, contents);
}

/** Lists the commands that a verb and a noun can mean, e.g. `delete-cluster`, `cluster delete` or `clusters`. */
function listSimilar(verb: string, noun: string | undefined, hasName: boolean) {
  const same = verbs.find((group) => group.includes(verb)) ?? [];
  const spellings = [verb, ...same.filter((other) => other !== verb)];
  const bare = spellings.map((spelling) => ({ path: [spelling], used: 1 }));
  if (noun === undefined) return bare;
  const singular = noun.replace(/s$/, '');
  const nouns = [noun, singular].filter((form, index) => index === 0 || form !== noun);
  const joined = spellings.flatMap((spelling) => nouns.map((form) => [`${spelling}-${form}`]));
  const nested = spellings.flatMap((spelling) => nouns.map((form) => [form, spelling]));
  const read = hasName ? [[singular], [`${singular}s`]] : [[`${singular}s`], [singular]];
  const isRead = readVerbs.includes(verb);
  // `show-cluster` is an alias, but `get clusters` is the list.
  const paths = isRead ? [[`get-${noun}`], ...read, ...joined, ...nested] : [...joined, ...nested];
  return [...paths.map((path) => ({ path, used: 2 })), ...bare];
}

interface Walk {
  readonly path: readonly string[];
  /** The selected command; `undefined` at the root. */
  readonly part: Leaf | Group | undefined;
  /** The commands of the selected group. */
  readonly entries: readonly Entry[];
  readonly groupOptions: readonly Option[];
  /** The number of words that follow the selected command. */
  readonly rest: number;
}

/** Follows words as far as they select a command. */
async function walk(words: readonly string[], contents: readonly Entry[]): Promise<Walk> {
  const path: string[] = [];
  const groupOptions: Option[] = [];
  let entries = contents;
  let part: Leaf | Group | undefined;
  for (const word of words) {
    const entry: Entry | undefined = entries.find(
      ({ name, aliases = [], hidden }) =>
        hidden !== true && (name === word || aliases.includes(word)),
    );
    if (entry === undefined) break;
    path.push(entry.name);
    part = await entry.load();
    entries = [...(part.verbs ?? []), ...('contents' in part ? part.contents : [])];
    if ('contents' in part) groupOptions.push(...(part.options?.() ?? []));
  }
  return { path, part, entries, groupOptions, rest: words.length - path.length };
}

/** Selects the words that the command accepts and that are not secrets. */
function selectRepeatable(
  words: readonly string[],
  { part, groupOptions }: Target,
  { globalOptions, services }: SuggestInput,
): string[] {
  const command = new Command();
  if ('define' in part) defineCommand(command, part, services);
  const { registeredArguments: places } = command;
  const firstSecret = places.findIndex((argument) => secretName.test(argument.name()));
  const isUnlimited = firstSecret === -1 && places.at(-1)?.variadic === true;
  const count = firstSecret === -1 ? places.length : firstSecret;
  const maximum = isUnlimited ? Infinity : count;
  const reader = new OptionReader();
  reader.addOptions([...globalOptions, ...groupOptions, ...command.options]);
  const selected: string[] = [];
  let operands = 0;
  let isFlagSelected = false;
  let isAfterUnknownFlag = false;
  for (const word of words) {
    const { pending } = reader;
    const isOperand = reader.readWord(word);
    const isValue = !isOperand && (pending?.needed === true || !/^-./.test(word));
    if (isValue) {
      if (isFlagSelected) selected.push(word);
    } else if (isOperand) {
      // The word after an unknown flag can be its value.
      if (!isAfterUnknownFlag && operands < maximum) selected.push(word);
      if (!isAfterUnknownFlag) operands += 1;
      isAfterUnknownFlag = false;
    } else {
      const { option, hasValue } = findOption(word, reader);
      isAfterUnknownFlag = option === undefined && !hasValue && word !== '--';
      isFlagSelected = option === undefined ? word === '--' : !isSecret(option);
      if (isFlagSelected) selected.push(word);
    }
  }
  return selected;
}

/** Finds the option of a flag: the last one of combined short flags, which can have a value. */
function findOption(word: string, reader: OptionReader) {
  const { flag, value } = splitFlag(word);
  const exact = reader.find(flag);
  if (exact !== undefined || word.startsWith('--')) {
    return { option: exact, hasValue: value !== undefined };
  }
  for (let index = 1; index < word.length; index += 1) {
    const option = reader.find(`-${word.charAt(index)}`);
    if (option === undefined) break;
    if (option.required || option.optional) return { option, hasValue: true };
    if (index === word.length - 1) return { option, hasValue: false };
  }
  return { option: undefined, hasValue: false };
}

/** The placeholders of options, and the names of arguments, whose values are secret. */
const secretName = /password|credentials|secret|token|code/;

/** A header can contain a token, and a request can contain any secret. */
function isSecret({ flags, long }: Option): boolean {
  const placeholder = /[<[].*$/.exec(flags)?.[0] ?? '';
  return secretName.test(placeholder) || ['--header', '--data', '--key'].includes(long ?? '');
}
