import { createHash } from 'node:crypto';
import { formatInstant } from '../../base/clock.js';
import { groupBy } from '../../base/group-by.js';
import { escapeHtml, toPrintable } from '../../base/sanitize.js';
import {
  type AccessReport,
  type Finding,
  type Permission,
  type PermissionSource,
  type ReviewedIdentity,
  type Severity,
} from '../../domain/access-review/report.js';
import { formatChain } from './format.js';
import { pageStyle } from './page-style.js';

/**
 * Formats reports as one HTML page for screens and paper, without scripts or external files.
 * @param options - `version`: the version of tpks; `notReviewed`: installations and clusters that could not be
 *   reviewed, with the reasons; `accepted`: the number of findings that a baseline accepts.
 */
export function formatAccessPage(
  reports: readonly AccessReport[],
  options: {
    readonly createdAt: Date;
    readonly version: string;
    readonly notReviewed?: readonly string[];
    readonly accepted?: number;
  },
): string {
  const [first] = reports;
  const isSingle = reports.length === 1;
  const subject =
    isSingle && first ? escapeText(first.installation) : `${reports.length} installations`;
  const time = formatInstant(options.createdAt);
  const styleHash = createHash('sha256').update(pageStyle).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Access review of ${subject}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>Access review</h1>
${isSingle ? '' : `<p>${subject}</p>`}
<p>Created <time datetime="${time}">${formatUtcTime(time)} UTC</time> by tpks ${escapeText(options.version)}</p>
${formatGaps((options.notReviewed ?? []).map((gap) => `Not reviewed: ${escapeText(gap)}`))}
${options.accepted ? `<p>Findings accepted with --baseline, which are not listed: ${options.accepted}</p>` : ''}
</header>
${isSingle ? '' : formatContents(reports)}
<main>
${reports.map((report, index) => formatReport(report, `i${index + 1}`)).join('\n')}
<section aria-labelledby="limits">
<h2 id="limits">What this report does not contain</h2>
<p>A UAA does not provide the following information:</p>
<ul>
<li>How old a client's secret is, and when the client was last used.</li>
<li>Whether a user is locked after too many wrong passwords. Locked users are listed as active.</li>
<li>When a refresh token was last used. Only logins with a password, an identity provider or a JWT count as logins, so a
user without a recent login may still use tpks or another client. <code>tpks access USER</code> lists refresh tokens.</li>
<li>Who added a user to a group, and when.</li>
<li>Members of a mapped external group, such as an LDAP group, who have not logged in since it was mapped.</li>
</ul>
</section>
</main>
</body>
</html>
`;
}

function formatContents(reports: readonly AccessReport[]): string {
  const items = reports.map(({ installation, findings }, index) => {
    const numbers = countFindings(findings).map(({ severity, number }) => `${number} ${severity}`);
    return `<li><a href="#i${index + 1}">${escapeText(installation)}</a> <small>findings: ${numbers.join(', ')}</small></li>`;
  });
  return `<nav aria-label="Installations"><ol>${items.join('')}</ol></nav>`;
}

/** @param id - prefix of all element ids in this report; unique on the page. */
function formatReport(report: AccessReport, id: string): string {
  const identityLinks = new Map(
    report.identities.map((identity, index) => [
      identityKey(identity.name, identity.origin),
      `${id}-u${index + 1}`,
    ]),
  );
  const sections = [
    { anchor: 'findings', title: 'Findings', content: formatFindings(report, identityLinks) },
    { anchor: 'matrix', title: 'Identities and permissions', content: formatMatrix(report, id) },
    { anchor: 'details', title: 'Details', content: formatDetails(report, id) },
    ...(report.clusters === undefined
      ? []
      : [{ anchor: 'bindings', title: 'Role bindings', content: formatBindings(report) }]),
  ];
  const links = sections.map(
    ({ anchor, title }) => `<li><a href="#${id}-${anchor}">${title}</a></li>`,
  );
  return `<section class="installation" aria-labelledby="${id}">
<h2 id="${id}">${escapeText(report.installation)}</h2>
${formatSummary(report)}
<nav aria-label="Sections about ${escapeText(report.installation)}"><ul>${links.join('')}</ul></nav>
${sections
  .map(
    ({ anchor, title, content }) => `<section aria-labelledby="${id}-${anchor}">
<h3 id="${id}-${anchor}">${title}</h3>
${content}
</section>`,
  )
  .join('\n')}
</section>`;
}

function formatSummary({ identities, findings, notRead, clusters }: AccessReport): string {
  const countKind = (kind: ReviewedIdentity['kind']) =>
    notRead.some(({ what }) => what === `${kind}s`)
      ? 'not read'
      : identities.filter((each) => each.kind === kind && !each.permissions.every(isDefault))
          .length;
  const unreadable = clusters?.filter(({ problem }) => problem !== undefined) ?? [];
  const numbers = [
    ['Users with permissions', countKind('user')],
    ['Clients with permissions', countKind('client')],
    ...countFindings(findings).map(({ severity, number }) => [`Findings (${severity})`, number]),
    ...(clusters === undefined
      ? []
      : [['Clusters read', `${clusters.length - unreadable.length} of ${clusters.length}`]]),
  ];
  const gaps = [
    ...notRead.map(
      ({ what, scope }) =>
        `Not read: ${escapeText(what)}. The token lacks the scope <code>${escapeText(scope)}</code>.`,
    ),
    ...unreadable.map(
      ({ name, problem = '' }) =>
        `Not read: cluster <bdi>${escapeText(name)}</bdi>. ${escapeText(problem)}`,
    ),
  ];
  return `<dl>${numbers.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>
${formatGaps(gaps)}`;
}

/** @param gaps - escaped HTML */
function formatGaps(gaps: readonly string[]): string {
  if (gaps.length === 0) return '';
  return `<ul class="gaps">${gaps.map((gap) => `<li>${gap}</li>`).join('')}</ul>`;
}

function formatFindings(
  { findings }: AccessReport,
  identityLinks: ReadonlyMap<string, string>,
): string {
  if (findings.length === 0) return '<p>No findings.</p>';
  const rows = findings.map((finding) => {
    const name = `<bdi>${escapeText(finding.identity)}</bdi>`;
    const link = /^(?:user|client)-/.test(finding.id)
      ? identityLinks.get(identityKey(finding.identity, finding.origin ?? null))
      : undefined;
    return [
      `<tr><td><span class="${finding.severity}">${finding.severity}</span></td>`,
      `<th scope="row">${link === undefined ? name : `<a href="#${link}">${name}</a>`}`,
      `${finding.origin === undefined ? '' : ` <small>${escapeText(finding.origin)}</small>`}</th>`,
      `<td>${escapeText(finding.reason)} <small>${finding.id}</small></td>`,
      `<td><code>${escapeText(finding.command)}</code></td></tr>`,
    ].join('');
  });
  const heads = ['Severity', 'Identity', 'Reason', 'Command'];
  return formatTable(
    'findings',
    'Sorted by severity, highest first. Check each command before you run it.',
    heads,
    rows,
  );
}

const columns = [
  ...['pks.clusters.admin', 'pks.clusters.manage', 'pks.clusters.admin.read', 'uaa.admin'],
  ...['clients.*', 'scim.*', 'zones.*', 'other'],
];

function columnOf(scope: string): string {
  if (columns.includes(scope)) return scope;
  // `scim.me` and `scim.userids` do not give access to other users.
  const family = /^(?:clients|scim(?!\.(?:me|userids)$)|zones)(?=\.)/.exec(scope)?.[0];
  return family === undefined ? 'other' : `${family}.*`;
}

function formatMatrix({ identities }: AccessReport, id: string): string {
  const cells = identities.map(({ permissions }) =>
    groupBy(permissions, (each) =>
      isDefault(each) && columnOf(each.scope) === 'other' ? '' : columnOf(each.scope),
    ),
  );
  const used = columns.filter((column) => cells.some((each) => each.has(column)));
  const rows = identities.map(({ name, kind, origin, active }, index) =>
    [
      `<tr><th scope="row"><a href="#${id}-u${index + 1}"><bdi>${escapeText(name)}</bdi></a>`,
      ` <small>${kind === 'user' ? escapeText(origin ?? '') : kind}</small>`,
      `${active ? '' : ' <span class="tag">inactive</span>'}</th>`,
      ...used.map((column) => `<td>${formatCell(column, cells[index]?.get(column))}</td>`),
      '</tr>',
    ].join(''),
  );
  const legend = [
    `${formatMark('added')} direct: member of the group with the same name as the scope.`,
    `${formatMark('group')} group: member of a group that is nested in that group.`,
    `${formatMark('mapping')} <i>origin</i>: assigned by this identity provider, such as LDAP.`,
    `${formatMark('unmapped')} <i>origin</i>, temporary: deleted at the next login.`,
    `${formatMark('unknown')} <i>origin</i>, unclear: may be temporary.`,
    `${formatMark('authority')} authority: assigned to the client itself.`,
    `${formatMark('default')} default: every user has it.`,
  ]
    .map((entry) => `<span class="key">${entry}</span>`)
    .join(' ');
  const heads = ['Identity', ...used.map((column) => column.replaceAll('.', '.<wbr>'))];
  return formatTable('matrix', legend, heads, rows);
}

function formatCell(column: string, permissions?: readonly Permission[]): string {
  if (permissions === undefined) return '';
  const sources = new Set(permissions.flatMap(({ via }) => via.map(formatSource)));
  const names = permissions.map(({ scope }) => scope).filter((scope) => scope !== column);
  const shown = names.slice(0, names.length > 4 ? 3 : 4).map(escapeText);
  if (names.length > 4) shown.push(`${names.length - 3} more`);
  const scopes = shown.length === 0 ? '' : `<small>${shown.join('<br>')}</small>`;
  return `${[...sources].join('<br>')}${scopes}`;
}

/** The shapes differ, so that sources can be told apart in a black-and-white print. */
const marks = {
  added: '●',
  group: '■',
  mapping: '◆',
  provider: '◆',
  unmapped: '◇',
  unknown: '◇',
  authority: '▲',
  default: '○',
};

function formatMark(name: keyof typeof marks): string {
  return `<b aria-hidden="true">${marks[name]}</b>`;
}

function formatSource({ kind, groups, origin = 'uaa' }: PermissionSource): string {
  if (kind === 'added' && groups.length > 0) return `${formatMark('group')} group`;
  if (kind === 'added') return `${formatMark('added')} direct`;
  if (kind === 'default' || kind === 'authority') return `${formatMark(kind)} ${kind}`;
  const note = { mapping: '', provider: '', unmapped: ', temporary', unknown: ', unclear' }[kind];
  return `${formatMark(kind)} ${escapeText(origin)}${note}`;
}

function formatDetails({ identities }: AccessReport, id: string): string {
  const rows = identities.map((identity, index) => {
    const { name, kind, origin, active, lastLogin } = identity;
    const isUser = kind === 'user';
    const found = identity.findings.map((each) => `<li><a href="#${id}-findings">${each}</a></li>`);
    return [
      `<tr id="${id}-u${index + 1}"><th scope="row"><bdi>${escapeText(name)}</bdi>`,
      `${found.length === 0 ? '' : `<ul>${found.join('')}</ul>`}</th>`,
      `<td>${kind}</td><td>${escapeText(origin ?? '')}</td><td>${isUser ? (active ? 'yes' : 'no') : ''}</td>`,
      `<td>${lastLogin === null ? (isUser ? 'never' : 'unknown') : formatUtcTime(lastLogin)}</td>`,
      `<td>${formatPermissions(identity.permissions)}</td></tr>`,
    ].join('');
  });
  const caption =
    'Each scope is followed by the groups and the identity provider that it comes from.';
  const heads = ['Identity', 'Kind', 'Origin', 'Active', 'Last login (UTC)', 'Permissions'];
  return formatTable('details', caption, heads, rows);
}

/** Scopes with the same sources share one entry, because clients have up to 30 authorities. */
function formatPermissions(permissions: readonly Permission[]): string {
  const formatted = permissions.map(({ scope, via }) => ({
    scope: `<code>${escapeText(scope)}</code>`,
    chains: via
      .map((source) => `<span class="chain">← ${escapeText(formatChain(source))}</span>`)
      .join(' '),
  }));
  const items = Array.from(
    groupBy(formatted, ({ chains }) => chains),
    ([chains, same]) => `<li>${same.map(({ scope }) => scope).join(', ')} ${chains}</li>`,
  );
  return `<ul>${items.join('')}</ul>`;
}

function formatBindings({ identities, clusters = [] }: AccessReport): string {
  const users = identities.flatMap(({ name, bindings = [] }) =>
    bindings.map((binding) => ({ ...binding, subject: name, kind: 'user' })),
  );
  const groups = clusters.flatMap(({ groupBindings }) =>
    groupBindings.map((binding) => ({ ...binding, subject: binding.group, kind: 'group' })),
  );
  const rows = [...users, ...groups].map(({ subject, kind, cluster, namespace, name, role }) => {
    const cells = [kind, cluster, namespace ?? 'all namespaces', name, role];
    const formatted = cells.map((cell) => `<td><bdi>${escapeText(cell)}</bdi></td>`).join('');
    return `<tr><th scope="row"><bdi>${escapeText(subject)}</bdi></th>${formatted}</tr>`;
  });
  if (rows.length === 0) return '<p>No role bindings for users or external groups.</p>';
  const caption =
    'Role bindings for users and external groups. The UAA does not list the members of external groups.';
  const heads = ['Identity', 'Kind', 'Cluster', 'Namespace', 'Binding', 'Role'];
  return formatTable('bindings', caption, heads, rows);
}

function formatTable(
  name: string,
  caption: string,
  heads: readonly string[],
  rows: readonly string[],
): string {
  const head = heads.map((title) => `<th scope="col">${title}</th>`).join('');
  return `<table class="${name}"><caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`;
}

/** @param origin - `null` for a client. */
function identityKey(name: string, origin: string | null): string {
  return JSON.stringify([name, origin]);
}

function countFindings(findings: readonly Finding[]) {
  const count = (severity: Severity) =>
    findings.filter((each) => each.severity === severity).length;
  return (['high', 'medium', 'low'] as const).map((severity) => ({
    severity,
    number: count(severity),
  }));
}

/** Whether every user has the permission. */
function isDefault({ via }: Permission): boolean {
  return via.every(({ kind }) => kind === 'default');
}

function formatUtcTime(time: string): string {
  return escapeText(time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, '$1 $2'));
}

function escapeText(value: string): string {
  return escapeHtml(toPrintable(value));
}
