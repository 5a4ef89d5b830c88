import type { ListedLogin } from '../../api/uaa/directory.js';
import { formatEquals } from '../../api/uaa/filters.js';
import { trustEmail } from '../../api/uaa/trust-marks.js';
import { formatInstant } from '../../base/clock.js';
import { groupBy } from '../../base/group-by.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { ReviewContent } from './content.js';
import type { SubjectFinding, FindingInput } from './finding.js';

/** Reports only users with permissions. Other users can only read their own profile. */
export function findUserProblems(input: FindingInput): readonly SubjectFinding[] {
  const { content, permissions } = input;
  const users = content.users.filter(({ id }) => permissions.findForUser(id).length > 0);
  return [
    ...users.flatMap((user) => findLoginProblem(user, input)),
    ...findUnknownOrigins(content),
    ...findSharedEmails(content.users, new Set(users.map(({ id }) => id))),
  ];
}

function findLoginProblem(
  user: ListedLogin,
  { now, staleSeconds }: FindingInput,
): readonly SubjectFinding[] {
  const { lastLogonTime: lastLogin } = user;
  const deactivate = `tpks uaa user deactivate ${formatUserArguments(user)}`;
  if (user.active === false) {
    return [
      createUserFinding(user, {
        id: 'user-inactive',
        severity: 'low',
        reason:
          'The user cannot log in but still has permissions, which apply again if the user is activated',
        command: `tpks uaa user delete ${formatUserArguments(user)}`,
      }),
    ];
  }
  if (lastLogin === undefined || lastLogin === null) {
    return [
      createUserFinding(user, {
        id: 'user-never-logged-in',
        severity: 'low',
        reason: 'The user has permissions but has never logged in',
        command: deactivate,
      }),
    ];
  }
  if (now.getTime() - lastLogin <= staleSeconds * 1000) return [];
  const since = formatInstant(new Date(lastLogin));
  return [
    createUserFinding(user, {
      id: 'user-no-recent-login',
      severity: 'medium',
      reason:
        `The user has not logged in since ${since}, but may still have a session. To list refresh ` +
        `tokens, run tpks access ${formatUserArguments(user)}`,
      command: deactivate,
    }),
  ];
}

function findUnknownOrigins({ users, providers }: ReviewContent): readonly SubjectFinding[] {
  if (providers === undefined) return [];
  const origins = new Set(providers.map(({ originKey }) => originKey));
  return users
    .filter(({ origin }) => !origins.has(origin))
    .map((user) =>
      createUserFinding(user, {
        id: 'user-unknown-origin',
        severity: 'medium',
        reason: `No identity provider has the origin ${user.origin}, so a new provider with this origin would take over the user`,
        command: `tpks uaa user delete ${formatUserArguments(user)}`,
      }),
    );
}

function findSharedEmails(
  users: readonly ListedLogin[],
  reviewed: ReadonlySet<string>,
): readonly SubjectFinding[] {
  const addresses = users.flatMap((user) =>
    (user.emails ?? []).map(({ value }) => ({ email: value.toLowerCase(), user })),
  );
  return [...groupBy(addresses, ({ email }) => email)].flatMap(([email, entries]) => {
    if (email === trustEmail) return [];
    const owners = entries.map(({ user }) => user);
    const isShared = new Set(owners.map(({ origin }) => origin)).size > 1;
    if (!isShared || !owners.some(({ id }) => reviewed.has(id))) return [];
    const names = owners.map(({ userName, origin }) => `${userName} (${origin})`).sort();
    return [
      {
        subjects: owners.map(({ id }) => id),
        finding: {
          id: 'user-duplicate-email',
          severity: 'medium',
          identity: email,
          reason: `Users with different origins share this email address: ${names.join(', ')}; check that they are the same person`,
          command: `tpks uaa users ${quoteForShell(formatEquals('email', email))}`,
        },
      },
    ];
  });
}

export function createUserFinding(
  { id, userName, origin }: Pick<ListedLogin, 'id' | 'userName' | 'origin'>,
  finding: Omit<SubjectFinding['finding'], 'identity' | 'origin'>,
): SubjectFinding {
  return { subjects: [id], finding: { ...finding, identity: userName, origin } };
}

/** Formats the arguments that select a user, e.g. `cody --origin ldap`. */
export function formatUserArguments({
  userName,
  origin,
}: Pick<ListedLogin, 'userName' | 'origin'>): string {
  const option = origin === 'uaa' ? '' : ` --origin ${quoteForShell(origin)}`;
  return quoteForShell(userName) + option;
}
