import type { Settings } from '../config/settings.js';
import type { Trust } from '../services.js';
import { ownValue } from '../own-value.js';

/** A UAA and how it is trusted. */
export interface UaaTarget extends Trust {
  /** Base URL without a trailing slash. */
  readonly uaa: string;
}

/** The targets in the order of their numbers: those chosen by hand, then those of contexts. */
export function knownTargets({ targets, contexts }: Settings): readonly UaaTarget[] {
  const known: UaaTarget[] = [...targets];
  for (const context of Object.values(contexts)) {
    if (!known.some(({ uaa }) => uaa === context.uaa)) known.push(toTarget(context));
  }
  return known;
}

/** With every known target written down, and the current one chosen: contexts may go now. */
export function withTargetsKept(settings: Settings): Settings {
  return {
    ...settings,
    targets: knownTargets(settings),
    uaaTarget: settings.uaaTarget ?? currentTarget(settings)?.uaa,
  };
}

/** The UAA chosen last; where none was, that of the current login. */
export function currentTarget(settings: Settings): UaaTarget | undefined {
  const { uaaTarget } = settings;
  if (uaaTarget === undefined) {
    const context = ownValue(settings.contexts, currentContext(settings) ?? '');
    return context && toTarget(context);
  }
  const known = knownTargets(settings).find(({ uaa }) => uaa === uaaTarget);
  return known ?? { uaa: uaaTarget, skipTlsVerification: false };
}

/** The context that the `uaa` commands use; never one of another UAA than the target. */
export function currentContext(settings: Settings): string | undefined {
  const { currentUaa, current, uaaTarget } = settings;
  return [currentUaa, current].find(
    (name) => name !== undefined && isAt(settings, name, uaaTarget),
  );
}

/**
 * Turns to a UAA: its trust is kept, and the context that was last used there is used again.
 * @param context - the context to use from now on; where absent, the last one or the only one there.
 */
export function turnTo(settings: Settings, target: UaaTarget, context?: string): Settings {
  const { currentUaa: left = '', contexts } = settings;
  const leftTarget = knownTargets(settings).find(
    ({ uaa }) => uaa === ownValue(contexts, left)?.uaa,
  );
  const remembered =
    leftTarget === undefined ? settings.targets : withTarget(settings, leftTarget, left);
  const turned: Settings = { ...settings, targets: remembered, uaaTarget: target.uaa };
  const next = context ?? contextAt(turned, target.uaa);
  return { ...turned, targets: withTarget(turned, target, next), currentUaa: next };
}

/**
 * Lets the contexts of a UAA follow a change of its target's trust: to another CA where they trusted
 * as the target did, and back to verifying. None becomes less careful by it.
 */
export function withTrust(settings: Settings, before: UaaTarget, after: UaaTarget): Settings {
  const contexts = Object.entries(settings.contexts).map(([name, context]) => {
    if (context.uaa !== after.uaa) return [name, context] as const;
    const caCert = context.caCert === before.caCert ? after.caCert : context.caCert;
    const skipTlsVerification = context.skipTlsVerification && after.skipTlsVerification;
    return [name, { ...context, caCert, skipTlsVerification }] as const;
  });
  return { ...settings, contexts: Object.fromEntries(contexts) };
}

function contextAt(settings: Settings, uaa: string): string | undefined {
  const entry = settings.targets.find((target) => target.uaa === uaa);
  const found = [settings.currentUaa, entry?.context].find(
    (name) => name !== undefined && isAt(settings, name, uaa),
  );
  if (found !== undefined) return found;
  // The pointer of `tpks login` counts by itself where nothing else is chosen, and may move on.
  if (settings.current !== undefined && isAt(settings, settings.current, uaa)) return undefined;
  const [only, ...others] = Object.keys(settings.contexts).filter((name) =>
    isAt(settings, name, uaa),
  );
  return others.length === 0 ? only : undefined;
}

function withTarget(
  { targets }: Settings,
  target: UaaTarget,
  context: string | undefined,
): Settings['targets'] {
  const before = targets.find(({ uaa }) => uaa === target.uaa);
  const entry = { ...before, ...target, context };
  return before === undefined
    ? [...targets, entry]
    : targets.map((each) => (each === before ? entry : each));
}

/** @param uaa - any, where `undefined`. */
function isAt({ contexts }: Settings, name: string, uaa: string | undefined): boolean {
  const context = ownValue(contexts, name);
  return context !== undefined && (uaa === undefined || context.uaa === uaa);
}

function toTarget({ uaa, caCert, skipTlsVerification }: UaaTarget): UaaTarget {
  return { uaa, caCert, skipTlsVerification };
}
