import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { Settings, Identities, Role, Selection } from '../../platform/config/settings.js';
import { findApi, formatApi, listStoredInstallations } from './installation.js';

export function findSelection({ program, selections }: Settings): Selection {
  const own = selections[program];
  return (own?.uaa === undefined ? selections.tpks : own) ?? { identities: {} };
}

/**
 * The contexts stored for the roles of this program at an installation. A role without a context is left
 * out, even if it could use the context of the other role. A link that has not used the installation yet
 * uses the contexts of tpks.
 */
export function findIdentities(settings: Settings, uaa = findSelection(settings).uaa): Identities {
  const { program, selections } = settings;
  const { pks, uaa: forUaa } =
    [selections[program], selections.tpks]
      .map((each) => getOwnValue(each?.identities ?? {}, uaa ?? ''))
      .find((each) => each !== undefined) ?? {};
  // A login can move a context to another installation.
  const ifHere = (name: string | undefined) =>
    name !== undefined && getOwnValue(settings.contexts, name)?.uaa === uaa ? name : undefined;
  return { pks: ifHere(pks), uaa: ifHere(forUaa) };
}

/**
 * Makes an installation the current one.
 * @param identity - the context that a role uses there from now on.
 */
export function selectInstallation(
  settings: Settings,
  uaa: string,
  identity?: { readonly role: Role; readonly name: string },
): Settings {
  const { program, selections } = settings;
  const old = findSelection(settings);
  const atUaa = findIdentities(settings, uaa);
  const next = identity === undefined ? atUaa : { ...atUaa, [identity.role]: identity.name };
  const identities = { ...old.identities, [uaa]: next };
  const before = mainIdentity(findIdentities(settings));
  const previous = before === undefined || before === mainIdentity(next) ? old.previous : before;
  const selection = { ...old, uaa, identities, previous };
  return {
    ...settings,
    // The user has just selected a UAA, so the note about the former one is not needed.
    formerUaaTarget:
      program === 'tpks' && (old.uaa !== uaa || identity?.role === 'uaa')
        ? undefined
        : settings.formerUaaTarget,
    selections: {
      ...selections,
      // If tpks has no selection yet, it gets the first selection made through a link.
      ...(selections.tpks?.uaa === undefined ? { tpks: selection } : {}),
      [program]: selection,
    },
  };
}

/** Does nothing if the role has a context at this installation. Does not change the current installation. */
export function addContextForRole(settings: Settings, role: Role, name: string): Settings {
  const uaa = getOwnValue(settings.contexts, name)?.uaa;
  const selection = settings.selections[settings.program] ?? { identities: {} };
  if (uaa === undefined || findIdentities(settings, uaa)[role] !== undefined) return settings;
  const identities = {
    ...selection.identities,
    [uaa]: { ...findIdentities(settings, uaa), [role]: name },
  };
  return {
    ...settings,
    selections: { ...settings.selections, [settings.program]: { ...selection, identities } },
  };
}

/**
 * Finds the previous context, for `tpks context use -`.
 * @throws {TpksError} `notFound` if there is no previous context, e.g. because it was deleted.
 */
export function findPreviousContext(settings: Settings): string {
  const { previous } = findSelection(settings);
  const isCurrent = previous === mainIdentity(findIdentities(settings));
  if (previous !== undefined && !isCurrent) return previous;
  throw new TpksError('notFound', 'No previous context', {
    hint: 'choose a context: tpks contexts, then tpks context use NAME',
  });
}

export function otherRole(role: Role): Role {
  return role === 'pks' ? 'uaa' : 'pks';
}

function mainIdentity({ pks, uaa }: Identities): string | undefined {
  return pks ?? uaa;
}

/** Describes a change of the current installation; `undefined` if it is the same, or the first one. */
export function describeSwitch(before: Settings, after: Settings): string | undefined {
  const from = findSelection(before).uaa;
  const to = findSelection(after).uaa;
  if (from === undefined || to === undefined || from === to) return undefined;
  return `Now using ${nameInstallation(to, after)} (before: ${nameInstallation(from, after)})`;
}

/** @param former - the UAA that `tpks uaa` used in tpks 0.2.0 or earlier. */
export function describeFormerTarget(settings: Settings, former: string): string {
  const { uaa: current = former } = findSelection(settings);
  const name = nameInstallation(former, settings);
  return (
    `tpks uaa now uses ${nameInstallation(current, settings)}, the current installation (before: ${name}); ` +
    `to use ${name} for all commands: tpks uaa target ${former}`
  );
}

/** Names an installation by its API, or by its UAA if no API is known. */
function nameInstallation(uaa: string, settings: Settings): string {
  return formatApi(findApi(uaa, listStoredInstallations(settings)) ?? uaa);
}
