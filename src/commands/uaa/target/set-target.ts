import type { Settings } from '../../../config/settings.js';
import {
  findTarget,
  formatTrustTargetCommand,
  switchTarget,
  withTrustSettings,
  type UaaTarget,
} from '../../../contexts/targets.js';
import type { Services } from '../../../services.js';
import { readCaCertOption } from '../../stdin-inputs.js';
import { createInfoEndpoint } from '../../../uaa/info.js';

export type SetTargetDeps = Pick<Services, 'settings' | 'publicUaaResource' | 'env' | 'terminal'>;

/** A target and its TLS settings, as the user typed them. */
export interface TargetInput {
  /** A URL or the number of a target; `undefined` for the current target. */
  readonly url?: string | undefined;
  /** Path of a PEM file; `-` for stdin. */
  readonly caCert?: string | undefined;
  /** `false` to verify TLS certificates again. */
  readonly skipSslValidation?: boolean | undefined;
  /** Saves the target without contacting it. */
  readonly force?: boolean | undefined;
}

/**
 * Checks that a UAA responds, and makes it the current target. Stores nothing if it does not respond.
 * @returns the new settings.
 * @throws {TpksError} the same errors as {@link findTarget} and the info endpoint.
 */
export async function setTarget(input: TargetInput, deps: SetTargetDeps): Promise<Settings> {
  const file = await deps.settings();
  const { url, skipSslValidation, force = false } = input;
  const known = findTarget(url, await file.read());
  const next = await toTarget(input, known, deps);
  if (!force) {
    const server = { ...next, trustCommand: formatTrustTargetCommand(next.uaa) };
    await (await deps.publicUaaResource(createInfoEndpoint, server)).get();
  }
  const hasTrustChanged =
    next.caCert !== known.caCert ||
    next.skipTlsVerification !== known.skipTlsVerification ||
    skipSslValidation !== undefined;
  return file.update((current) =>
    switchTarget(hasTrustChanged ? withTrustSettings(current, known, next) : current, next),
  );
}

async function toTarget(
  { caCert: typedCaCert, skipSslValidation }: TargetInput,
  known: UaaTarget,
  { env, terminal }: SetTargetDeps,
): Promise<UaaTarget> {
  const caCert = (await readCaCertOption(typedCaCert, terminal)) ?? env.TPKS_CA_CERT;
  return {
    uaa: known.uaa,
    caCert:
      caCert === undefined
        ? known.caCert
        : (await import('../../../config/ca-cert.js')).readCaCert(caCert),
    // A new CA turns off an earlier --skip-ssl-validation.
    skipTlsVerification: skipSslValidation ?? (caCert === undefined && known.skipTlsVerification),
  };
}
