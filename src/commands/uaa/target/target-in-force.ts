import type { Environment } from '../../../config/environment.js';
import { resolveAddresses } from '../../../contexts/addresses.js';
import { knownTargets, type UaaTarget } from '../../../contexts/targets.js';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';

export type TargetDeps = Pick<Services, 'terminal' | 'settings' | 'options' | 'env' | 'uaaContext'>;

/** The UAA of this run, with the API that accepts its tokens. */
export interface TargetInForce extends UaaTarget {
  /** `undefined` if only the UAA is known. */
  readonly api?: string | undefined;
}

/**
 * The UAA of this run: that of `--context` or `TPKS_CONTEXT`, then of `TPKS_UAA_URL` or `TPKS_API`,
 * then the chosen target, then the UAA of the current login.
 * @throws {TpksError} `usage` if no target is set, and the errors of {@link findTarget}.
 */
export async function targetInForce(deps: TargetDeps): Promise<TargetInForce> {
  const target = await findTarget(deps);
  if (target !== undefined) return target;
  throw new TpksError('usage', 'no target set', {
    hint: 'tpks uaa target https://api.example.com:8443, or log in: tpks login -a api.example.com',
  });
}

/**
 * The same, for commands that also work without a target.
 * @returns `undefined` if no target is set.
 * @throws {TpksError} `usage` if the UAA and the API belong to different installations; `notFound` for
 *   an unknown context.
 */
export async function findTarget(deps: TargetDeps): Promise<TargetInForce | undefined> {
  const { terminal, options, env, uaaContext } = deps;
  if (options().context ?? env.TPKS_CONTEXT) return uaaContext();
  const settings = await (await deps.settings()).read();
  const addresses = resolveAddresses({ settings, env, forUaa: true });
  if (addresses === undefined) return undefined;
  const { api, uaa } = addresses;
  const known = knownTargets(settings).find((each) => each.uaa === uaa);
  const target = await withOwnCa({ skipTlsVerification: false, ...known, uaa, api }, env);
  if (target.skipTlsVerification) {
    terminal.warn(`TLS certificates of ${target.uaa} are not verified`);
  }
  return target;
}

async function withOwnCa(target: TargetInForce, env: Environment): Promise<TargetInForce> {
  const { TPKS_CA_CERT: caCert } = env;
  if (!caCert) return target;
  const { readCaCert } = await import('../../../config/ca-cert.js');
  return { ...target, caCert: readCaCert(caCert) };
}
