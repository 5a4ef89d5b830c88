import { setTimeout } from 'node:timers/promises';
import type { Services } from '../app/services.js';
import { rewordError, type TpksError, type UnknownName } from '../base/errors.js';
import { isSafeName } from '../base/sanitize.js';
import { findSimilar } from '../commands/did-you-mean.js';

type Deps = Pick<Services, 'names' | 'settings'>;

/** The kinds whose names are all listed: an installation has few, and the user must choose one. */
const listTitles: Partial<Record<UnknownName['kind'], string>> = {
  contexts: 'Contexts',
  groups: 'Groups',
  plans: 'Plans',
  'compute-profiles': 'Compute profiles',
  'kubernetes-profiles': 'Kubernetes profiles',
  'network-profiles': 'Network profiles',
};

const maximumListed = 10;

/** The command has already failed, so the user should not have to wait for a slow server. */
const maximumMilliseconds = 3000;

/** Adds similar names to the hint of an error about a name that does not exist. */
export async function withSimilarNames(
  error: TpksError,
  unknownName: UnknownName,
  deps: Deps,
): Promise<TpksError> {
  const none: ReadonlyMap<string, string> = new Map();
  const limit = setTimeout(maximumMilliseconds, none, { ref: false });
  const known = await Promise.race([readNames(unknownName, deps), limit]).catch(() => none);
  // A name that exists is not the cause of the error.
  if (known.get(unknownName.name) === unknownName.name) return error;
  const line = formatNames(unknownName, known);
  return line === '' ? error : rewordError(error, { hint: createHint(line, error) });
}

function createHint(line: string, { kind, hint }: TpksError): string {
  // The hints of other errors explain a different cause, such as a server that is too old.
  return kind !== 'notFound' || hint === undefined ? line : `${line}\n${hint}`;
}

/** Reads the existing names. The keys are all accepted spellings, the values the names to suggest. */
async function readNames(
  { kind, context, list }: UnknownName,
  { names, settings }: Deps,
): Promise<ReadonlyMap<string, string>> {
  if (kind === 'contexts') {
    const contexts = Object.entries((await settings.read()).contexts);
    const identities = contexts.map(([name, { identity }]) => [identity, name] as const);
    return new Map([...identities, ...contexts.map(([name]) => [name, name] as const)]);
  }
  const cached = context === undefined ? [] : names(kind).read(context);
  const found = cached.length > 0 ? cached : ((await list?.()) ?? []);
  // A name from a server could forge a line of the hint.
  return new Map(found.filter(isSafeName).map((name) => [name, name]));
}

/** Formats e.g. `Plans: small, medium. Did you mean small?`; empty if there is nothing to suggest. */
function formatNames({ kind, name }: UnknownName, known: ReadonlyMap<string, string>): string {
  const title = listTitles[kind];
  const similar = known.get(findSimilar(name, [...known.keys()]) ?? '');
  const question = similar === undefined ? '' : `Did you mean ${similar}?`;
  const names = [...new Set(known.values())];
  const rest = names.length - maximumListed;
  // A long list helps only if no name is similar.
  if (title === undefined || names.length === 0 || (rest > 0 && question !== '')) return question;
  const more = rest > 0 ? `, and ${String(rest)} more` : '';
  return `${title}: ${names.slice(0, maximumListed).join(', ')}${more}. ${question}`.trimEnd();
}
