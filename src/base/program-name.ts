/** The name that tpks was started with. `tkgi` counts as `pks`. */
export type Program = 'tpks' | 'pks' | 'uaac';

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
