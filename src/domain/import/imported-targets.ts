import { getOwnValue } from '../../base/json-value.js';
import type { Settings, Role } from '../../platform/config/settings.js';
import { addContextForRole, selectInstallation } from '../contexts/current-installation.js';
import { listTargets } from '../contexts/targets.js';
import type { OldTarget } from './original-session.js';

import type { PlannedContext } from './plan-import.js';

export interface ImportedTargets {
  readonly targets: readonly ImportedTarget[];
  /** The targets that tpks does not know yet. */
  readonly newTargets: readonly ImportedTarget[];
}

/** A target of a file, with the context that was current there. */
export interface ImportedTarget {
  readonly target: OldTarget;
  /** Name of the imported context; `undefined` if the target has no imported context. */
  readonly context: string | undefined;
}

export function findNewTargets(
  settings: Settings,
  targets: readonly ImportedTarget[],
): readonly ImportedTarget[] {
  const known = listTargets(settings).map(({ uaa }) => uaa);
  return targets.filter(
    ({ target: { uaa } }, index) =>
      !known.includes(uaa) && targets.findIndex(({ target }) => target.uaa === uaa) === index,
  );
}

/**
 * Makes the current context and target of the files current, unless tpks has a current installation. Each
 * link uses the installation that the original tool used.
 */
export function addTargets(
  settings: Settings,
  { targets, newTargets }: ImportedTargets,
  imported: readonly PlannedContext[],
): Settings {
  const added = newTargets
    .map(({ target: { uaa, caCert, skipTlsVerification } }) => ({
      uaa,
      caCert,
      skipTlsVerification,
    }))
    .filter(({ uaa }) => !settings.targets.some((each) => each.uaa === uaa));
  let next: Settings = { ...settings, targets: [...settings.targets, ...added] };
  for (const { context } of targets) {
    if (context !== undefined) next = addContextForRole(next, 'uaa', context);
  }
  for (const { name } of imported) {
    const role = getOwnValue(next.contexts, name)?.api === undefined ? 'uaa' : 'pks';
    next = addContextForRole(next, role, name);
  }
  const pksContext = imported.find(({ session }) => session.api !== undefined);
  if (pksContext !== undefined) {
    next = selectForLink(next, 'pks', pksContext.settings.uaa, pksContext.name);
  }
  const current = targets.find(({ target }) => target.isCurrent);
  if (current === undefined) return next;
  return selectForLink(next, 'uaac', current.target.uaa, current.context);
}

/** Selects an installation for a link that has no selection yet, and for tpks if it has none either. */
function selectForLink(
  settings: Settings,
  program: 'pks' | 'uaac',
  uaa: string,
  name: string | undefined,
): Settings {
  if (settings.selections[program]?.uaa !== undefined) return settings;
  const role: Role = program === 'pks' ? 'pks' : 'uaa';
  const identity = name === undefined ? undefined : { role, name };
  return {
    ...selectInstallation({ ...settings, program }, uaa, identity),
    program: settings.program,
  };
}
