import type { Program } from '../../base/link.js';

export const userGrants = [
  'password',
  'passcode',
  // In a browser: the UAA's page returns a code (`authorization_code`) or the token itself (`implicit`).
  'authorization_code',
  'implicit',
  // The ID token of a CI job.
  'jwt_bearer',
] as const;

/** The grant of a user, who proves their identity at each login. */
export type UserGrant = (typeof userGrants)[number];

/** The grant that started a session. */
export type GrantKind = UserGrant | 'client_credentials';

/** One identity at one installation. */
export type ContextSettings = UserContextSettings | ClientContextSettings;

export interface UserContextSettings extends CommonSettings {
  readonly grant: UserGrant;
  /** Identity provider of the user (`uaa`, `ldap`, ...); `undefined` if the token is opaque. */
  readonly origin?: string | undefined;
  /** The client has no secret, not even an empty one. */
  readonly isPublicClient?: boolean | undefined;
  /** Where a CI login gets its ID token; only with the grant `jwt_bearer`. */
  readonly idToken?: IdTokenSettings | undefined;
  readonly clientKeyFile?: undefined;
}

export interface IdTokenSettings {
  readonly audience: string;
  /** Absolute path of `--id-token-file`; `undefined` for the token of the CI system. */
  readonly file?: string | undefined;
}

export interface ClientContextSettings extends CommonSettings {
  readonly grant: 'client_credentials';
  readonly origin?: undefined;
  readonly isPublicClient?: undefined;
  readonly idToken?: undefined;
  /** Absolute path of the client's private key; `undefined` for a client with a secret. */
  readonly clientKeyFile?: string | undefined;
}

interface CommonSettings {
  /** User name as the UAA spells it, or the id of a UAA client. */
  readonly identity: string;
  /** The UAA client that the tokens belong to. */
  readonly clientId: string;
  /** Scopes that were requested, separated by spaces; `undefined` requests all. */
  readonly scope?: string | undefined;
  /** Also requested at each renewal; if `undefined`, the UAA chooses. */
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
  /** Origin of the PKS API, always with its port; `undefined` if only a UAA is known. */
  readonly api?: string | undefined;
  /** Base URL of the UAA, without a trailing slash; may have a path. */
  readonly uaa: string;
  /** The CA certificates themselves (PEM), so that the file can be moved. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
  readonly store: 'keychain' | 'file';
  /**
   * Part of the session file's name. A login that changes any of the settings above chooses a new one, so
   * that the old session is not overwritten before `config.json` refers to the new one. Absent after the
   * first login of a context.
   */
  readonly sessionId?: string | undefined;
  /** Another store that may still contain a key of this context, e.g. of a login that was killed. */
  readonly otherStore?: 'keychain' | 'file' | undefined;
  /** The plain-text copy of the session, unless another context has replaced it. */
  readonly pksCreds?: PksCredsSettings | undefined;
}

/** A plain-text copy of a session, in the format of the original CLI. */
export interface PksCredsSettings {
  /** Absolute path of `creds.yml`. */
  readonly path: string;
  /** `true` after `login --write-creds`; if `false`, the file is written only with `TPKS_PKS_CREDS`. */
  readonly isAlwaysWritten: boolean;
}

/** A session for the clusters of one installation. Its tokens belong to the client `pks_cluster_client`. */
export interface KubernetesSessionSettings extends Pick<
  ContextSettings,
  'identity' | 'uaa' | 'caCert' | 'skipTlsVerification' | 'store'
> {
  readonly api: string;
  /** Names of the clusters that credentials were fetched for, oldest first. */
  readonly clusters: readonly string[];
}

/** A UAA that `tpks uaa target` knows. */
export type UaaTargetSettings = Pick<ContextSettings, 'uaa' | 'caCert' | 'skipTlsVerification'>;

/** What an identity is used for: PKS commands, or `tpks uaa`. */
export type Role = 'pks' | 'uaa';

/** The current installation, and the contexts that were last used at each installation. */
export interface Selection {
  /** UAA of the current installation; `undefined` before the first login. */
  readonly uaa?: string | undefined;
  /** The contexts of each role, by UAA. */
  readonly identities: Readonly<Record<string, Identities>>;
  /** The context that was used before the last change, for `tpks context use -`. */
  readonly previous?: string | undefined;
}

/** The context that each role uses at one installation. */
export type Identities = Readonly<Partial<Record<Role, string | undefined>>>;

/** The selection of each program. A link without one uses that of `tpks`. */
export type Selections = Readonly<Partial<Record<Program, Selection | undefined>>>;

/** In settings read from the file, the selections refer only to contexts that exist. */
export interface Settings {
  readonly version: 2;
  /** The program whose selection applies. Not stored. */
  readonly program: Program;
  readonly selections: Selections;
  /** The UAA that tpks 0.2.0 used for `tpks uaa`, if it is not the current one. Removed after a note was printed. */
  readonly formerUaaTarget?: string | undefined;
  readonly contexts: Readonly<Record<string, ContextSettings>>;
  /** By name: the name of a context, or `USER@HOST` for a session without one. */
  readonly kubernetesSessions?: Readonly<Record<string, KubernetesSessionSettings>> | undefined;
  /** The store of new contexts, chosen at a login without a usable keychain; the keychain if absent. */
  readonly defaultStore?: 'file' | undefined;
  /** In the order of `tpks uaa targets`. */
  readonly targets: readonly UaaTargetSettings[];
}

/** Stores contexts, targets and selections, and no secrets. */
export interface SettingsFile {
  /** @throws {TpksError} `storage` for a file that is unreadable, invalid, or writable by other users. */
  readonly read: () => Promise<Settings>;
  /**
   * Reads, changes and replaces the file under a lock, so that no change of a parallel login is lost.
   * @param change - may call `write` to store intermediate settings.
   * @throws {TpksError} `storage` if the file is invalid (and left unchanged) or cannot be written.
   */
  readonly update: (
    change: (
      settings: Settings,
      write: (intermediate: Settings) => Promise<void>,
    ) => Settings | Promise<Settings>,
  ) => Promise<Settings>;
}

/** Renames contexts in all selections. `rename` returns `undefined` if a context no longer exists. */
export function renameInSelections(
  selections: Selections,
  rename: (name: string) => string | undefined,
): Selections {
  const follow = (name: string | undefined) => (name === undefined ? undefined : rename(name));
  const renameSelection = (selection: Selection): Selection => ({
    ...selection,
    identities: Object.fromEntries(
      Object.entries(selection.identities).map(([installation, each]) => [
        installation,
        { ...each, pks: follow(each.pks), uaa: follow(each.uaa) },
      ]),
    ),
    previous: follow(selection.previous),
  });
  const { tpks, pks, uaac } = selections;
  return {
    ...selections,
    ...(tpks && { tpks: renameSelection(tpks) }),
    ...(pks && { pks: renameSelection(pks) }),
    ...(uaac && { uaac: renameSelection(uaac) }),
  };
}
