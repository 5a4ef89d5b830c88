import type { Token } from '../auth/token.js';
import type { Installation } from '../contexts/installation.js';
import type { Trust } from '../http/send.js';
import type { Bind } from '../pks/binds.js';
import type { ContextOwner, Kubeconfig } from './kubeconfig/kubeconfig.js';
import type { KubernetesSession } from './sessions.js';
import type { KubeconfigFormat } from './user-entry.js';

/** The identity that gets access to clusters, and the form of its kubeconfig entries. */
export interface AccessRequest {
  readonly installation: Installation & Trust;
  readonly identity: string;
  /** Whether the identity is a UAA client, which cannot get an ID token. */
  readonly isClient: boolean;
  /** `--kubeconfig-format`; `undefined` chooses the format by the cluster and the name of the program. */
  readonly format: KubeconfigFormat | undefined;
  /** The Kubernetes session for the format `exec`. */
  readonly session: SessionTarget;
  /** The issuer of the identity's token for the API, if it is known. */
  readonly readApiIssuer: () => Promise<string | undefined>;
  /** Logs in with the UAA client for clusters, and prompts the user if necessary. */
  readonly logIn: () => Promise<Token>;
  /** Existing user entries, which keep their names. */
  readonly findUser: Kubeconfig['findUser'];
  readonly contextName?: string | undefined;
  /** `--server` */
  readonly server?: string | undefined;
  readonly namespace?: string | undefined;
  /** @see ContextOwner.command */
  readonly command?: ContextOwner['command'];
}

/** Where a Kubernetes session is stored. */
export interface SessionTarget {
  readonly name: string;
  /**
   * Selects the store, and tests it before the user is prompted.
   * @throws {TpksError} `keychain` or `storage`; `usage` for an unknown store.
   */
  readonly selectStore: () => Promise<KubernetesSession['store']>;
}

/** A cluster and the format of its user entry. */
export interface PlannedAccess {
  readonly bind: Bind;
  readonly format: KubeconfigFormat;
}
