import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identities, Settings } from '../../src/config/settings.js';

interface Selected {
  /** The context of the PKS commands. */
  readonly pks?: string;
  /** The context of `tpks uaa`. */
  readonly uaa?: string;
  /** UAA of the current installation; by default, the one of these contexts. */
  readonly installation?: string;
}

/** Settings in which tpks uses these contexts. */
export function selecting(
  { pks, uaa, installation }: Selected,
  settings: Partial<Settings> & Pick<Settings, 'contexts'>,
): Partial<Settings> {
  const { contexts } = settings;
  const identities: Record<string, { pks?: string; uaa?: string }> = {};
  for (const [role, name] of Object.entries({ pks, uaa })) {
    const place = contexts[name ?? '']?.uaa;
    if (place !== undefined) identities[place] = { ...identities[place], [role]: name };
  }
  const current = installation ?? contexts[pks ?? uaa ?? '']?.uaa;
  return { ...settings, selections: { tpks: { uaa: current, identities } } };
}

/** Settings in which this installation is the current one, and no context is used there. */
export function selectingOnly(
  installation: string,
  settings: Partial<Settings> = {},
): Partial<Settings> {
  return selecting({ installation }, { contexts: {}, ...settings });
}

/** Settings with defaults. */
export function someSettings(changes: Partial<Settings> = {}): Settings {
  return { version: 2, program: 'tpks', selections: {}, contexts: {}, targets: [], ...changes };
}

/** Reads the contexts that tpks uses at its current installation from `config.json`. */
export function readIdentities(home: string): Identities {
  const { selections } = JSON.parse(readFileSync(join(home, 'config.json'), 'utf8')) as Settings;
  return selections.tpks?.identities[selections.tpks.uaa ?? ''] ?? {};
}
