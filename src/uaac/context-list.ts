import type { Settings } from '../config/settings.js';
import { findUaacContext, listTargets, type UaaTarget } from '../contexts/targets.js';

/** A context as `uaac` lists it. */
export interface UaacContext {
  /** The name in the settings of tpks. */
  readonly name: string;
  /** The identity in lower case, as in `uaac`; the full name if another context has that label. */
  readonly label: string;
  readonly clientId: string;
  readonly isCurrent: boolean;
}

/**
 * Lists the contexts of a target, in the order of their numbers. If several have the same identity,
 * the current one, or else the last one, has the short label.
 */
export function listContexts(settings: Settings, { uaa }: UaaTarget): readonly UaacContext[] {
  const current = findUaacContext(settings);
  const entries = Object.entries(settings.contexts).filter(([, each]) => each.uaa === uaa);
  return entries.map(([name, { identity, clientId }]) => {
    const label = identity.toLowerCase();
    const names = entries
      .filter(([, other]) => other.identity.toLowerCase() === label)
      .map(([other]) => other);
    const shortLabelOwner = names.find((other) => other === current) ?? names.at(-1);
    return {
      name,
      label: name === shortLabelOwner ? label : name,
      clientId,
      isCurrent: name === current,
    };
  });
}

/** Finds the current context. */
export function findCurrentContext(settings: Settings): UaacContext | undefined {
  return listTargets(settings)
    .flatMap((target) => listContexts(settings, target))
    .find(({ isCurrent }) => isCurrent);
}

/**
 * Finds a context by what the user typed: a number, a label or a name.
 * @returns `undefined` if no context matches.
 */
export function findTypedContext(
  word: string,
  contexts: readonly UaacContext[],
): UaacContext | undefined {
  if (/^\d+$/.test(word)) return contexts[Number(word)];
  const typed = word.toLowerCase();
  return (
    contexts.find(({ name }) => name === word) ??
    contexts.find(({ label }) => label.toLowerCase() === typed)
  );
}
