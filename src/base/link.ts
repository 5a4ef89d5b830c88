import { getOwnValue } from './json-value.js';
import { version } from './version.js';

/** The tools whose current installations tpks stores. `pks` and `tkgi` share one. */
export type Program = 'tpks' | 'pks' | 'uaac';

/** The name that tpks was started with, and how tpks then differs. `tpks` is the link without differences. */
export interface Link {
  readonly name: 'tpks' | 'pks' | 'tkgi' | 'uaac';
  /** The program whose current installation applies. */
  readonly program: Program;
  /** The output of `--version`. Scripts parse the format of the original. */
  readonly versionText: string;
  /** The original's variable for its home folder; below that folder, tpks has its own. */
  readonly home?: { readonly variable: 'PKS_HOME' | 'UAAC_HOME'; readonly folder: string };
  /** The default of `--kubeconfig-format`. The original CLI writes tokens. */
  readonly kubeconfigFormat: 'exec' | 'oidc';
  /** Whether output, prompts and kubeconfig entries are identical to the original CLI. */
  readonly imitatesPks: boolean;
  /** Whether `TPKS_PKS_CREDS` lets `creds.yml` replace a missing session. */
  readonly readsPksCreds: boolean;
  /**
   * Whether help, errors and hints keep the original wording, because scripts parse them. If so, no notes about
   * identities are printed.
   */
  readonly hasOriginalTexts: boolean;
  /** Whether UAA commands without an identity use the identity of the PKS commands, regardless of its scopes. */
  readonly acceptsPksIdentity: boolean;
  /** Whether the user is asked before an object of the UAA is deleted. */
  readonly confirmsUaaDeletions: boolean;
}

const tpks: Link = {
  name: 'tpks',
  program: 'tpks',
  versionText: `tpks ${version}`,
  kubeconfigFormat: 'exec',
  imitatesPks: false,
  readsPksCreds: false,
  hasOriginalTexts: false,
  acceptsPksIdentity: false,
  confirmsUaaDeletions: true,
};

function createPksLink(name: 'pks' | 'tkgi'): Link {
  return {
    ...tpks,
    name,
    program: 'pks',
    versionText: `\n${name.toUpperCase()} CLI version: ${version}`,
    home: { variable: 'PKS_HOME', folder: '.tpks' },
    kubeconfigFormat: 'oidc',
    imitatesPks: true,
    readsPksCreds: true,
    hasOriginalTexts: true,
  };
}

const uaac: Link = {
  ...tpks,
  name: 'uaac',
  program: 'uaac',
  versionText: `UAA client ${version}`,
  home: { variable: 'UAAC_HOME', folder: '.uaac.tpks' },
  hasOriginalTexts: true,
  acceptsPksIdentity: true,
  confirmsUaaDeletions: false,
};

const links = { tpks, pks: createPksLink('pks'), tkgi: createPksLink('tkgi'), uaac };

/** @param programName - the name of the executable or link; `tpks` can have any other name. */
export function findLink(programName: string): Link {
  return getOwnValue<Link>(links, programName) ?? tpks;
}
