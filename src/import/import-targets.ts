import type { Role, Settings } from '../config/settings.js';
import { addContextForRole, select } from '../contexts/selection.js';
import { listTargets } from '../contexts/targets.js';
import { getOwnValue } from '../own-value.js';
import type { OldTarget } from './old-file.js';

/** A target of a file, with the context that was current there. */
export interface ImportedTarget {
  readonly target: OldTarget;
  /** Name of the imported context; `undefined` if the target has no imported context. */
  readonly context: string | undefined;
}

export interface ImportedTargets {
  readonly targets: readonly ImportedTarget[];
  /** Names of the contexts that were imported. */
  readonly imported: readonly string[];
  /** Name of the context that the PKS commands use if tpks has no current installation. */
  readonly pksContext: string | undefined;
}

/** Finds the targets that are new to tpks. Contexts from this import do not count. */
export function findNewTargets(
  settings: Settings,
  { targets, imported }: Pick<ImportedTargets, 'targets' | 'imported'>,
): readonly ImportedTarget[] {
  const otherContexts = Object.entries(settings.contexts).filter(
    ([name]) => !imported.includes(name),
  );
  const known = listTargets({ ...settings, contexts: Object.fromEntries(otherContexts) });
  return targets.filter(
    ({ target }, index) =>
      !known.some(({ uaa }) => uaa === target.uaa) &&
      targets.findIndex((each) => each.target.uaa === target.uaa) === index,
  );
}

/**
 * Adds the targets of a file that are not known yet. The current context and target of the files become
 * the current ones, unless tpks already has a current installation. Each link uses the installation that
 * the original tool used.
 */
export function addTargets(settings: Settings, input: ImportedTargets): Settings {
  const { targets, imported, pksContext } = input;
  const added = findNewTargets(settings, input).map(
    ({ target: { uaa, caCert, skipTlsVerification } }) => ({ uaa, caCert, skipTlsVerification }),
  );
  let next: Settings = { ...settings, targets: [...settings.targets, ...added] };
  for (const { context } of targets) next = addContextForRole(next, 'uaa', context);
  for (const name of imported) {
    const role = getOwnValue(next.contexts, name)?.api === undefined ? 'uaa' : 'pks';
    next = addContextForRole(next, role, name);
  }
  const pksUaa = getOwnValue(next.contexts, pksContext ?? '')?.uaa;
  if (pksUaa !== undefined) next = selectForLink(next, 'pks', pksUaa, pksContext);
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
  return { ...select({ ...settings, program }, uaa, identity), program: settings.program };
}
