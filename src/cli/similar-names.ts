import { setTimeout } from 'node:timers/promises';
import type { Services } from '../app/services.js';
import { rewordError, type TpksError, type UnknownName } from '../base/errors.js';
import { findSimilar } from '../commands/did-you-mean.js';

type Deps = Pick<Services, 'names' | 'settings'>;

/** The kinds whose names are listed, because a user needs one of them and an installation has few. */
const listTitles: Partial<Record<UnknownName['kind'], string>> = {
  contexts: 'Contexts',
  groups: 'Groups',
  plans: 'Plans',
  'compute-profiles': 'Compute profiles',
  'kubernetes-profiles': 'Kubernetes profiles',
  'network-profiles': 'Network profiles',
};

const maximumListed = 10;

/** The command has failed already, so its user must not wait for a slow server. */
const maximumMilliseconds = 3000;

/** Adds similar names to the hint of an error about a name that does not exist. */
export async function withSimilarNames(
  error: TpksError,
  unknownName: UnknownName,
  deps: Deps,
): Promise<TpksError> {
  const limit = setTimeout(maximumMilliseconds, [], { ref: false });
  const known = await Promise.race([readNames(unknownName, deps), limit]).catch(() => []);
  // A name that exists is not the cause of the error.
  if (known.some((each) => each.name === unknownName.name)) return error;
  const line = formatNames(unknownName, known);
  return line === '' ? error : rewordError(error, { hint: createHint(line, error) });
}

function createHint(line: string, { kind, hint }: TpksError): string {
  // The hint of another error was written for another cause, e.g. a server that is too old.
  return kind !== 'notFound' || hint === undefined ? line : `${line}\n${hint}`;
}

interface KnownName {
  readonly name: string;
  /** What a user can type instead of the name. */
  readonly shortName?: string;
}

async function readNames(
  { kind, context, list }: UnknownName,
  { names, settings }: Deps,
): Promise<readonly KnownName[]> {
  if (kind === 'contexts') {
    const { contexts } = await settings.read();
    return Object.entries(contexts).map(([name, { identity }]) => ({ name, shortName: identity }));
  }
  const cached = context === undefined ? [] : names(kind).read(context);
  const found = cached.length > 0 ? cached : ((await list?.()) ?? []);
  return found.map((name) => ({ name }));
}

/** Formats e.g. `Plans: small, medium. Did you mean small?`; empty if there is nothing to suggest. */
function formatNames({ kind, name }: UnknownName, known: readonly KnownName[]): string {
  const title = listTitles[kind];
  const similar = findSimilarName(name, known);
  const question = similar === undefined ? '' : `Did you mean ${similar}?`;
  const rest = known.length - maximumListed;
  // A long list helps only if no name is similar.
  if (title === undefined || known.length === 0 || (rest > 0 && question !== '')) return question;
  const names = known.slice(0, maximumListed).map((each) => each.name);
  const more = rest > 0 ? `, and ${String(rest)} more` : '';
  return `${title}: ${names.join(', ')}${more}. ${question}`.trimEnd();
}

function findSimilarName(name: string, known: readonly KnownName[]): string | undefined {
  const full = findSimilar(
    name,
    known.map((each) => each.name),
  );
  if (full !== undefined) return full;
  const short = findSimilar(
    name,
    known.flatMap(({ shortName }) => shortName ?? []),
  );
  return known.find(({ shortName }) => short !== undefined && shortName === short)?.name;
}
