import type { Settings } from '../../platform/config/settings.js';
import { findIdentities } from '../contexts/current-installation.js';

/**
 * Chooses a context for the review of each UAA: the first one that can list users, starting with the context that
 * `tpks uaa` uses there. If no context can list users, chooses the first one.
 * @param readScopes - returns the scopes of a context's session; `undefined` if it cannot be read.
 * @returns the names of the contexts.
 */
export async function chooseReviewers(
  settings: Settings,
  readScopes: (name: string) => Promise<readonly string[] | undefined>,
): Promise<readonly string[]> {
  const uaas = new Set(Object.values(settings.contexts).map(({ uaa }) => uaa));
  return Promise.all(
    [...uaas].map(async (uaa) => {
      const { uaa: forUaa, pks } = findIdentities(settings, uaa);
      const stored = Object.entries(settings.contexts).flatMap(([name, context]) =>
        context.uaa === uaa ? name : [],
      );
      const names = [...new Set([forUaa, pks, ...stored])].filter((name) => name !== undefined);
      for (const name of names) {
        const scopes = await readScopes(name);
        if (scopes?.some((scope) => scope === 'uaa.admin' || scope === 'scim.read')) return name;
      }
      return names[0] ?? '';
    }),
  );
}
