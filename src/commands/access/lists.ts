import type {
  Finding,
  Permission,
  ReviewedIdentity,
  RoleBinding,
  Severity,
} from '../../domain/access-review/report.js';
import { formatApi } from '../../domain/contexts/installation.js';
import type { Line, Span, Tone } from '../../platform/terminal/lines.js';
import { fitLines } from '../../platform/terminal/screen.js';
import { formatAge } from '../format-time.js';
import type { List, TerminalColumn } from '../resource/list.js';
import { formatChain } from './format.js';

/** An identity and its installation. */
export type IdentityRow = ReviewedIdentity & { readonly installation: string };

/**
 * @param hasInstallations - whether the list contains several installations.
 * @param hasBindings - whether to show role bindings.
 * @param unreadClusters - the number of clusters that could not be read, by installation.
 */
export function identityList(
  hasInstallations: boolean,
  hasBindings = false,
  unreadClusters: ReadonlyMap<string, number> = new Map(),
): List<IdentityRow> {
  return {
    noun: 'user or client',
    emptyLine: 'No user or client has more permissions than the default groups grant',
    nameOf: ({ name }) => name,
    columns: [
      ...identityColumns(hasInstallations),
      {
        head: 'Permissions',
        cell: ({ permissions }) => permissions.map(({ scope }) => scope).join(', '),
        rank: 1,
      },
      ...(hasBindings ? [bindingsColumn(unreadClusters)] : []),
      lastLoginColumn,
      { head: 'Findings', cell: ({ findings }) => formatCount(findings.length), rank: 2 },
      {
        head: 'Via',
        cell: ({ permissions }) => permissions.map(formatPermission).join('; '),
        wide: true,
      },
      activeColumn,
      idColumn,
    ],
  };
}

/** Lists the identities that have this scope. */
export function scopeList(hasInstallations: boolean, scope: string): List<IdentityRow> {
  return {
    noun: 'user or client',
    emptyLine: `No user or client has the scope ${scope}`,
    nameOf: ({ name }) => name,
    columns: [
      ...identityColumns(hasInstallations),
      {
        head: 'Via',
        cell: ({ permissions }) =>
          formatChains(permissions.find((permission) => permission.scope === scope)),
        rank: 1,
      },
      lastLoginColumn,
      activeColumn,
      idColumn,
    ],
  };
}

const lastLoginColumn: TerminalColumn<IdentityRow> = {
  head: 'Last login',
  cell: formatLastLogin,
  value: ({ lastLogin }) => lastLogin ?? '',
  rank: 4,
};

/** Adds a note about unread clusters, because an empty cell would mean that a user has no roles. */
function bindingsColumn(unreadClusters: ReadonlyMap<string, number>): TerminalColumn<IdentityRow> {
  return {
    head: 'Clusters',
    cell: ({ kind, bindings = [], installation }) => {
      const unread = kind === 'user' ? (unreadClusters.get(installation) ?? 0) : 0;
      const note = `unknown in ${String(unread)} ${unread === 1 ? 'cluster' : 'clusters'}`;
      return [...bindings.map(formatBinding), ...(unread === 0 ? [] : [note])].join(', ');
    },
    rank: 2,
  };
}

/** Formats a role binding, e.g. `dev-1: ClusterRole view in web`. */
export function formatBinding({ cluster, role, namespace }: RoleBinding): string {
  return `${cluster}: ${role}${namespace === null ? '' : ` in ${namespace}`}`;
}

const activeColumn: TerminalColumn<IdentityRow> = {
  head: 'Active',
  cell: ({ active }) => (active ? 'yes' : 'no'),
  wide: true,
};

const idColumn: TerminalColumn<IdentityRow> = { head: 'Id', cell: ({ id }) => id, wide: true };

function identityColumns(hasInstallations: boolean): readonly TerminalColumn<IdentityRow>[] {
  return [
    ...installationColumn(hasInstallations),
    { head: 'Name', cell: ({ name }) => name, rank: 0 },
    { head: 'Kind', cell: ({ kind }) => kind, rank: 3 },
    { head: 'Origin', cell: ({ origin }) => origin ?? '', rank: 5 },
  ];
}

function installationColumn(
  hasInstallations: boolean,
): readonly TerminalColumn<{ readonly installation: string }>[] {
  if (!hasInstallations) return [];
  return [{ head: 'Installation', cell: ({ installation }) => formatApi(installation), rank: 1 }];
}

/** Empty for clients, because the UAA does not record their logins. */
function formatLastLogin({ kind, active, lastLogin }: IdentityRow, now: Date): Span {
  const time = lastLogin === null ? 'never' : `${formatAge(new Date(lastLogin), now)} ago`;
  if (!active) return { text: `${time}, inactive`, tone: 'bad' };
  if (lastLogin !== null) return time;
  return kind === 'user' ? { text: time, tone: 'bad' } : '';
}

function formatCount(count: number): Span {
  return count === 0 ? '' : { text: String(count), tone: 'bad' };
}

function formatPermission(permission: Permission): string {
  return `${permission.scope} (${formatChains(permission)})`;
}

export function formatChains(permission: Permission | undefined): string {
  return (permission?.via ?? []).map(formatChain).join(', ');
}

type FindingRow = Finding & { readonly installation: string };

export function findingList(hasInstallations: boolean): List<FindingRow> {
  return {
    noun: 'finding',
    emptyLine: 'No findings',
    nameOf: ({ id }) => id,
    columns: [
      ...installationColumn(hasInstallations),
      { head: 'Severity', cell: formatSeverity },
      { head: 'Finding', cell: ({ id }) => id },
      { head: 'Identity', cell: formatSubject },
      { head: 'Reason', cell: ({ reason }) => reason },
      { head: 'Command', cell: ({ command }) => command },
    ],
    formatForTerminal: (rows, width) => formatFindings(rows, width),
  };
}

/** Formats each finding as a paragraph with the identity, the reason and the command. */
export function formatFindings(
  findings: readonly (Finding & { readonly installation?: string })[],
  width: number,
): readonly Line[] {
  return findings.flatMap((finding, index): readonly Line[] => [
    ...(index === 0 ? [] : ['']),
    [
      formatSeverity(finding),
      ' '.repeat(8 - finding.severity.length),
      formatSubject(finding),
      `  ${finding.id}`,
    ],
    ...fitLines([['        ', finding.reason]], width),
    // Commands are not wrapped, so that they can be copied.
    ['        ', { text: `$ ${finding.command}`, tone: 'muted' }],
  ]);
}

const tones: Readonly<Record<Severity, Tone>> = { high: 'bad', medium: 'strong', low: 'muted' };

function formatSeverity({ severity }: Finding): Span {
  return { text: severity, tone: tones[severity] };
}

function formatSubject({ identity, origin = 'uaa' }: Finding): string {
  return origin === 'uaa' ? identity : `${identity} (${origin})`;
}
