import type { Settings } from '../config/settings.js';
import { findCurrentTarget, listTargets, switchTarget } from '../contexts/targets.js';
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
  /** Name of the context that becomes current if tpks has no current context. */
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
 * the current ones, unless tpks already has a current context or target.
 */
export function addTargets(settings: Settings, input: ImportedTargets): Settings {
  const { targets, pksContext } = input;
  const hasTarget = findCurrentTarget(settings) !== undefined;
  const added = findNewTargets(settings, input).map(
    ({ target: { uaa, caCert, skipTlsVerification }, context }) => ({
      uaa,
      caCert,
      skipTlsVerification,
      context,
    }),
  );
  const next: Settings = {
    ...settings,
    current: settings.current ?? pksContext,
    targets: [...settings.targets, ...added],
  };
  const current = targets.find(({ target }) => target.isCurrent);
  if (hasTarget || current === undefined) return next;
  const known = listTargets(next).find(({ uaa }) => uaa === current.target.uaa);
  return known === undefined ? next : switchTarget(next, known, current.context);
}
