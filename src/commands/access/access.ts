import { Argument, type Command, Option } from 'commander';
import { isSameName } from '../../api/uaa/filters.js';
import { createTokenRecords } from '../../api/uaa/token-records.js';
import type { Services } from '../../app/services.js';
import { formatInstant } from '../../base/clock.js';
import { version } from '../../base/version.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { redact } from '../../base/secret.js';
import { readBaseline } from '../../domain/access-review/baseline.js';
import { writeAccessPage } from '../../domain/access-review/page-file.js';
import {
  type AccessReport,
  type ListedRefreshToken,
  type ReviewedIdentity,
  type Severity,
  severities,
} from '../../domain/access-review/report.js';
import type { Review } from '../../domain/access-review/review.js';
import type { Context } from '../../domain/contexts/context.js';
import { withFileNames, withUaaNames } from '../completers.js';
import { parseDays } from '../option-values.js';
import { addListOptions } from '../resource/list-command.js';
import { type ListFlags, selectRows, showList, validateColumns } from '../resource/list.js';
import { toFileInput, withInputFile } from '../stdin-inputs.js';
import { type ExplainedIdentity, formatIdentities } from './identity-view.js';
import { formatAccessPage } from './page.js';
import { findingList, identityList, type IdentityRow, scopeList } from './lists.js';
import {
  type ContextReview,
  type Failure,
  readReviews,
  type ReviewDeps,
  type ReviewOptions,
} from './reviews.js';

interface Flags extends ListFlags, ReviewOptions {
  readonly name?: string | undefined;
  readonly origin?: string;
  readonly scope?: string;
  readonly all?: boolean;
  readonly findings?: boolean;
  readonly severity?: Severity;
  readonly exitCode?: boolean;
  readonly baseline?: string;
  readonly html?: string;
}

export const description =
  'List the users and clients that have more permissions than the default groups grant, with their ' +
  'findings. With a name, show where each permission of that user or client comes from. Changes ' +
  'nothing. Requires the scopes scim.read, clients.read and idps.read. To list the refresh tokens of a ' +
  'user, tokens.list is also required.';

export const examples = {
  'list who can do what': 'tpks access',
  'show where the permissions of cody come from': 'tpks access cody',
  'list the administrators of all clusters': 'tpks access --scope pks.clusters.admin',
  'write a report for auditors': 'tpks access --html report.html',
  'fail a CI job if there are new findings':
    'tpks access --findings --exit-code --baseline accepted.yml',
};

export function define(command: Command, deps: ReviewDeps): void {
  addListOptions(command, identityList(true, true))
    .addArgument(withUaaNames(new Argument('[name]', 'user or client to show'), 'users'))
    .option('--origin <origin>', 'identity provider of the user, if the name is ambiguous')
    .addOption(
      withUaaNames(
        new Option(
          '--scope <scope>',
          'list only the users and clients that have this scope',
        ).conflicts('findings'),
        'groups',
      ),
    )
    .option('--all', 'also list users and clients without permissions')
    .option('--kubernetes', 'also list the role bindings of users and groups in all clusters')
    .option('--all-contexts', 'review every installation with a stored context')
    .addOption(
      withFileNames(
        new Option('--html <path>', 'write the report as an HTML page, for auditors').conflicts([
          'scope',
          'findings',
        ]),
      ),
    );
  command
    .optionsGroup('Findings:')
    .option('--findings', 'list the findings, with the commands that correct them')
    .addOption(
      new Option('--stale <days>', 'report users who have not logged in for this long')
        .default(parseDays('90'), '90d')
        .argParser(parseDays),
    )
    .option(
      '--try-empty-secrets',
      'also find clients with an empty secret, by attempting one login per client',
    )
    .addOption(
      withInputFile(
        new Option(
          '--baseline <path>',
          'omit the accepted findings in this file (YAML list of id, identity, reason); - for stdin',
        ),
      ),
    )
    .option('--exit-code', 'exit with 3 if there are findings; see --severity')
    .addOption(
      new Option(
        '--severity <severity>',
        'lowest severity that --exit-code counts (default: high)',
      ).choices([...severities]),
    )
    .action((name: string | undefined, flags: Flags) => reviewAccess({ name, ...flags }, deps));
}

/** @throws {TpksError} `changes` for findings if `exitCode` is set; `notFound` for an unknown name or scope. */
export async function reviewAccess(input: Flags, deps: ReviewDeps): Promise<void> {
  validateInput(input);
  const baseline =
    input.baseline === undefined
      ? []
      : await readBaseline(toFileInput(input.baseline, '--baseline', deps.terminal));
  const { reviews, failures } = await readReviews(baseline, input, deps);
  const [failure] = failures;
  // An empty list would look like a review without findings.
  if (reviews.length === 0 && failure !== undefined) throw failure.error;
  if (failure === undefined) reportUnusedBaseline(reviews, deps.terminal);
  try {
    await showReviews({ reviews, failures }, input, deps);
  } catch (error) {
    // The name or scope may exist in an installation that could not be reviewed.
    if (isTpksError(error) && error.kind === 'notFound') throw failure?.error ?? error;
    throw error;
  }
  const limit = severities.indexOf(input.severity ?? 'high');
  const count = reviews
    .flatMap((review) => findShown(review, input))
    .filter(({ severity }) => severities.indexOf(severity) >= limit).length;
  if (input.exitCode === true && count > 0) {
    throw new TpksError('changes', `Found ${formatFindingCount(count)}`);
  }
  if (failure !== undefined) throw failure.error;
  if (input.exitCode === true) rejectIncompleteReviews(reviews);
}

/** A CI job must not pass only because the clients or providers were not read. @throws {TpksError} `forbidden` */
function rejectIncompleteReviews(reviews: readonly Review[]): void {
  const [missing] = reviews.flatMap(({ notRead }) => notRead);
  if (missing === undefined) return;
  throw new TpksError('forbidden', `The review is incomplete: the ${missing.what} were not read`, {
    hint: `use a token with the scope ${missing.scope}, or omit --exit-code`,
  });
}

/** Returns the findings to show, e.g. only the findings about one identity, or the ones that match `--filter`. */
function findShown(review: Review, { name, origin, findings, filter = [] }: Flags) {
  if (name !== undefined) {
    return review.identities
      .filter((each) => isNamed(each, { name, origin }))
      .flatMap(({ id }) => review.findingsAbout(id));
  }
  if (findings !== true) return review.findings;
  const { installation } = review;
  const rows = review.findings.map((finding) => ({ installation, ...finding }));
  return selectRows(findingList(true), rows, { filter });
}

/** @throws {TpksError} `usage` for options that cannot be combined, or an unknown column. */
function validateInput(input: Flags): void {
  const { name, scope, findings, html, filter = [] } = input;
  const withoutName = {
    '--scope': scope !== undefined,
    '--findings': findings === true,
    '--html': html !== undefined,
    '-o csv': input.output === 'csv',
    '--columns': input.columns !== undefined,
    '--filter': filter.length > 0,
    '--sort-by': input.sortBy !== undefined,
  };
  const used = Object.entries(withoutName).find(([, isUsed]) => isUsed);
  if (name !== undefined && used !== undefined) {
    throw new TpksError('usage', `A name cannot be combined with ${used[0]}`, {
      hint: 'use -o json, or list all identities: tpks access',
    });
  }
  if (html === '' || html === '-') {
    throw new TpksError('usage', '--html requires a file', {
      hint: 'tpks access --html report.html',
    });
  }
  if (input.severity !== undefined && input.exitCode !== true) {
    throw new TpksError('usage', '--severity requires --exit-code', {
      hint: `to select findings: tpks access --findings --filter severity=${input.severity}`,
    });
  }
  if (input.origin !== undefined && name === undefined) {
    throw new TpksError('usage', '--origin requires the name of a user', {
      hint: 'tpks access NAME --origin ORIGIN',
    });
  }
  if (findings === true) validateColumns(findingList(true), input);
  else
    validateColumns(scope === undefined ? identityList(true, true) : scopeList(true, scope), input);
}

/** Warns about entries that do not match a finding in any installation. */
function reportUnusedBaseline(
  reviews: readonly Review[],
  { warn }: Pick<Services['terminal'], 'warn'>,
): void {
  const [first, ...others] = reviews.map(({ unusedBaseline }) => unusedBaseline);
  for (const entry of first ?? []) {
    if (!others.every((unused) => unused.includes(entry))) continue;
    warn(`the baseline entry ${entry.id} for ${entry.identity} does not match any finding`);
  }
}

async function showReviews(
  { reviews, failures }: { reviews: readonly ContextReview[]; failures: readonly Failure[] },
  input: Flags,
  deps: ReviewDeps,
): Promise<void> {
  const { name, scope, findings, all, allContexts = false, html } = input;
  if (html !== undefined) return writePage(reviews, failures, html, deps);
  if (name !== undefined) return showIdentities(reviews, { ...input, name }, deps);
  const toJson = (rows: readonly IdentityRow[]) => toJsonReport(reviews, rows, input);
  if (findings === true) {
    const rows = reviews.flatMap(({ installation, findings: found }) =>
      found.map((finding) => ({ installation, ...finding })),
    );
    const identities = selectIdentities(reviews, (identity) => identity.findings.length > 0);
    const list = { ...findingList(allContexts), toJson: () => toJson(identities) };
    return showList(list, rows, input, deps);
  }
  if (scope !== undefined) {
    rejectUnknownScope(reviews, scope);
    const complete = reviews.map((review) => ({ ...review, identities: addDefaults(review) }));
    const rows = selectIdentities(complete, ({ permissions }) =>
      permissions.some((permission) => permission.scope === scope),
    );
    if (reviews.some(({ defaults }) => defaults.some((each) => each.scope === scope))) {
      deps.terminal.note(`All users have the scope ${scope}, because it is a default group`);
    }
    return showList({ ...scopeList(allContexts, scope), toJson }, rows, input, deps);
  }
  const rows = selectIdentities(reviews, (identity) => all === true || hasAccess(identity));
  const unread = new Map(
    reviews.map((review) => [review.installation, listUnreadClusters(review).length]),
  );
  const list = { ...identityList(allContexts, input.kubernetes === true, unread), toJson };
  await showList(list, rows, input, deps);
  const count = reviews.reduce((sum, review) => sum + review.findings.length, 0);
  if (count > 0 && (input.exitCode === true || deps.terminal.usesScreen())) {
    deps.terminal.note(`${formatFindingCount(count)}: add --findings to list them`);
  }
}

/** Adds the permissions from default groups to all users. */
function addDefaults({ identities, defaults }: Review): readonly ReviewedIdentity[] {
  return identities.map((identity) =>
    identity.kind === 'user'
      ? { ...identity, permissions: [...identity.permissions, ...defaults] }
      : identity,
  );
}

function listUnreadClusters({ clusters = [] }: AccessReport): readonly string[] {
  return clusters.filter(({ problem }) => problem !== undefined).map(({ name }) => name);
}

function hasAccess({ permissions, bindings = [] }: ReviewedIdentity): boolean {
  return permissions.length > 0 || bindings.length > 0;
}

async function writePage(
  reviews: readonly Review[],
  failures: readonly Failure[],
  path: string,
  { terminal, clock }: ReviewDeps,
): Promise<void> {
  const reports = reviews.map((review) => ({
    ...review,
    identities: review.identities.filter(hasAccess),
  }));
  const notReviewed = failures.map(({ what, error }) => `${what}: ${redact(error.message)}`);
  const accepted = reviews.reduce((sum, review) => sum + review.accepted, 0);
  const options = { createdAt: clock.now(), version, notReviewed, accepted };
  await writeAccessPage(path, formatAccessPage(reports, options));
  const count = (list: (report: AccessReport) => readonly unknown[]) =>
    reports.reduce((sum, report) => sum + list(report).length, 0);
  const [identities, findings] = [count((each) => each.identities), count((each) => each.findings)];
  await terminal.show({
    json: { path, identities, findings },
    text: [
      `Wrote ${path}: ${String(identities)} users and clients, ${formatFindingCount(findings)}`,
    ],
    name: path,
  });
}

function formatFindingCount(count: number): string {
  return count === 1 ? '1 finding' : `${String(count)} findings`;
}

function selectIdentities(
  reviews: readonly Review[],
  isListed: (identity: ReviewedIdentity) => boolean,
): readonly IdentityRow[] {
  return reviews.flatMap(({ installation, identities }) =>
    identities.filter(isListed).map((identity) => ({ installation, ...identity })),
  );
}

/** Returns one report, or with `--all-contexts` a list with one report for each installation. */
function toJsonReport(
  reviews: readonly AccessReport[],
  rows: readonly IdentityRow[],
  { allContexts }: Pick<Flags, 'allContexts'>,
): unknown {
  const reports = reviews.map(({ installation, findings, notRead, clusters }) => ({
    installation,
    identities: rows
      .filter((row) => row.installation === installation)
      .map((row) => ({ ...row, installation: undefined })),
    findings,
    notRead,
    clusters,
  }));
  return allContexts === true ? reports : reports[0];
}

/** An empty list would hide a typo in the scope. @throws {TpksError} `notFound` */
function rejectUnknownScope(reviews: readonly ContextReview[], scope: string): void {
  const isKnown = reviews.some(
    ({ groups, identities }) =>
      groups.has(scope) ||
      identities.some(({ permissions }) => permissions.some((each) => each.scope === scope)),
  );
  if (isKnown) return;
  throw new TpksError('notFound', `No group or client has the scope ${scope}`, {
    hint: 'list the groups: tpks uaa groups',
    unknownName: {
      ...{ kind: 'groups', name: scope },
      list: () => Promise.resolve(reviews.flatMap(({ groups }) => [...groups])),
    },
  });
}

/** Shows every user and client with this name. */
async function showIdentities(
  reviews: readonly ContextReview[],
  input: Flags & { readonly name: string },
  deps: ReviewDeps,
): Promise<void> {
  const found = reviews.flatMap((review) =>
    review.identities.filter((each) => isNamed(each, input)).map((each) => ({ review, each })),
  );
  if (found.length === 0) throw unknownIdentityError(reviews, input);
  const identities = await Promise.all(
    found.map(async ({ review, each }): Promise<ExplainedIdentity> => {
      const { installation, defaults, findingsAbout, context } = review;
      return {
        ...each,
        installation,
        ...(each.kind === 'user' && {
          permissions: [...each.permissions, ...defaults],
          refreshTokens: await listRefreshTokens(each, context, deps),
          unreadClusters: listUnreadClusters(review),
        }),
        problems: findingsAbout(each.id),
      };
    }),
  );
  const reports = reviews.map((review) => ({
    ...review,
    findings: identities.flatMap(({ installation, problems }) =>
      installation === review.installation ? problems : [],
    ),
  }));
  const rows = identities.map((identity) => ({
    ...identity,
    problems: undefined,
    unreadClusters: undefined,
  }));
  const now = deps.clock.now();
  await deps.terminal.show({
    json: toJsonReport(reports, rows, input),
    text: formatIdentities(identities, now),
    screen: (width) => formatIdentities(identities, now, width),
    name: identities.map(({ name }) => name),
  });
}

/** User names are not case-sensitive, but client ids are. */
function isNamed(
  { kind, name, origin }: ReviewedIdentity,
  wanted: { readonly name: string; readonly origin?: string | undefined },
): boolean {
  if (wanted.origin !== undefined && wanted.origin !== origin) return false;
  return kind === 'user' ? isSameName(name, wanted.name) : name === wanted.name;
}

function unknownIdentityError(
  reviews: readonly Review[],
  { name, origin }: { readonly name: string; readonly origin?: string },
): TpksError {
  const suffix = origin === undefined ? '' : ` with the origin ${origin}`;
  const unread = reviews.flatMap(({ notRead }) => notRead).find(({ what }) => what === 'clients');
  const hints = [
    ...(unread ? [`if it is a client, use a token with the scope ${unread.scope}`] : []),
    'list all users and clients: tpks access --all',
  ];
  return new TpksError('notFound', `User or client ${name}${suffix} not found`, {
    hint: hints.join('\n'),
    unknownName: {
      ...{ kind: 'users', name },
      list: () =>
        Promise.resolve(reviews.flatMap(({ identities }) => identities.map((each) => each.name))),
    },
  });
}

/** @returns `null` if the token may not list tokens. */
async function listRefreshTokens(
  { id }: ReviewedIdentity,
  context: Context,
  { uaaRequestIn, terminal }: Pick<ReviewDeps, 'uaaRequestIn' | 'terminal'>,
): Promise<readonly ListedRefreshToken[] | null> {
  try {
    const records = await uaaRequestIn(context, (send, uaa) =>
      createTokenRecords(send, uaa).list({ userId: id }),
    );
    return records
      .filter(({ responseType }) => responseType === 'REFRESH_TOKEN')
      .map(({ clientId, issuedAt, expiresAt }) => ({
        clientId,
        issuedAt: formatInstant(new Date(issuedAt)),
        expiresAt: formatInstant(new Date(expiresAt)),
      }));
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'forbidden') throw error;
    terminal.warn('refresh tokens were not listed, because the token lacks the scope tokens.list');
    return null;
  }
}
