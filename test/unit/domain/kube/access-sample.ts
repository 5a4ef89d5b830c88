import type { Bind } from '../../../../src/api/pks/binds.js';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import { toToken } from '../../../../src/domain/auth/token.js';
import type { AccessRequest } from '../../../../src/domain/kube/cluster-access.js';
import type {
  KubernetesSession,
  KubernetesSessions,
} from '../../../../src/domain/kube/sessions.js';
import { jwt } from '../../../support/fixtures/jwt.js';

export const installation = {
  api: 'https://api.example.com:9021',
  uaa: 'https://api.example.com:8443',
  caCert: 'PEM',
  skipTlsVerification: false,
};

export const issuer = 'https://api.example.com:8443/oauth/token';

/** The ID token of a user. It expires at 10:10. */
export function idToken(user = 'cody'): string {
  const exp = Date.parse('2026-11-25T10:10:00Z') / 1000;
  return jwt({ iss: issuer, user_name: user, exp, aud: ['pks_cluster_client'] });
}

/** The tokens that the UAA issues for clusters. */
export function aClusterToken(user = 'cody') {
  return toToken({
    accessToken: 'access-1',
    refreshToken: 'refresh-1',
    idToken: idToken(user),
    scope: 'openid',
    expiresInSeconds: 600,
    date: undefined,
    now: new Date('2026-11-25T10:00:00Z'),
  });
}

/** The bind of a cluster with OpenID Connect. */
export function aBind(changes: Partial<Bind> = {}): Bind {
  const { cluster = 'dev-1' } = changes;
  return {
    cluster,
    server: `https://${cluster}.example.com:8443`,
    certificateAuthorityData: 'Q0E=',
    userName: 'cody',
    login: { kind: 'oidc', issuer },
    ...changes,
  };
}

/** The bind of a cluster without OpenID Connect. */
export function aTokenBind(changes: Partial<Bind> = {}): Bind {
  const login = { kind: 'token', token: new Secret('service-token') } as const;
  return aBind({ userName: '8be333bf-50af-43b0-a344-b28c2cdaf63a', login, ...changes });
}

export const storedSession: KubernetesSession = {
  ...installation,
  name: 'cody@api.example.com',
  identity: 'cody',
  store: 'file',
  clusters: ['dev-1'],
};

/** Kubernetes sessions in memory. @param state - the result of `check` for all of them. */
export function fakeSessions(
  stored: readonly KubernetesSession[] = [],
  state: 'valid' | 'ended' = 'valid',
) {
  const saved: KubernetesSession[] = [];
  const added: string[] = [];
  const unused = () => Promise.reject(new Error('not expected'));
  const sessions: KubernetesSessions = {
    find: async (name) => [...saved, ...stored].find((each) => each.name === name),
    save: async (session) => void saved.push(session),
    addClusters: async (name, clusters) => void added.push(`${name} ${clusters.join()}`),
    select: async (name) => ({
      ...{ ...storedSession, name, command: '', trustCommand: '', usesPassword: true },
      token: async () => {
        if (state === 'ended')
          throw new TpksError('unauthenticated', 'The session has ended', { hint: '' });
        const expiresAt = new Date('2026-11-25T10:10:00Z');
        return { idToken: new Secret(idToken()), expiresAt, renewAt: expiresAt };
      },
    }),
    check: async () => state,
    rename: unused,
    remove: unused,
  };
  return { sessions, saved, added };
}

/** A request for access, with a login that succeeds and is counted. */
export function aRequest(changes: Partial<AccessRequest> = {}) {
  let logins = 0;
  const request: AccessRequest = {
    installation,
    identity: 'cody',
    canHaveIdToken: true,
    format: undefined,
    session: { name: 'cody@api.example.com', selectStore: async () => 'file' },
    readApiIssuer: async () => undefined,
    logIn: async () => {
      logins += 1;
      return aClusterToken();
    },
    findUser: async () => undefined,
    ...changes,
  };
  return { request, logins: () => logins };
}
