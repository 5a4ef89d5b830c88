import type { IdentityProvider } from '../../api/uaa/identity-providers.js';
import { assignsGroupsByName } from '../../api/uaa/membership-sources.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { ciSystems } from '../auth/ci/systems.js';
import { readSetting, readSettings } from '../ci-trust/content.js';
import type { FindingInput, SubjectFinding } from './finding.js';

export function findProviderProblems({ content }: FindingInput): readonly SubjectFinding[] {
  return (content.providers ?? []).flatMap((provider) =>
    findProblems(provider, content).map((finding) => ({
      subjects: [],
      finding: { ...finding, identity: provider.originKey },
    })),
  );
}

function findProblems(
  provider: IdentityProvider,
  { users }: FindingInput['content'],
): readonly Omit<SubjectFinding['finding'], 'identity'>[] {
  const { id, originKey, active } = provider;
  /** tpks has no command that updates providers. @param expression - for jq */
  const formatChange = (expression: string): string =>
    `tpks uaa idp get ${quoteForShell(originKey)} -o json | jq ${quoteForShell(expression)} | ` +
    `tpks uaa curl ${quoteForShell(`/identity-providers/${id}?rawConfig=true`)} -X PUT -d @- ` +
    `-H 'Content-Type: application/json'`;
  if (active === false) {
    // Every UAA has this provider. It is inactive until it is configured.
    if (originKey === 'ldap' && !users.some(({ origin }) => origin === 'ldap')) return [];
    return [
      {
        id: 'provider-inactive',
        severity: 'low',
        reason:
          'Its users cannot log in but keep their permissions; deleting the provider also deletes its users',
        command: `tpks uaa curl ${quoteForShell(`/identity-providers/${id}`)} -X DELETE`,
      },
    ];
  }
  const found: Omit<SubjectFinding['finding'], 'identity'>[] = [];
  const settings = readSettings(provider);
  if (settings['skipSslValidation'] === true) {
    found.push({
      id: 'provider-skips-tls-verification',
      severity: 'high',
      reason:
        'The UAA does not verify its certificate, so another server can impersonate it and log in as any of its users',
      command: formatChange('.config.skipSslValidation = false'),
    });
  }
  if (assignsGroupsByName(provider)) {
    found.push({
      id: 'provider-group-names-as-scopes',
      severity: 'high',
      reason:
        'Its group names become scopes without a mapping, so its administrators can make anyone a UAA administrator',
      command:
        settings['groupMappingMode'] === 'AS_SCOPES'
          ? formatChange('.config.groupMappingMode = "EXPLICITLY_MAPPED"')
          : formatChange('.config.ldapGroupFile = "ldap/ldap-groups-map-to-scopes.xml"'),
    });
  }
  const issuer = ['issuer', 'discoveryUrl', 'authUrl']
    .map((name) => readSetting(provider, name) ?? '')
    .find(isPublicIssuer);
  if (issuer !== undefined && settings['addShadowUserOnLogin'] !== false) {
    found.push({
      id: 'provider-public-issuer',
      severity: 'high',
      reason: `Anyone can get a token from ${issuer}, and the UAA creates a user for everyone who logs in with one`,
      command: formatChange('.config.addShadowUserOnLogin = false'),
    });
  }
  return found;
}

/** Issuers from which anyone can get a token. Other paths on these hosts may belong to a single organization. */
const publicIssuers: readonly string[] = [
  ...Object.values(ciSystems).flatMap(({ issuer }) => issuer ?? []),
  'https://accounts.google.com',
  'https://github.com/login/oauth',
  ...['common', 'organizations', 'consumers'].map(
    (tenant) => `https://login.microsoftonline.com/${tenant}/v2.0`,
  ),
];

/** @param url - the issuer, its discovery URL or its authorization URL. */
function isPublicIssuer(url: string): boolean {
  const issuer = url.replace(/\/(?:\.well-known\/.*|authorize)?$/, '');
  return publicIssuers.includes(issuer);
}
