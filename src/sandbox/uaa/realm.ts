import type { Behaviour } from './behaviour.js';
import type { SigningKey } from './oauth/signing-key.js';
import type { State } from './store/state.js';

/** Settings for all tokens of a UAA. */
export interface TokenSettings {
  /** Base URL of the server; tokens name `/oauth/token` below it as their issuer. */
  readonly issuer: string;
  /** Lifetimes for clients without lifetimes. */
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
  /** Lifetimes that override those of all clients. */
  readonly fixed: Lifetimes;
  /** Whether refresh tokens can be used only once, which is an option of later UAAs. */
  readonly rotateRefresh: boolean;
  /** The behaviour of the simulated release. */
  readonly behaviour: Behaviour;
}

/** Lifetimes of tokens in seconds. */
export interface Lifetimes {
  readonly accessSeconds?: number | undefined;
  readonly refreshSeconds?: number | undefined;
}

/** A UAA as its routes see it: settings, signing key and data. */
export interface Realm {
  readonly settings: TokenSettings;
  readonly key: SigningKey;
  readonly state: State;
}

/** @returns the lifetimes of the tokens of a client. */
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
