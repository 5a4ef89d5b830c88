import { groupBy } from '../../base/group-by.js';
import { hostOf } from '../../base/pks-conventions.js';
import type { Settings } from '../../platform/config/settings.js';
import { formatDistinguishedName, listCas } from '../../platform/http/untrusted-error.js';
import type { StoredSession } from '../auth/session-repository.js';
import { findRenewalEnd } from '../auth/session.js';
import { toStoreName } from '../contexts/context-names.js';
import type { Expiry, Subject } from './report.js';

type Credential = Parameters<typeof findRenewalEnd>[1];

/** Lists the contexts and the Kubernetes sessions that use these UAAs, including contexts without a stored session. */
export function listSessions(
  { contexts, kubernetesSessions = {} }: Settings,
  uaas: ReadonlySet<string>,
) {
  const all = [
    ...Object.entries(contexts).map(([name, context]) => ({
      ...{ settings: context, name, role: 'context' as const },
      ...{ location: { ...context, name }, credential: context },
    })),
    ...Object.entries(kubernetesSessions).map(([name, session]) => ({
      ...{ settings: session, name, role: 'kubernetes' as const },
      location: { name: toStoreName(name), store: session.store },
      credential: { grant: 'password' } as const,
    })),
  ];
  return all
    .filter(({ settings }) => uaas.has(settings.uaa))
    .map(({ settings: { api, uaa }, name, role, location, credential }) => {
      const installation = hostOf(api ?? uaa);
      const subject: Subject = { kind: 'session', role, name, installation, server: null };
      return { subject, location, credential };
    });
}

/** Returns when a session ends, i.e. when a new login is required, by this machine's clock. */
export function findSessionEnd(stored: StoredSession, credential: Credential): Expiry {
  const { refreshRejectedAt, expiresAt, clockOffsetSeconds } = stored;
  if (refreshRejectedAt !== undefined) {
    return { end: Date.parse(refreshRejectedAt), note: 'the UAA has rejected the refresh token' };
  }
  const renewalEnd = findRenewalEnd(stored, credential);
  if (renewalEnd === Number.POSITIVE_INFINITY) {
    const isClient = credential.grant === 'client_credentials';
    return {
      note: isClient
        ? 'can be renewed while the client accepts its secret or key'
        : 'the refresh token does not contain its expiry',
    };
  }
  const end = Math.max(Date.parse(expiresAt), renewalEnd) - clockOffsetSeconds * 1000;
  return { end, note: renewalEnd === 0 ? 'cannot be renewed' : undefined };
}

/** Lists the CAs that are stored for these UAAs, without duplicates. */
export function listStoredCas(
  { contexts, targets, kubernetesSessions = {} }: Settings,
  uaas: ReadonlySet<string>,
): readonly (readonly [Subject, Expiry])[] {
  const owners = [
    ...Object.entries({ ...kubernetesSessions, ...contexts }),
    ...targets.map((target) => [hostOf(target.uaa), target] as const),
  ];
  const copies = owners.flatMap(([owner, { uaa, caCert }]) =>
    caCert !== undefined && uaas.has(uaa) ? listCas(caCert).map((ca) => ({ ca, owner })) : [],
  );
  return [...groupBy(copies, ({ ca }) => ca.fingerprint256).values()].flatMap((same) => {
    const names = [...new Set(same.map(({ owner }) => owner))].join(', ');
    return same.slice(0, 1).map(({ ca }): readonly [Subject, Expiry] => {
      const name = formatDistinguishedName(ca.subject);
      const subject = { name, installation: null, server: null };
      const end = Date.parse(ca.valid_to);
      return [
        { kind: 'certificate', role: 'ca', ...subject },
        { end, note: `stored for ${names}` },
      ];
    });
  });
}
