import { uaaBase } from './installation.js';
import type { Settings } from '../config/settings.js';
import { isTpksError, TpksError } from '../errors.js';
import { currentTarget, knownTargets, type UaaTarget } from './targets.js';

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
