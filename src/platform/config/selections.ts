import type { Program } from '../../base/program-name.js';

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

/**
 * Replaces the names of contexts in all selections.
 * @param rename - returns the new name, or `undefined` for a context that no longer exists.
 */
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
