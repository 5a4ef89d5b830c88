/**
 * Whether tpks runs in place of the original CLI: through a link named `pks` or `tkgi`.
 * @param programName - the name of the executable or link.
 */
export function isPksLink(programName: string | undefined): boolean {
  return programName === 'pks' || programName === 'tkgi';
}
