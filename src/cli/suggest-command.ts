import { Command } from 'commander';
import type { Services } from '../app/services.js';
import { getOwnValue } from '../base/json-value.js';
import { quoteForShell } from '../base/shell-quote.js';
import type { Entry, Group, Leaf } from '../commands/command-table.js';
import { findSimilar } from '../commands/did-you-mean.js';

/** Maps words that users of pks, kubectl, gh and cf type, joined by hyphens, to the command of tpks. */
const knownWords: Readonly<Record<string, string>> = {
  'resize-cluster': 'resize',
  'scale-cluster': 'resize',
  scale: 'resize',
  'wait-cluster': 'wait',
  plan: 'plans',
  whoami: 'status',
  'auth-whoami': 'status',
  'auth-status': 'status',
  'auth-logout': 'logout',
  'auth-token': 'token',
  'auth-switch': 'context use',
  auth: 'login',
  api: 'curl',
  'use-context': 'context use',
  'context-switch': 'context use',
  'config-use-context': 'context use',
  'config-get-contexts': 'contexts',
  'config-current-context': 'context',
};

const listVerbs = ['list', 'get', 'ls'];
const readVerbs = [...listVerbs, 'show', 'describe', 'view'];
const verbs = [
  readVerbs,
  ['create', 'add', 'new'],
  ['delete', 'del', 'remove', 'rm', 'destroy'],
  ['update', 'edit'],
];

/** Finds the verbs with the same meaning; empty if the word is not a verb. */
function findSynonyms(word: string): readonly string[] {
  return verbs.find((group) => group.includes(word)) ?? [];
}

interface SuggestInput {
  readonly contents: readonly Entry[];
  readonly services: Services;
}

/**
 * Suggests a command line for one whose command does not exist, or does not accept its arguments.
 * @param typed - the command line without global options.
 * @returns the command, with its arguments before the first option or secret; `undefined` if no command is similar.
 */
export async function suggestCommandLine(
  typed: readonly string[],
  input: SuggestInput,
): Promise<string | undefined> {
  // The value of an option can be secret, and a URL can contain a password.
  const end = typed.findIndex((word) => /^-|:.*@/.test(word));
  const words = end === -1 ? typed : typed.slice(0, end);
  const [first, second = ''] = typed;
  if (first === 'version') return 'tpks --version';
  // `cf api` selects the installation, and `gh api` sends a request.
  if (first === 'api' && /^(?!\/)[^/]*[.:]/.test(second)) {
    return formatLine(words.length === 1 ? ['login'] : ['login', '-a', second]);
  }
  const target = await findTarget(words, input);
  if (target === undefined) return undefined;
  const operands = target.rest.slice(0, countArguments(target.part, input.services));
  return formatLine([...target.path, ...operands]);
}

function formatLine(words: readonly string[]): string {
  return ['tpks', ...words.map((word) => quoteForShell(word))].join(' ');
}

/** Finds the command that the words mean; `undefined` if they select one exactly, or none is similar. */
async function findTarget(words: readonly string[], { contents, services }: SuggestInput) {
  const selected = await walk(words, contents);
  let fallback: Walk | undefined;
  for (const { path, others } of selected.rest.length === 0 ? [] : listMeanings(selected)) {
    const found = await walk([...path, ...others], contents);
    if (found.path.length < path.length) continue;
    if (found.rest.length <= countArguments(found.part, services)) return found;
    fallback ??= found;
  }
  return fallback;
}

/** Lists the paths that the typed words can mean, best first, each with the words that follow it. */
function listMeanings({ path, part, entries, rest }: Walk) {
  const depth = path.length;
  const [typed = '', ...afterTyped] = rest;
  const [word = '', ...afterWord] = splitVerb(rest);
  const [typedNoun = '', ...afterNoun] = afterWord;
  const meanings = [2, 1].flatMap((used) => {
    const meaning = getOwnValue(knownWords, [...path, ...rest].slice(0, used).join('-'));
    if (meaning === undefined || used <= depth) return [];
    return [{ path: meaning.split(' '), others: rest.slice(used - depth) }];
  });
  meanings.push({ path: ['uaa', ...path, word], others: afterWord });
  if (part && 'define' in part && entries.length === 0) {
    // For example, `clusters list`.
    return listVerbs.includes(typed) ? [...meanings, { path, others: afterTyped }] : meanings;
  }
  meanings.push(
    ...findSynonyms(word).map((name) => ({ path: [...path, name], others: afterWord })),
  );
  const nouns = [{ noun: typedNoun, others: afterNoun }];
  // In `kubectl get nodes`, the second word is not the name of a cluster.
  const isCluster = depth === 0 && afterWord.length <= (listVerbs.includes(word) ? 0 : 1);
  if (isCluster) nouns.push({ noun: 'cluster', others: afterWord });
  for (const { noun, others } of nouns) {
    const found = listByVerb(word, noun, others.length > 0);
    const bases = depth === 0 ? [[], ['uaa']] : [path];
    meanings.push(
      ...bases.flatMap((base) => found.map((names) => ({ path: [...base, ...names], others }))),
    );
  }
  const name = findMisspelled(typed, entries);
  if (name !== undefined) meanings.push({ path: [...path, name], others: afterTyped });
  // For example, `context NAME`.
  if (entries.some((entry) => entry.name === 'use')) {
    meanings.push({ path: [...path, 'use'], others: rest });
  }
  return meanings;
}

/** Splits e.g. `delete-user` into `delete` and `user`. */
function splitVerb([word = '', ...others]: readonly string[]): string[] {
  const [verb = '', ...noun] = word.split('-');
  const isSplit = noun.length > 0 && findSynonyms(verb).length > 0;
  return isSplit ? [verb, noun.join('-'), ...others] : [word, ...others];
}

/** Lists the commands that a verb and a noun can mean, e.g. `delete-cluster`, `cluster delete` or `clusters`. */
function listByVerb(verb: string, noun: string, hasName: boolean): string[][] {
  const singular = noun.replace(/s$/, '');
  const plural = `${singular}s`;
  const pairs = [verb, ...findSynonyms(verb)].flatMap((same) => [
    [same, noun],
    [same, singular],
  ]);
  const all = [...pairs.map((pair) => [pair.join('-')]), ...pairs.map((pair) => pair.toReversed())];
  if (!readVerbs.includes(verb)) return all;
  // `show-cluster` is an alias, but `get clusters` is the list.
  const lists = hasName ? [[singular]] : [[plural], [singular]];
  return [[`get-${noun}`], ...lists, ...all, [plural]];
}

/** Finds the only name that starts with the word; otherwise, the most similar name. */
function findMisspelled(word: string, entries: readonly Entry[]): string | undefined {
  if (findSynonyms(word).length > 0) return undefined;
  const names = entries.flatMap(({ name, aliases = [], hidden }) =>
    hidden === true ? [] : [name, ...aliases],
  );
  const matches = names.filter((name) => word.length > 2 && name.startsWith(word));
  return matches.length === 1 ? matches[0] : findSimilar(word, names);
}

type Walk = Awaited<ReturnType<typeof walk>>;

/** Selects a command with as many of the words as possible. @returns the command, its subcommands and verbs, and the remaining words. */
async function walk(words: readonly string[], contents: readonly Entry[]) {
  const path: string[] = [];
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
  }
  return { path, part, entries, rest: words.slice(path.length) };
}

/** Counts the arguments of a command up to the first one that is secret. */
function countArguments(part: Walk['part'], services: Services): number {
  if (!part || 'contents' in part) return 0;
  const command = new Command();
  part.define(command, services);
  const declared = command.registeredArguments;
  const secret = declared.findIndex((place) =>
    /password|credentials|secret|token|code/.test(place.name()),
  );
  if (secret !== -1) return secret;
  return declared.at(-1)?.variadic === true ? Infinity : declared.length;
}
