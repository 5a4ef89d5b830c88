import type { Settings } from '../config/settings.js';
import { isTpksError, TpksError } from '../errors.js';
import type { Trust } from '../http/send.js';
import { getOwnValue } from '../own-value.js';
import { uaaBase } from './installation.js';

/** A UAA and how it is trusted. */
export interface UaaTarget extends Trust {
  /** Base URL without a trailing slash. */
  readonly uaa: string;
}

/** All targets in the order of their numbers: first those that the user set, then those of contexts. */
export function knownTargets({ targets, contexts }: Settings): readonly UaaTarget[] {
  const known: UaaTarget[] = [...targets];
  for (const context of Object.values(contexts)) {
    if (!known.some(({ uaa }) => uaa === context.uaa)) known.push(toTarget(context));
  }
  return known;
}

/**
 * How these servers are known to be trusted: by an earlier login, or as a target. Only a target can
 * skip verification, because `tpks login -k` applies to one context.
 */
export function knownTrust(
  { api, uaa }: { readonly api: string | undefined; readonly uaa: string },
  settings: Settings,
): Trust {
  const context = Object.values(settings.contexts).find(
    (each) => each.uaa === uaa && each.api === api && each.caCert !== undefined,
  );
  const target = settings.targets.find((each) => each.uaa === uaa);
  return {
    caCert: context?.caCert ?? knownTargets(settings).find((each) => each.uaa === uaa)?.caCert,
    skipTlsVerification: target?.skipTlsVerification ?? false,
  };
}

/** The command that trusts the CA in FILE for a UAA. */
export function trustTargetCommand(uaa: string): string {
  return `tpks uaa target ${uaa} --ca-cert FILE`;
}

/** Stores every known target and the current one, so that contexts can be deleted without losing them. */
export function withTargetsKept(settings: Settings): Settings {
  return {
    ...settings,
    targets: knownTargets(settings),
    uaaTarget: settings.uaaTarget ?? currentTarget(settings)?.uaa,
  };
}

/** The UAA chosen last, or else that of the current login. */
export function currentTarget(settings: Settings): UaaTarget | undefined {
  const { uaaTarget } = settings;
  if (uaaTarget === undefined) {
    const context = getOwnValue(settings.contexts, currentUaaContext(settings) ?? '');
    return context && toTarget(context);
  }
  const known = knownTargets(settings).find(({ uaa }) => uaa === uaaTarget);
  return known ?? { uaa: uaaTarget, skipTlsVerification: false };
}

/**
 * The target that the user typed, with its known trust settings.
 * @param url - a URL, the number of a known target, or nothing for the current one.
 * @throws {TpksError} `notFound` for a number without a target; `usage` for a value that is not a URL.
 */
export function namedTarget(url: string | undefined, settings: Settings): UaaTarget {
  const known = knownTargets(settings);
  const invalid = (message: string) =>
    new TpksError('notFound', message, { hint: 'tpks uaa targets' });
  if (url === undefined) {
    const current = currentTarget(settings);
    if (current === undefined) throw invalid('no target set');
    return current;
  }
  if (/^\d+$/.test(url)) {
    const numbered = known[Number(url)];
    if (numbered === undefined) throw invalid(`invalid target index ${url}`);
    return numbered;
  }
  const uaa = toBase(url);
  const sameServer = known.find((each) => new URL(each.uaa).origin === new URL(uaa).origin);
  return (
    known.find((each) => each.uaa === uaa) ?? { skipTlsVerification: false, ...sameServer, uaa }
  );
}

function toBase(url: string): string {
  try {
    return uaaBase(url);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    throw new TpksError('usage', error.message, {
      hint: 'tpks uaa target https://api.example.com:8443',
      cause: error,
    });
  }
}

/** The context that the `uaa` commands use, which is always at the target if one is set. */
export function currentUaaContext(settings: Settings): string | undefined {
  const { currentUaa, current, uaaTarget } = settings;
  return [currentUaa, current].find(
    (name) => name !== undefined && isAt(settings, name, uaaTarget),
  );
}

/**
 * Makes a UAA the target. Its trust settings are stored, and its last used context becomes current.
 * @param context - the context to use instead of the last used or only one at this UAA.
 */
export function turnTo(settings: Settings, target: UaaTarget, context?: string): Settings {
  const { currentUaa: left = '', contexts } = settings;
  const leftTarget = knownTargets(settings).find(
    ({ uaa }) => uaa === getOwnValue(contexts, left)?.uaa,
  );
  const remembered =
    leftTarget === undefined ? settings.targets : withTarget(settings, leftTarget, left);
  const turned: Settings = { ...settings, targets: remembered, uaaTarget: target.uaa };
  const next = context ?? contextAt(turned, target.uaa);
  return { ...turned, targets: withTarget(turned, target, next), currentUaa: next };
}

/**
 * Applies a change of a target's trust settings to the contexts at this UAA: a new CA if they had the
 * old one of the target, and verification if it is enabled again. Verification is never disabled.
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
  // The current context of `tpks login` is used anyway, and may change with the next login.
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

/** @param uaa - `undefined` matches every UAA. */
function isAt({ contexts }: Settings, name: string, uaa: string | undefined): boolean {
  const context = getOwnValue(contexts, name);
  return context !== undefined && (uaa === undefined || context.uaa === uaa);
}

function toTarget({ uaa, caCert, skipTlsVerification }: UaaTarget): UaaTarget {
  return { uaa, caCert, skipTlsVerification };
}
