import type { Context } from '../contexts/context.js';
import type { Clock } from '../clock.js';
import type { Send, Trust } from '../http/send.js';
import type { Failure } from '../http/status-error.js';
import type { UaaTarget } from '../contexts/targets.js';
import type { TokenCheck } from '../uaa/tokens/check-token.js';
import type { ClientJwts } from '../uaa/client-jwts.js';
import type { ClientSecrets } from '../uaa/client-secrets.js';
import type { Clients } from '../uaa/clients.js';
import type { Directory } from '../uaa/directory.js';
import type { GivenKey } from '../uaa/tokens/given-key.js';
import type { Groups } from '../uaa/groups.js';
import type { IdentityProviders } from '../uaa/identity-providers.js';
import type { IdentityZones } from '../uaa/identity-zones.js';
import type { Info } from '../uaa/info.js';
import type { Mappings } from '../uaa/mappings.js';
import type { Members } from '../uaa/members.js';
import type { PasswordStrength } from '../uaa/password-strength.js';
import type { SigningKeys } from '../uaa/tokens/signing-key.js';
import type { TokenKeys } from '../uaa/tokens/token-keys.js';
import type { TokenRecords } from '../uaa/tokens/token-records.js';
import type { UserAccounts } from '../uaa/user-accounts.js';
import type { UserIds } from '../uaa/user-ids.js';
import type { UserUpdates } from '../uaa/user-updates.js';
import type { UserinfoEndpoint } from '../uaa/userinfo.js';
import type { Users } from '../uaa/users.js';
import type { Zone } from '../uaa/zone.js';
import { once } from './once.js';

/** The resources of a UAA: what anybody may ask, and what the current context may. */
export interface UaaServices {
  readonly info: (target: UaaTarget) => Promise<Info>;
  readonly tokenKeys: (target: UaaTarget) => Promise<TokenKeys>;
  readonly tokenCheck: (target: UaaTarget) => Promise<TokenCheck>;
  readonly signingKeys: (target: UaaTarget) => Promise<SigningKeys>;
  readonly passwordStrength: (target: UaaTarget) => Promise<PasswordStrength>;
  readonly givenKey: () => Promise<GivenKey>;

  readonly tokenRecords: () => Promise<TokenRecords>;
  readonly users: () => Promise<Users>;
  readonly userUpdates: () => Promise<UserUpdates>;
  readonly userAccounts: () => Promise<UserAccounts>;
  readonly userIds: () => Promise<UserIds>;
  readonly directory: () => Promise<Directory>;
  readonly groups: () => Promise<Groups>;
  readonly members: () => Promise<Members>;
  readonly mappings: () => Promise<Mappings>;
  readonly clients: () => Promise<Clients>;
  readonly clientSecrets: () => Promise<ClientSecrets>;
  readonly clientJwts: () => Promise<ClientJwts>;
  readonly userinfo: () => Promise<UserinfoEndpoint>;
  readonly identityProviders: () => Promise<IdentityProviders>;
  readonly identityZones: () => Promise<IdentityZones>;
}

export interface UaaServicesDeps {
  readonly clock: Clock;
  /** The context that `tpks uaa` uses. */
  readonly uaaContext: () => Promise<Context>;
  readonly zone: () => Zone | undefined;
  readonly send: (trust: Trust) => Promise<Send>;
  /** With the context's token. */
  readonly bearerSend: (context: Context) => Promise<Send>;
}

/** About as long as a read and a write take: who collided is apart from the others then. */
const collisionMilliseconds = 50;

export function createUaaServices(deps: UaaServicesDeps): UaaServices {
  const { clock, uaaContext, send, bearerSend } = deps;

  const open = async (trust: Trust): Promise<Send> => {
    const [{ withStatusErrors }, door] = await Promise.all([
      import('../http/status-error.js'),
      send(trust),
    ]);
    return withStatusErrors(door);
  };
  /** What is asked without a token. */
  const endpoint =
    <T>(load: () => Promise<(send: Send, uaa: string) => T>) =>
    async (target: UaaTarget): Promise<T> => {
      const [create, door] = await Promise.all([load(), open(target)]);
      return create(door, target.uaa);
    };

  const current = once(async () => {
    const of = await uaaContext();
    const [{ withStatusErrors }, { explainUaa }, door] = await Promise.all([
      import('../http/status-error.js'),
      import('../uaa/status.js'),
      bearerSend(of),
    ]);
    const zone = deps.zone();
    if (zone === undefined) return { send: withStatusErrors(door, explainUaa(of)), uaa: of.uaa };
    const { withZone, explainZone } = await import('../uaa/zone.js');
    const explain = (failure: Failure) => explainZone(zone)(failure) ?? explainUaa(of)(failure);
    return { send: withStatusErrors(withZone(door, zone), explain), uaa: of.uaa };
  });
  /** What is asked with the token of the context. */
  const resource = <T>(load: () => Promise<(send: Send, uaa: string) => T>): (() => Promise<T>) =>
    once(async () => {
      const [create, at] = await Promise.all([load(), current()]);
      return create(at.send, at.uaa);
    });

  const users = resource(async () => (await import('../uaa/users.js')).createUsers);
  const groups = resource(async () => (await import('../uaa/groups.js')).createGroups);

  return {
    info: endpoint(async () => (await import('../uaa/info.js')).createInfo),
    tokenKeys: endpoint(async () => (await import('../uaa/tokens/token-keys.js')).createTokenKeys),
    tokenCheck: endpoint(
      async () => (await import('../uaa/tokens/check-token.js')).createTokenCheck,
    ),
    signingKeys: endpoint(
      async () => (await import('../uaa/tokens/signing-key.js')).createSigningKeys,
    ),
    passwordStrength: endpoint(
      async () => (await import('../uaa/password-strength.js')).createPasswordStrength,
    ),
    givenKey: async () => (await import('../uaa/tokens/given-key.js')).createGivenKey(),

    tokenRecords: resource(
      async () => (await import('../uaa/tokens/token-records.js')).createTokenRecords,
    ),
    users,
    userUpdates: once(async () => {
      const [{ createUserUpdates }, at, all] = await Promise.all([
        import('../uaa/user-updates.js'),
        current(),
        users(),
      ]);
      const pause = (tries: number) => clock.sleep(Math.random() * tries * collisionMilliseconds);
      return createUserUpdates({ ...at, users: all, pause });
    }),
    userAccounts: once(async () => {
      const [{ createUserAccounts }, at, all] = await Promise.all([
        import('../uaa/user-accounts.js'),
        current(),
        users(),
      ]);
      return createUserAccounts({ ...at, users: all });
    }),
    userIds: resource(async () => (await import('../uaa/user-ids.js')).createUserIds),
    directory: resource(async () => (await import('../uaa/directory.js')).createDirectory),
    groups,
    members: resource(async () => (await import('../uaa/members.js')).createMembers),
    mappings: once(async () => {
      const [{ createMappings }, at, all] = await Promise.all([
        import('../uaa/mappings.js'),
        current(),
        groups(),
      ]);
      return createMappings({ ...at, groups: all });
    }),
    clients: resource(async () => (await import('../uaa/clients.js')).createClients),
    clientSecrets: resource(
      async () => (await import('../uaa/client-secrets.js')).createClientSecrets,
    ),
    clientJwts: resource(async () => (await import('../uaa/client-jwts.js')).createClientJwts),
    userinfo: resource(async () => (await import('../uaa/userinfo.js')).createUserinfo),
    identityProviders: resource(
      async () => (await import('../uaa/identity-providers.js')).createIdentityProviders,
    ),
    identityZones: resource(
      async () => (await import('../uaa/identity-zones.js')).createIdentityZones,
    ),
  };
}
