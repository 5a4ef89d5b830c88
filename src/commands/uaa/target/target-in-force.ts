import { installation, uaaBase } from '../../../auth/installation.js';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { currentTarget, type UaaTarget } from './known-targets.js';

export type TargetDeps = Pick<Services, 'terminal' | 'settings' | 'options' | 'env' | 'uaaContext'>;

/**
 * The UAA that this run is about: that of `--context` or `TPKS_CONTEXT`, of `TPKS_UAA_URL` or
 * `TPKS_API`, then the target that was chosen, then that of the current login.
 * @throws {TpksError} `usage` when there is none.
 */
export async function targetInForce(deps: TargetDeps): Promise<UaaTarget> {
  const { terminal, settings, options, env, uaaContext } = deps;
  if (options().context ?? env['TPKS_CONTEXT']) return uaaContext();
  const found = environmentTarget(env) ?? currentTarget(await (await settings()).read());
  if (found === undefined) {
    throw new TpksError('usage', 'no target set', {
      hint: 'tpks uaa target https://api.example.com:8443, or log in: tpks login -a api.example.com',
    });
  }
  const target = await withOwnCa(found, env);
  if (target.skipTlsVerification) {
    terminal.warn(`TLS certificates of ${target.uaa} are not verified`);
  }
  return target;
}

function environmentTarget(env: NodeJS.ProcessEnv): UaaTarget | undefined {
  const { TPKS_UAA_URL: uaaUrl, TPKS_API: api } = env;
  if (!uaaUrl && !api) return undefined;
  const uaa = uaaUrl ? uaaBase(uaaUrl) : installation(api ?? '').uaa;
  return { uaa, skipTlsVerification: false };
}

async function withOwnCa(target: UaaTarget, env: NodeJS.ProcessEnv): Promise<UaaTarget> {
  const { TPKS_CA_CERT: caCert } = env;
  if (!caCert) return target;
  const { readCaCert } = await import('../../../config/ca-cert.js');
  return { ...target, caCert: readCaCert(caCert) };
}
