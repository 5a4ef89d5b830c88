import { isTpksError, TpksError } from '../../base/errors.js';
import type { Settings } from '../../platform/config/settings.js';
import type { Trust } from '../../platform/http/send.js';
import { findIdentities, findSelection, selectInstallation } from './current-installation.js';
import { normalizeUaaUrl } from './installation.js';

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

/** Stores every known target, so that deleting contexts does not lose their targets. */
export function withAllTargets(settings: Settings): Settings {
  return { ...settings, targets: listTargets(settings) };
}

/** @returns the UAA of the current installation. */
export function findCurrentTarget(settings: Settings): UaaTarget | undefined {
  const { uaa: current } = findSelection(settings);
  if (current === undefined) return undefined;
  const known = listTargets(settings).find(({ uaa }) => uaa === current);
  return known ?? { uaa: current, skipTlsVerification: false };
}

/**
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

/** @returns the context that a link named `uaac` uses. */
export function findUaacContext(settings: Settings): string | undefined {
  const { pks, uaa } = findIdentities(settings);
  return uaa ?? pks;
}

/** Stores the trust settings of a UAA, and makes its installation the current one. */
export function switchTarget(settings: Settings, target: UaaTarget): Settings {
  return selectInstallation(
    { ...settings, targets: withTarget(settings.targets, target) },
    target.uaa,
  );
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

function withTarget(targets: Settings['targets'], target: UaaTarget): Settings['targets'] {
  const before = targets.find(({ uaa }) => uaa === target.uaa);
  const entry = { ...before, ...target };
  return before === undefined
    ? [...targets, entry]
    : targets.map((each) => (each === before ? entry : each));
}

function toTarget({ uaa, caCert, skipTlsVerification }: UaaTarget): UaaTarget {
  return { uaa, caCert, skipTlsVerification };
}
