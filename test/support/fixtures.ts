import type { StoredSession } from '../../src/auth/session-file.js';
import type { ClientContextSettings, UserContextSettings } from '../../src/config/settings.js';
import type {
  EnvironmentIdentity,
  StoredClientContext,
  StoredUserContext,
} from '../../src/contexts/context.js';
import type { Cluster } from '../../src/pks/clusters.js';
import type { Quota } from '../../src/pks/quotas.js';
import type { User } from '../../src/uaa/users.js';
import type { Plain } from './plain-tokens.js';

/** An installation on the default ports. */
const installation = {
  api: 'https://api.example.com:9021',
  uaa: 'https://api.example.com:8443',
  skipTlsVerification: false,
  store: 'file',
} as const;

/** The stored settings of a user's context. */
export const codySettings: UserContextSettings = {
  ...installation,
  identity: 'cody',
  grant: 'password',
  clientId: 'pks_cli',
  origin: 'uaa',
};

/** The stored settings of a client's context. */
export const adminSettings: ClientContextSettings = {
  ...installation,
  identity: 'admin',
  grant: 'client_credentials',
  clientId: 'admin',
};

const sources = {
  name: 'default',
  api: 'context',
  uaa: 'context',
  caCert: 'context',
  identity: 'context',
} as const;

/** The stored context of a user. */
export function aUserContext(changes: Partial<StoredUserContext> = {}): StoredUserContext {
  return { ...codySettings, name: 'cody@api.example.com', sources, ...changes };
}

/** The stored context of a client. */
export function aClientContext(changes: Partial<StoredClientContext> = {}): StoredClientContext {
  return { ...adminSettings, name: 'admin@api.example.com', sources, ...changes };
}

/** A context from environment variables; its session is not stored. */
export function anEnvironmentContext(): EnvironmentIdentity {
  return { ...codySettings, name: 'environment', sources, store: 'none' };
}

/**
 * A session whose access token was issued at the start of `fixedClock` and expires in ten minutes.
 */
export function aSession(changes: Partial<Plain<StoredSession>> = {}): Plain<StoredSession> {
  return {
    accessToken: 'access-1',
    refreshToken: 'refresh-1',
    idToken: 'id-1',
    scope: 'openid pks.clusters.manage',
    expiresAt: '2026-11-25T10:10:00.000Z',
    lifetimeSeconds: 600,
    clockOffsetSeconds: 0,
    ...changes,
  };
}

/** A cluster as the API returns it. */
export function aCluster(changes: Partial<Cluster> = {}): Cluster {
  return {
    name: 'c1',
    plan_name: 'small',
    last_action: 'CREATE',
    last_action_state: 'succeeded',
    last_action_description: 'Instance provisioning completed',
    uuid: '01a234bc-d56e-7f89-01a2-3b4cde5f6789',
    ...changes,
  };
}

/** A quota as the API returns it. */
export function aQuota(changes: Partial<Quota> = {}): Quota {
  return { owner: 'cody', limit: { cpu: 2, memory: 1.5, cluster: 6 }, ...changes };
}

/** A user as the UAA returns it. */
export function aUser(changes: Partial<User> = {}): User {
  return { id: 'id-cody', userName: 'cody', origin: 'uaa', ...changes };
}
