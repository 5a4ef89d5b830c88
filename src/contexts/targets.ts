import type { Settings } from '../config/settings.js';
import { isTpksError, TpksError } from '../errors.js';
import type { Trust } from '../http/send.js';
import { getOwnValue } from '../own-value.js';
import { normalizeUaaUrl } from './installation.js';

/** A UAA and its trust settings. */
export interface UaaTarget extends Trust {
  /** Base URL without a trailing slash. */
  readonly uaa: string;
}

/** Lists all targets in the order of their numbers: targets that the user set, then UAAs of contexts. */
export function listTargets({ targets, contexts }: Settings): readonly UaaTarget[] {
  const known: UaaTarget[] = [...targets];
  for (const context of Object.values(contexts)) {
    if (!known.some(({ uaa }) => uaa === context.uaa)) known.push(toTarget(context));
  }
  return known;
}

/**
 * Finds the trust settings of these addresses from an earlier login or a target. Only a target can
 * skip verification, because `tpks login -k` applies to one context only.
 */
export function findKnownTrust(
  { api, uaa }: { readonly api: string | undefined; readonly uaa: string },
  settings: Settings,
): Trust {
  const context = Object.values(settings.contexts).find(
    (each) => each.uaa === uaa && each.api === api && each.caCert !== undefined,
  );
  const target = settings.targets.find((each) => each.uaa === uaa);
  return {
    caCert: context?.caCert ?? listTargets(settings).find((each) => each.uaa === uaa)?.caCert,
    skipTlsVerification: target?.skipTlsVerification ?? false,
  };
}

/** Formats the command that makes a UAA's CA trusted, for hints. */
export function formatTrustTargetCommand(uaa: string): string {
  return `tpks uaa target ${uaa} --ca-cert FILE`;
}

/** Stores every known target, so that deleting contexts does not lose their targets. */
export function withAllTargets(settings: Settings): Settings {
  return {
    ...settings,
    targets: listTargets(settings),
    uaaTarget: settings.uaaTarget ?? findCurrentTarget(settings)?.uaa,
  };
}

/** @returns the UAA that was selected last, or else the UAA of the current context. */
export function findCurrentTarget(settings: Settings): UaaTarget | undefined {
  const { uaaTarget } = settings;
  if (uaaTarget === undefined) {
    const context = getOwnValue(settings.contexts, findCurrentUaaContext(settings) ?? '');
    return context && toTarget(context);
  }
  const known = listTargets(settings).find(({ uaa }) => uaa === uaaTarget);
  return known ?? { uaa: uaaTarget, skipTlsVerification: false };
}

/**
 * Finds the target that the user typed, with its stored trust settings.
 * @param url - a URL or the number of a target; `undefined` for the current target.
 * @throws {TpksError} `notFound` for a number without a target; `usage` for a value that is not a URL.
 */
export function findTarget(url: string | undefined, settings: Settings): UaaTarget {
  const known = listTargets(settings);
  const invalid = (message: string) =>
    new TpksError('notFound', message, { hint: 'run tpks uaa targets to list the targets' });
  if (url === undefined) {
    const current = findCurrentTarget(settings);
    if (current === undefined) throw invalid('no target set');
    return current;
  }
  if (/^\d+$/.test(url)) {
    const numbered = known[Number(url)];
    if (numbered === undefined) throw invalid(`invalid target index ${url}`);
    return numbered;
  }
  const uaa = parseTargetUrl(url);
  const sameServer = known.find((each) => new URL(each.uaa).origin === new URL(uaa).origin);
  return (
    known.find((each) => each.uaa === uaa) ?? { skipTlsVerification: false, ...sameServer, uaa }
  );
}

function parseTargetUrl(url: string): string {
  try {
    return normalizeUaaUrl(url);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    throw new TpksError('usage', error.message, {
      hint: 'tpks uaa target https://api.example.com:8443',
      cause: error,
    });
  }
}

/** @returns the context that `tpks uaa` uses. If a target is set, the context belongs to it. */
export function findCurrentUaaContext(settings: Settings): string | undefined {
  const { currentUaa, current, uaaTarget } = settings;
  return [currentUaa, current].find(
    (name) => name !== undefined && isContextAt(settings, name, uaaTarget),
  );
}

/**
 * Makes a UAA the current target. Stores its trust settings, and selects the context that was last
 * used there.
 * @param context - selects this context instead.
 */
export function switchTarget(settings: Settings, target: UaaTarget, context?: string): Settings {
  const { currentUaa: previousName = '', contexts } = settings;
  const previousTarget = listTargets(settings).find(
    ({ uaa }) => uaa === getOwnValue(contexts, previousName)?.uaa,
  );
  const targets =
    previousTarget === undefined
      ? settings.targets
      : withTarget(settings, previousTarget, previousName);
  const switched: Settings = { ...settings, targets, uaaTarget: target.uaa };
  const next = context ?? findContextAt(switched, target.uaa);
  return { ...switched, targets: withTarget(switched, target, next), currentUaa: next };
}

/**
 * Applies changed trust settings of a target to the contexts of this UAA. A context gets the new CA if
 * it used the target's old CA. Verification can be enabled, but never disabled.
 */
export function withTrustSettings(
  settings: Settings,
  before: UaaTarget,
  after: UaaTarget,
): Settings {
  const contexts = Object.entries(settings.contexts).map(([name, context]) => {
    if (context.uaa !== after.uaa) return [name, context] as const;
    const caCert = context.caCert === before.caCert ? after.caCert : context.caCert;
    const skipTlsVerification = context.skipTlsVerification && after.skipTlsVerification;
    return [name, { ...context, caCert, skipTlsVerification }] as const;
  });
  return { ...settings, contexts: Object.fromEntries(contexts) };
}

function findContextAt(settings: Settings, uaa: string): string | undefined {
  const entry = settings.targets.find((target) => target.uaa === uaa);
  const found = [settings.currentUaa, entry?.context].find(
    (name) => name !== undefined && isContextAt(settings, name, uaa),
  );
  if (found !== undefined) return found;
  // The current context is used by default, and the next login may change it.
  if (settings.current !== undefined && isContextAt(settings, settings.current, uaa))
    return undefined;
  const [only, ...others] = Object.keys(settings.contexts).filter((name) =>
    isContextAt(settings, name, uaa),
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

/** @param uaa - `undefined` matches every UAA. */
function isContextAt({ contexts }: Settings, name: string, uaa: string | undefined): boolean {
  const context = getOwnValue(contexts, name);
  return context !== undefined && (uaa === undefined || context.uaa === uaa);
}

function toTarget({ uaa, caCert, skipTlsVerification }: UaaTarget): UaaTarget {
  return { uaa, caCert, skipTlsVerification };
}
