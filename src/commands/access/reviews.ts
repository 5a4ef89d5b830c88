import type { Services } from '../../app/services.js';
import { groupBy } from '../../base/group-by.js';
import { isTpksError, messageWithHint, TpksError } from '../../base/errors.js';
import type { Baseline } from '../../domain/access-review/baseline.js';
import { readReviewContent } from '../../domain/access-review/content.js';
import { findEmptySecrets } from '../../domain/access-review/empty-secrets.js';
import { strongScopes } from '../../domain/access-review/permissions.js';
import { createReview, type Review } from '../../domain/access-review/review.js';
import { chooseReviewers } from '../../domain/access-review/reviewers.js';
import type { ClusterBindings } from '../../domain/access-review/role-bindings.js';
import type { Context } from '../../domain/contexts/context.js';
import { findIdentities } from '../../domain/contexts/current-installation.js';
import { formatBinding } from './lists.js';

export interface ReviewOptions {
  /** Review every installation with a stored context, and not only the current one. */
  readonly allContexts?: boolean;
  readonly kubernetes?: boolean;
  /** Users who have not logged in for this number of seconds are reported. */
  readonly stale: number;
  readonly tryEmptySecrets?: boolean;
}

export type ReviewDeps = Pick<
  Services,
  | 'terminal'
  | 'clock'
  | 'settings'
  | 'context'
  | 'roleBindings'
  | 'uaaContext'
  | 'findContext'
  | 'readScopes'
  | 'uaaRequestIn'
  | 'connect'
>;

export interface ContextReview extends Review {
  readonly context: Context;
}

/** An error that prevented the review of an installation or of its clusters. */
export interface Failure {
  readonly what: string;
  readonly error: TpksError;
}

/**
 * Reviews the current installation or all of them, and warns about everything that could not be read.
 * @throws {TpksError} if the current installation cannot be reviewed. With `allContexts`, the error is in `failures`.
 */
export async function readReviews(
  baseline: Baseline,
  options: ReviewOptions,
  deps: ReviewDeps,
): Promise<{ readonly reviews: readonly ContextReview[]; readonly failures: readonly Failure[] }> {
  const reviews: ContextReview[] = [];
  const failures: Failure[] = [];
  for (const context of await findReviewedContexts(options, deps)) {
    try {
      const clusters = await readClusters(context, options, failures, deps);
      reviews.push(await reviewContext({ context, clusters, baseline }, options, deps));
    } catch (error) {
      if (!isTpksError(error) || options.allContexts !== true) throw error;
      deps.terminal.warn(
        `${context.uaa} was not reviewed: ${messageWithHint(error).replaceAll('\n', '; ')}`,
      );
      failures.push({ what: context.api ?? context.uaa, error });
    }
  }
  return { reviews, failures };
}

async function findReviewedContexts(
  { allContexts }: ReviewOptions,
  deps: ReviewDeps,
): Promise<readonly Context[]> {
  if (allContexts !== true) return [await deps.uaaContext()];
  const readScopes = async (name: string): Promise<readonly string[] | undefined> => {
    try {
      const context = await deps.findContext(name);
      return context.store === 'none' ? undefined : await deps.readScopes(context);
    } catch (error) {
      if (!isTpksError(error)) throw error;
      return undefined;
    }
  };
  const names = await chooseReviewers(await deps.settings.read(), readScopes);
  if (names.length > 0) return Promise.all(names.map((name) => deps.findContext(name)));
  throw new TpksError('unauthenticated', 'No contexts found', {
    hint: 'log in: tpks login -a api.example.com',
  });
}

/** @param failures - if the clusters cannot be listed, the error is added here, and the review continues. */
async function readClusters(
  context: Context,
  { kubernetes, allContexts }: ReviewOptions,
  failures: Failure[],
  deps: ReviewDeps,
): Promise<readonly ClusterBindings[] | undefined> {
  if (kubernetes !== true) return undefined;
  const { terminal } = deps;
  try {
    const { pks } = findIdentities(await deps.settings.read(), context.uaa);
    const isCurrent = allContexts !== true;
    const reader = isCurrent ? await deps.context() : await deps.findContext(pks ?? context.name);
    const clusters = await deps.roleBindings(reader);
    const unread = clusters.filter(({ problem }) => problem !== undefined);
    for (const [problem, same] of groupBy(unread, (cluster) => cluster.problem ?? '')) {
      const names = same.map(({ name }) => name).join(', ');
      terminal.warn(
        `not reviewed: ${same.length === 1 ? 'cluster' : 'clusters'} ${names}: ${problem}`,
      );
    }
    for (const { groupBindings } of clusters) {
      for (const { group, ...binding } of groupBindings) {
        terminal.note(`The external group ${group} has a role in ${formatBinding(binding)}`);
      }
    }
    return clusters;
  } catch (error) {
    if (!isTpksError(error)) throw error;
    terminal.warn(`the clusters were not reviewed: ${error.message}`);
    failures.push({ what: `clusters of ${context.api ?? context.uaa}`, error });
    return undefined;
  }
}

interface ReviewedContext {
  readonly context: Context;
  readonly clusters: readonly ClusterBindings[] | undefined;
  readonly baseline: Baseline;
}

async function reviewContext(
  { context, clusters, baseline }: ReviewedContext,
  { stale: staleSeconds, tryEmptySecrets }: ReviewOptions,
  deps: ReviewDeps,
): Promise<ContextReview> {
  const content = await deps.uaaRequestIn(context, readReviewContent);
  const { clients = [] } = content;
  const emptySecrets =
    tryEmptySecrets === true
      ? await findEmptySecrets(clients, deps.connect(context), context.uaa)
      : undefined;
  const settings = await deps.settings.read();
  const { pks = '' } = findIdentities(settings, context.uaa);
  const installation = context.api ?? settings.contexts[pks]?.api ?? context.uaa;
  const now = deps.clock.now();
  const review = createReview({
    ...{ installation, content, clusters, baseline, emptySecrets, now, staleSeconds },
  });
  for (const { what, scope } of review.notRead) {
    deps.terminal.warn(`the ${what} were not reviewed, because the token lacks the scope ${scope}`);
  }
  const strong = review.defaults
    .map(({ scope }) => scope)
    .filter((scope) => strongScopes.includes(scope) || scope.startsWith('pks.clusters.'));
  if (strong.length > 0) {
    deps.terminal.warn(`all users have ${strong.join(', ')}, because of the default groups`);
  }
  return { ...review, context };
}
