import type { ContextSettings } from '../config/settings.js';
import type { StoreKind } from '../keychain/keychain.js';

/** Where a value comes from, as `tpks status` shows it. */
export type Source = `flag --${string}` | `variable ${string}` | 'context' | 'default';

/** One identity at one installation, resolved for this run. */
export interface Context extends Omit<ContextSettings, 'store'> {
  readonly name: string;
  /** `none`: described by the environment; its token is kept in memory only. */
  readonly store: StoreKind;
  readonly sources: Readonly<Record<'name' | 'api' | 'uaa' | 'caCert' | 'identity', Source>>;
}
