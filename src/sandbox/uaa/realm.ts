import type { Behaviour } from './uaa-releases.js';
import type { SigningKey } from './oauth/signing-key.js';
import type { State } from './store/state.js';

interface TokenSettings {
  /** Base URL of the server. The `iss` claim of tokens is this URL followed by `/oauth/token`. */
  readonly issuer: string;
  /** Default lifetime of access tokens, for clients that do not define one. */
  readonly accessSeconds: number;
  /** Default lifetime of refresh tokens. */
  readonly refreshSeconds: number;
  /** Lifetimes that take precedence over the clients' own. */
  readonly overrides: Lifetimes;
  /** Whether each refresh token can be used only once, which UAA 76.4 and later can enforce. */
  readonly rotateRefresh: boolean;
  readonly hostnames: readonly string[];
  readonly behaviour: Behaviour;
  /** PEM of the CA for connections to identity providers; default: Node's CAs. */
  readonly issuerCa?: string | undefined;
}

/** Token lifetimes in seconds; undefined if not set. */
interface Lifetimes {
  readonly accessSeconds?: number | undefined;
  readonly refreshSeconds?: number | undefined;
}

/** An identity zone. Each zone has its own users, groups and clients. */
export interface Zone {
  readonly id: string;
  readonly subdomain: string;
  readonly name: string;
  readonly description: string;
}

/** The parts of a UAA that all routes share. */
export interface Realm {
  readonly settings: TokenSettings;
  readonly key: SigningKey;
  readonly state: State;
  readonly zone: Zone;
  /** The realm that issues the callers' tokens (default: this realm). */
  readonly callers?: Realm;
}

/**
 * Determines the token lifetimes of a client. The overrides take precedence over the client's lifetimes,
 * and these over the defaults. A lifetime of -1 also means the default.
 */
export function resolveLifetimes(
  client: Lifetimes,
  settings: TokenSettings,
): Record<keyof Lifetimes, number> {
  const { overrides, accessSeconds, refreshSeconds } = settings;
  const omitDefault = (value: number | undefined) => (value === -1 ? undefined : value);
  return {
    accessSeconds: overrides.accessSeconds ?? omitDefault(client.accessSeconds) ?? accessSeconds,
    refreshSeconds:
      overrides.refreshSeconds ?? omitDefault(client.refreshSeconds) ?? refreshSeconds,
  };
}

export function formatIssuer({ issuer }: TokenSettings): string {
  return `${issuer}/oauth/token`;
}
