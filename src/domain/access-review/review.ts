import { formatInstant } from '../../base/clock.js';
import { compareByText } from '../../base/compare-by-text.js';
import { groupBy } from '../../base/group-by.js';
import { applyBaseline, type Baseline } from './baseline.js';
import { listNotRead } from './content.js';
import type { FindingInput } from './finding.js';
import { findProblems, sortFindings } from './findings.js';
import { findClientPermissions, findPermissions } from './permissions.js';
import type {
  AccessReport,
  Finding,
  FindingId,
  Permission,
  ReviewedIdentity,
  RoleBinding,
} from './report.js';

export interface ReviewInput extends Omit<FindingInput, 'permissions'> {
  readonly installation: string;
  /** Accepted findings to omit. */
  readonly baseline: Baseline;
}

/** The report about all identities of a UAA, including those without permissions. */
export interface Review extends AccessReport {
  /** The permissions that all users have. They are not listed for each user. */
  readonly defaults: readonly Permission[];
  /** The names of all groups. */
  readonly groups: ReadonlySet<string>;
  /** Returns the findings about the identity with this id. */
  readonly findingsAbout: (id: string) => readonly Finding[];
  /** Number of findings that the baseline accepts. */
  readonly accepted: number;
  /** Baseline entries that do not match a finding, if everything that could match was read. */
  readonly unusedBaseline: Baseline;
}

export function createReview({ installation, baseline, ...input }: ReviewInput): Review {
  const { content, clusters } = input;
  const permissions = findPermissions(content);
  const found = findProblems({ ...input, permissions });
  const { problems, unused } = applyBaseline(found, baseline);
  const findingsById = groupBy(
    problems.flatMap(({ finding, subjects }) => subjects.map((id) => ({ id, finding }))),
    ({ id }) => id,
  );
  const findingsAbout = (id: string) =>
    sortFindings((findingsById.get(id) ?? []).map(({ finding }) => finding));
  const findingIdsOf = (id: string) => [...new Set(findingsAbout(id).map((finding) => finding.id))];

  const bindings = groupBy(
    (clusters ?? []).flatMap(({ userBindings }) => userBindings),
    ({ user }) => user,
  );
  const bindingsOf = (userName: string): readonly RoleBinding[] =>
    (bindings.get(userName) ?? []).map(({ cluster, namespace, name, role }) => ({
      cluster,
      namespace,
      name,
      role,
    }));

  const users = content.users.map(
    ({ id, userName: name, origin, active, lastLogonTime }): ReviewedIdentity => ({
      id,
      name,
      kind: 'user',
      origin,
      active: active !== false,
      lastLogin: typeof lastLogonTime === 'number' ? formatInstant(new Date(lastLogonTime)) : null,
      permissions: permissions.findForUser(id),
      findings: findingIdsOf(id),
      ...(clusters && { bindings: bindingsOf(name) }),
    }),
  );
  const clients = (content.clients ?? []).map((client): ReviewedIdentity => ({
    id: client.client_id,
    name: client.client_id,
    kind: 'client',
    origin: null,
    active: true,
    lastLogin: null,
    permissions: findClientPermissions(client),
    findings: findingIdsOf(client.client_id),
  }));
  return {
    installation,
    // A client is sorted before the users with the same name.
    identities: [...users, ...clients].sort(
      compareByText(({ name, origin }) => `${name}\0${origin ?? ''}`),
    ),
    findings: sortFindings(problems.map(({ finding }) => finding)),
    notRead: listNotRead(content),
    ...(clusters && {
      clusters: clusters.map(({ name, problem, groupBindings }) => ({
        name,
        problem,
        groupBindings,
      })),
    }),
    defaults: permissions.defaults,
    groups: new Set(content.groups.map(({ displayName }) => displayName)),
    findingsAbout,
    accepted: found.length - problems.length,
    unusedBaseline: unused.filter(({ id }) => isCheckable(id, input)),
  };
}

/** Whether everything that this kind of finding depends on was read. */
function isCheckable(
  id: FindingId,
  { content: { clients, providers }, clusters, emptySecrets }: Omit<FindingInput, 'permissions'>,
): boolean {
  if (id === 'client-empty-secret') return emptySecrets !== undefined;
  if (id === 'binding-unknown-user') {
    return clusters?.every(({ problem }) => problem === undefined) === true;
  }
  if (id.startsWith('client-')) return clients !== undefined;
  return providers !== undefined || !/^provider-|-origin$|^group-temporary-/.test(id);
}
