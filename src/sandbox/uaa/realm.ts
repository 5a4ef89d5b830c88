import type { Behaviour } from './behaviour.js';
import type { SigningKey } from './oauth/signing-key.js';
import type { State } from './store/state.js';

/** What every token of one UAA has in common. */
export interface TokenSettings {
  /** Base URL of the server; tokens name `/oauth/token` below it as their issuer. */
  readonly issuer: string;
  /** Lifetimes for clients that have none of their own. */
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
  /** Lifetimes in place of every client's own. */
  readonly fixed: Lifetimes;
  /** Whether a refresh ends the refresh token it was made with, as later UAAs can be told to. */
  readonly rotateRefresh: boolean;
  /** That of the release it plays. */
  readonly behaviour: Behaviour;
}

/** Of tokens, in seconds. */
export interface Lifetimes {
  readonly accessSeconds?: number | undefined;
  readonly refreshSeconds?: number | undefined;
}

/** One UAA as its routes see it: how it is set up, its key, and all it remembers. */
export interface Realm {
  readonly settings: TokenSettings;
  readonly key: SigningKey;
  readonly state: State;
}

/** @returns how long tokens live that this client gets. */
export function lifetimesOf(
  client: Lifetimes,
  settings: TokenSettings,
): Record<keyof Lifetimes, number> {
  const { fixed, accessSeconds, refreshSeconds } = settings;
  return {
    accessSeconds: fixed.accessSeconds ?? client.accessSeconds ?? accessSeconds,
    refreshSeconds: fixed.refreshSeconds ?? client.refreshSeconds ?? refreshSeconds,
  };
}

/** @returns the `iss` claim of every token. */
export function issuerClaim({ issuer }: TokenSettings): string {
  return `${issuer}/oauth/token`;
}
