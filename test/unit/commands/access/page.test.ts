import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { formatAccessPage } from '../../../../src/commands/access/page.js';
import type { AccessReport } from '../../../../src/domain/access-review/report.js';
import {
  aHostileReport,
  anAccessReport,
  aReviewedUser,
  hostileNames,
} from '../../../support/fixtures/access-report.js';

const options = { createdAt: new Date('2026-12-01T21:00:00Z'), version: '1.2.3' };

const pageOf = (...reports: readonly AccessReport[]) => formatAccessPage(reports, options);

/** Returns the contents of the elements that match, without tags and with single spaces. */
function textsOf(html: string, element: RegExp): readonly string[] {
  return [...html.matchAll(element)].map(([part]) => toText(part));
}

function toText(html: string): string {
  return html
    .replace(/<wbr>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function rowsOf(html: string, table: string): readonly string[] {
  const content = html.split(`<table class="${table}">`)[1]?.split('</table>')[0] ?? '';
  return textsOf(content, /<tr.*?<\/tr>/gs);
}

describe('formatAccessPage', () => {
  test('allows only its own style', () => {
    const html = pageOf(anAccessReport(), aHostileReport());
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(html).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(style).not.toMatch(/url\(|@import/);
    expect(html).not.toMatch(/<script|<link|<[^>]* (?:style|src|on\w+)=|href="[^#]/i);
  });

  test('shows names from the server as text', () => {
    const html = pageOf(aHostileReport());
    const unescaped = hostileNames.filter((name) => html.includes(name));
    // These contain no characters with a meaning in HTML.
    expect(unescaped).toEqual(['javascript:alert(1)', 'x'.repeat(300)]);
    expect(html).toContain('&#60;img src=x onerror=alert(1)&#62;');
    expect(html).toContain('&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;');
    expect(html).toContain('admin\\u202etxt.exe\\x1b[31m');
  });

  test('links only to ids that exist once on the page', () => {
    const html = pageOf(anAccessReport(), aHostileReport());
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...html.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
  });

  test('names the installation, the time and the version', () => {
    const html = pageOf(anAccessReport());
    expect(html).toContain('<title>Access review of https://api.pks.example.com:9021</title>');
    expect(toText(html)).toContain('Created 2026-12-01 21:00 UTC by tpks 1.2.3');
    expect(html).not.toContain('aria-label="Installations"');
  });

  test('summarizes permissions and findings', () => {
    expect(textsOf(pageOf(anAccessReport()), /<dt>.*?<\/dd>/g)).toEqual([
      'Users with permissions 7',
      'Clients with permissions 2',
      'Findings (high) 1',
      'Findings (medium) 1',
      'Findings (low) 0',
    ]);
  });

  test('lists what could not be read', () => {
    const html = pageOf(
      anAccessReport({
        identities: [],
        notRead: [{ what: 'clients', scope: 'clients.read' }],
        clusters: [
          { name: 'dev-1', groupBindings: [] },
          { name: 'prod-1', problem: 'connection refused', groupBindings: [] },
        ],
      }),
    );
    const numbers = textsOf(html, /<dt>.*?<\/dd>/g);
    expect(numbers).toContain('Clients with permissions not read');
    expect(numbers).toContain('Clusters read 1 of 2');
    expect(textsOf(html, /<ul class="gaps">.*?<\/ul>/gs)).toEqual([
      'Not read: clients. The token lacks the scope clients.read . Not read: cluster prod-1 . connection refused',
    ]);
  });

  test('shows findings with their commands, and links to their identities', () => {
    const html = pageOf(anAccessReport());
    expect(rowsOf(html, 'findings')[1]).toBe(
      'high former.contractor old-ldap The user has the origin old-ldap, but no identity provider has this origin. ' +
        'user-unknown-origin tpks uaa user delete former.contractor --origin old-ldap',
    );
    const link = /<th scope="row"><a href="#([^"]*)"><bdi>former\.contractor/.exec(html)?.[1];
    expect(html).toContain(`<tr id="${link}"><th scope="row"><bdi>former.contractor<`);
    expect(html).toContain('<code>tpks uaa member delete pks.clusters.admin naomi</code>');
  });

  test('shows the sources of permissions in the matrix', () => {
    const rows = rowsOf(pageOf(anAccessReport()), 'matrix');
    expect(rows[0]).toBe(
      'Identity pks.clusters.admin pks.clusters.manage pks.clusters.admin.read uaa.admin clients.* scim.* zones.* other',
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        'alana uaa ■ group ● direct ● direct platform.ops',
        'former.contractor old-ldap inactive ◇ old-ldap, temporary',
        'auditor@very-long-company-name.example.com azure-ad ◆ azure-ad',
        'bjorn.lindqvist ldap ◆ ldap',
        'harbor client ▲ authority clients.read ▲ authority scim.read',
        'backup client ▲ authority a.read b.read c.read 3 more',
      ]),
    );
  });

  test('shows the chain of each scope, and the last login', () => {
    expect(rowsOf(pageOf(anAccessReport()), 'details')).toEqual(
      expect.arrayContaining([
        'naomi user-no-recent-login user uaa yes 2026-03-02 10:00 ' +
          'pks.clusters.admin ← direct openid , scim.me , uaa.user ← default group',
        'former.contractor user-unknown-origin user old-ldap no never ' +
          'pks.clusters.manage ← old-ldap (deleted at the next login) openid , scim.me , uaa.user ← default group',
        'aisha.khan user ldap yes 2026-11-10 09:30 ' +
          'pks.clusters.manage ← ldap cn=blue,ou=groups,dc=example,dc=com ← direct ' +
          'team.blue.deploy ← group team.blue ← ldap cn=ops,ou=groups,dc=example,dc=com ' +
          'openid , scim.me , uaa.user ← default group',
        'harbor client unknown scim.read , clients.read ← client authority',
      ]),
    );
  });

  test('lists role bindings only if clusters were read', () => {
    const binding = { cluster: 'dev-1', namespace: null, name: 'ops', role: 'ClusterRole view' };
    const groupBindings = [{ ...binding, group: 'oidc:cn=ops', namespace: 'payments' }];
    const identities = [aReviewedUser('cody', [], { bindings: [binding] })];
    const clusters = [{ name: 'dev-1', groupBindings }];
    expect(rowsOf(pageOf(anAccessReport({ identities, clusters })), 'bindings')).toEqual([
      'Identity Kind Cluster Namespace Binding Role',
      'cody user dev-1 all namespaces ops ClusterRole view',
      'oidc:cn=ops group dev-1 payments ops ClusterRole view',
    ]);
    const without = anAccessReport({ identities: [], clusters: [] });
    expect(toText(pageOf(without))).toContain('No role bindings for users or external groups.');
    expect(pageOf(anAccessReport()).includes('Role bindings')).toBe(false);
  });
});
