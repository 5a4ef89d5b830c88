import type { Finding, ReviewedIdentity } from '../../domain/access-review/report.js';
import { formatApi } from '../../domain/contexts/installation.js';
import { formatTable, type Line, type Span } from '../../platform/terminal/lines.js';
import { fitDetails, fitLines } from '../../platform/terminal/screen.js';
import { formatTime } from '../format-time.js';
import { formatBinding, formatChains, formatFindings } from './lists.js';

export interface ExplainedIdentity extends ReviewedIdentity {
  readonly installation: string;
  readonly problems: readonly Finding[];
  /** Names of the clusters whose role bindings could not be read. */
  readonly unreadClusters?: readonly string[];
}

/** Formats the permissions of identities with their chains, then findings and refresh tokens. */
export function formatIdentities(
  identities: readonly ExplainedIdentity[],
  now: Date,
  width = Infinity,
): readonly Line[] {
  return identities.flatMap((identity, index) => [
    ...(index === 0 ? [] : ['']),
    ...formatIdentity(identity, now, width),
  ]);
}

function formatIdentity(identity: ExplainedIdentity, now: Date, width: number): readonly Line[] {
  const { name, kind, origin, installation, permissions, problems, bindings = [] } = identity;
  const isDefault = ({ via }: (typeof permissions)[number]) => via[0]?.kind === 'default';
  const own = permissions.filter((permission) => !isDefault(permission));
  const defaults = permissions.filter(isDefault).map(({ scope }) => scope);
  const { unreadClusters = [] } = identity;
  const unread = unreadClusters.length === 0 ? [] : [`unknown in ${unreadClusters.join(', ')}`];
  const tokens = (identity.refreshTokens ?? []).map(
    ({ clientId, issuedAt, expiresAt }) =>
      `${clientId}: issued ${formatTime(new Date(issuedAt), now)}, expires ${formatTime(new Date(expiresAt), now)}`,
  );
  return [
    ...fitDetails(
      [
        [kind === 'user' ? 'User' : 'Client', name],
        ['Installation', formatApi(installation)],
        ['Origin', origin ?? ''],
        ['Last login', formatLogin(identity, now)],
        ['Default groups', defaults.join(', ')],
      ],
      width,
    ),
    ...formatSection('Permissions', formatPermissions(own, width)),
    ...formatSection(
      'Role bindings',
      indentLines([...bindings.map(formatBinding), ...unread], width),
    ),
    ...formatSection('Refresh tokens', indentLines(tokens, width)),
    ...formatSection('Findings', formatFindings(problems, width)),
  ];
}

function formatLogin({ kind, active, lastLogin }: ExplainedIdentity, now: Date): Span {
  if (kind === 'client') return 'unknown, because the UAA does not record client logins';
  const time = lastLogin === null ? 'never' : formatTime(new Date(lastLogin), now);
  return active ? time : { text: `${time}; the user is inactive and cannot log in`, tone: 'bad' };
}

function formatPermissions(
  permissions: ExplainedIdentity['permissions'],
  width: number,
): readonly Line[] {
  if (permissions.length === 0) return ['  none'];
  const rows = permissions.map((permission) => [
    `  ${permission.scope}`,
    `← ${formatChains(permission)}`,
  ]);
  const [, ...lines] = formatTable(['', ''], rows);
  return fitLines(lines, width, 2);
}

function indentLines(lines: readonly string[], width: number): readonly Line[] {
  return fitLines(
    lines.map((line) => `  ${line}`),
    width,
  );
}

function formatSection(title: string, lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
}
