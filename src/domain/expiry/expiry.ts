import { isIPv6 } from 'node:net';
import { mapInParallel } from '../../base/in-parallel.js';
import type { Cluster } from '../../api/pks/clusters.js';
import type { Clock } from '../../base/clock.js';
import { TpksError } from '../../base/errors.js';
import { groupBy } from '../../base/group-by.js';
import { toDisplayText } from '../../base/json-value.js';
import { hostOf } from '../../base/pks-conventions.js';
import type { Environment } from '../../platform/config/environment.js';
import type { Settings } from '../../platform/config/settings.js';
import { findFirstToExpire, readUnverifiedChain } from '../../platform/http/certificate-chain.js';
import { findProxyFor } from '../../platform/http/proxy.js';
import { formatDistinguishedName } from '../../platform/http/untrusted-error.js';
import { hasSession, type SessionRepository } from '../auth/session-repository.js';
import type { Context } from '../contexts/context.js';
import { type Expiry, type ExpiryReport, ReportBuilder, type Subject } from './report.js';
import { findSessionEnd, listSessions, listStoredCas } from './stored-expiry.js';

export interface ExpiryDeps {
  readonly env: Environment;
  readonly clock: Pick<Clock, 'now'>;
  /** Time limit of each TLS handshake. */
  readonly milliseconds: number;
  readonly readSettings: () => Promise<Settings>;
  readonly sessions: Pick<SessionRepository, 'load'>;
  /** Returns the current context. @throws {TpksError} `unauthenticated` if there is no current context */
  readonly context: () => Promise<Context>;
  readonly listClusters: () => Promise<readonly Cluster[]>;
  readonly listClustersIn: (context: string) => Promise<readonly Cluster[]>;
}

/** The servers of an installation, and the contexts that are used to list its clusters. */
interface Installation {
  /** `undefined` if only the UAA is known. */
  readonly api: string | undefined;
  readonly uaa: string;
  readonly contexts: readonly string[];
}

/**
 * Reads when certificates, stored CAs and sessions expire. Does not renew sessions, except to list the clusters.
 * @throws {TpksError} `unauthenticated` if there is no context
 */
export async function readExpiry(
  { allContexts }: { readonly allContexts: boolean },
  deps: ExpiryDeps,
): Promise<ExpiryReport> {
  const settings = await deps.readSettings();
  const installations = allContexts
    ? await listInstallations(settings, deps.sessions)
    : [toInstallation(await deps.context())];
  const report = new ReportBuilder(deps.clock);
  const readServers = (servers: readonly Subject[]) =>
    mapInParallel(withoutDuplicates(servers), async (server) => {
      const expiry = await report.attempt(server, () => readCertificate(server, deps));
      if (expiry !== undefined) report.add(server, expiry);
    });

  await readServers(installations.flatMap(listServers));
  const clusters = await mapInParallel(
    installations.flatMap(listClusterLists),
    async ({ context, ...subject }) => {
      const { installation } = subject;
      if (report.hasFailed(installation)) {
        report.addFailure(subject, `not listed, because ${installation} does not respond`);
        return [];
      }
      const list = () => (allContexts ? deps.listClustersIn(context) : deps.listClusters());
      const found = (await report.attempt(subject, list)) ?? [];
      return found.map((cluster) => ({ ...subject, ...findServer(cluster) }));
    },
  );
  await readServers(clusters.flat());

  const uaas = new Set(installations.map(({ uaa }) => uaa));
  for (const [subject, expiry] of listStoredCas(settings, uaas)) report.add(subject, expiry);
  // Read after the clusters are listed, because this can renew a session.
  await mapInParallel(listSessions(settings, uaas), async ({ subject, location, credential }) => {
    const stored = await report.attempt(subject, () => deps.sessions.load(location));
    if (stored !== undefined) report.add(subject, findSessionEnd(stored, credential));
  });
  return report.finish();
}

function toInstallation({ name, api, uaa, sources }: Context): Installation {
  // An assumed address may belong to another product.
  return { api: sources.api === 'default' ? undefined : api, uaa, contexts: [name] };
}

/**
 * Groups all contexts by installation. Lists clusters with each context that is logged in. If no context of an
 * installation is logged in, uses the first one, so that the missing session is reported as an error.
 * @throws {TpksError} `unauthenticated` if there are no contexts
 */
async function listInstallations(
  { contexts }: Settings,
  sessions: Pick<SessionRepository, 'load'>,
): Promise<readonly Installation[]> {
  const entries = await mapInParallel(Object.entries(contexts), async ([name, context]) => ({
    ...{ name, api: context.api, uaa: context.uaa },
    isLoggedIn: await hasSession(sessions, { ...context, name }),
  }));
  if (entries.length === 0) {
    throw new TpksError('unauthenticated', 'No contexts found', {
      hint: 'log in: tpks login -a api.example.com',
    });
  }
  const groups = groupBy(entries, ({ api = '', uaa }) => `${api} ${uaa}`);
  return [...groups.values()].flatMap((group) => {
    const loggedIn = group.filter(({ isLoggedIn }) => isLoggedIn);
    const [first] = group;
    const names = (loggedIn.length > 0 ? loggedIn : group.slice(0, 1)).map(({ name }) => name);
    return first === undefined ? [] : [{ api: first.api, uaa: first.uaa, contexts: names }];
  });
}

function listServers({ api, uaa }: Installation): readonly Subject[] {
  const common = { kind: 'certificate', installation: hostOf(api ?? uaa) } as const;
  const toServer = (role: 'api' | 'uaa', url: string): Subject => ({
    ...common,
    ...{ role, name: hostOf(url), server: hostOf(url) },
  });
  return [...(api === undefined ? [] : [toServer('api', api)]), toServer('uaa', uaa)];
}

/** Returns the lists of clusters to read, with the subject to report if a list fails. */
function listClusterLists({ api, contexts }: Installation) {
  if (api === undefined) return [];
  return contexts.map((context) => ({
    ...({ kind: 'certificate', role: 'cluster', installation: hostOf(api) } as const),
    ...{ context, name: `clusters of ${context}`, server: null },
  }));
}

function findServer({ name, parameters }: Cluster): Pick<Subject, 'name' | 'server'> {
  const host = toDisplayText(parameters?.['kubernetes_master_host']);
  const port = toDisplayText(parameters?.['kubernetes_master_port']) || '8443';
  const server = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  // The host must not be parsed as another part of the URL.
  const isValid = /^[^\s/?#@\\]+$/.test(host) && URL.canParse(`https://${server}`);
  return { name, server: isValid ? server : null };
}

/** Several contexts can list the same cluster. */
function withoutDuplicates(servers: readonly Subject[]): readonly Subject[] {
  const byServer = servers.map(
    (each) => [`${each.role} ${each.server ?? each.name}`, each] as const,
  );
  return [...new Map(byServer).values()];
}

async function readCertificate(
  { server }: Subject,
  { env, milliseconds }: Pick<ExpiryDeps, 'env' | 'milliseconds'>,
): Promise<Expiry> {
  if (server === null) return { note: 'the API returned no address' };
  const url = `https://${server}`;
  const chain = await readUnverifiedChain(url, { proxy: findProxyFor(url, env), milliseconds });
  const first = findFirstToExpire(chain);
  if (first === undefined) return { note: 'the server sent no certificate' };
  const isIssuer = first !== chain[0];
  const note = isIssuer
    ? `the issuer certificate ${formatDistinguishedName(first.subject)} expires first`
    : undefined;
  return { end: Date.parse(first.valid_to), note };
}
