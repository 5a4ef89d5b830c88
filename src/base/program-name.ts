import type { Environment } from '../platform/config/environment.js';
import type { Program } from '../platform/config/settings.js';

/**
 * Whether tpks runs in place of the original CLI: through a link named `pks` or `tkgi`.
 * @param programName - the name of the executable or link.
 */
export function isPksLink(programName: string | undefined): boolean {
  return programName === 'pks' || programName === 'tkgi';
}

/** The program whose current installation applies: each link has its own. */
export function findProgram(programName: string | undefined): Program {
  if (isPksLink(programName)) return 'pks';
  return programName === 'uaac' ? 'uaac' : 'tpks';
}

/**
 * Makes `PKS_HOME` select the session, as in the original CLI: scripts set it to use several
 * installations side by side. `TPKS_HOME` takes precedence.
 * @see pks-cli, section 4.1
 */
export function selectPksHome(env: Environment): Environment {
  return env.PKS_HOME === undefined || env.TPKS_HOME !== undefined
    ? env
    : { ...env, TPKS_HOME: `${env.PKS_HOME}/.tpks` };
}
