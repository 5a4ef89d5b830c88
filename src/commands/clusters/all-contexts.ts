import type { Settings } from '../../config/settings.js';
import { isTpksError, TpksError } from '../../errors.js';
import { mapInParallel } from '../../in-parallel.js';
import type { Cluster } from '../../pks/clusters.js';
import { redact } from '../../secret.js';
import type { Services } from '../../services.js';
import { alwaysQuoteForShell } from '../../shell-quote.js';
import type { List } from '../resource/list.js';
import { clusterList } from './cluster-view.js';

export type AllContextsDeps = Pick<
  Services,
  'terminal' | 'settings' | 'sessionStore' | 'clustersIn'
>;

/** A cluster with the first context that lists it. */
type ContextCluster = Cluster & { readonly context: string };

interface Failure {
  readonly context: string;
  readonly error: TpksError;
}

/**
 * Lists the clusters of all contexts in parallel. A cluster that several contexts of an installation
 * can see is listed once.
 * @returns the rows, and as `failure` the error to throw after showing them if some contexts failed.
 * @throws {TpksError} `unauthenticated` if no context is logged in.
 */
export async function listClustersInAllContexts(deps: AllContextsDeps) {
  const { contexts } = await (await deps.settings()).read();
  const names = Object.keys(contexts).filter((name) => contexts[name]?.api !== undefined);
  if (names.length === 0) throw notLoggedInError('No contexts found');
  const loggedIn = await findLoggedIn(names, contexts, deps);
  if (loggedIn.length === 0) throw notLoggedInError('No context is logged in');
  const failures: Failure[] = [];
  const lists = await mapInParallel(loggedIn, async (context) => {
    try {
      const clusters = await (await deps.clustersIn(context)).list();
      return clusters.map((cluster): ContextCluster => ({ context, ...cluster }));
    } catch (error) {
      if (!isTpksError(error)) throw error;
      deps.terminal.warn(`${context}: ${redact(error.message)}`);
      failures.push({ context, error });
      return [];
    }
  });
  return {
    list,
    rows: removeDuplicates(lists.flat(), contexts),
    failure: summarizeFailures(failures, loggedIn.length),
  };
}

const list: List<ContextCluster> = {
  ...clusterList,
  columns: [{ head: 'Context', cell: ({ context }) => context }, ...clusterList.columns],
  nameOf: ({ context, name }) => `${context}/${name}`,
};

/** Returns the contexts that have a session, including sessions that have ended. */
async function findLoggedIn(
  names: readonly string[],
  contexts: Settings['contexts'],
  { terminal, sessionStore }: AllContextsDeps,
): Promise<readonly string[]> {
  const loggedIn: string[] = [];
  for (const name of names) {
    const context = contexts[name];
    if (context === undefined) continue;
    if (await (await sessionStore(name, context)).exists()) loggedIn.push(name);
    else terminal.note(`Skipped ${name}: not logged in`);
  }
  return loggedIn;
}

/** Two contexts with the same API can list the same cluster. */
function removeDuplicates(
  rows: readonly ContextCluster[],
  contexts: Settings['contexts'],
): readonly ContextCluster[] {
  const seen = new Set<string>();
  return rows.filter(({ context, uuid, name }) => {
    const key = JSON.stringify([contexts[context]?.api, uuid ?? name]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function notLoggedInError(message: string): TpksError {
  return new TpksError('unauthenticated', message, {
    hint: 'log in: tpks login -a api.example.com',
  });
}

/**
 * Combines the failures into one error with the kind and hint of the first one. A failed login takes
 * precedence, because trying again does not help.
 */
function summarizeFailures(failures: readonly Failure[], total: number): TpksError | undefined {
  const first = failures.find(({ error }) => error.kind === 'unauthenticated') ?? failures[0];
  if (first === undefined) return undefined;
  const names = failures.map(({ context }) => context).join(', ');
  return new TpksError(
    first.error.kind,
    `Cannot list the clusters of ${String(failures.length)} of ${String(total)} contexts: ${names}`,
    {
      hint:
        first.error.hint ??
        `check the context: tpks status --context ${alwaysQuoteForShell(first.context)}`,
    },
  );
}
