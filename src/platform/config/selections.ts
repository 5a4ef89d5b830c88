import type { Selection, Settings } from './settings.js';

/**
 * Replaces the names of contexts in all selections.
 * @param rename - returns the new name, or `undefined` for a context that no longer exists.
 */
export function renameInSelections(
  selections: Settings['selections'],
  rename: (name: string) => string | undefined,
): Settings['selections'] {
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
