import { resolve } from 'node:path';
import { type Environment, withoutSecrets } from '../../platform/config/environment.js';

/** Where a command runs. */
export interface CommandTarget {
  readonly cluster: string;
  readonly uuid: string;
  /** The API, as users type it after `-a`. */
  readonly installation: string;
  readonly context: string;
  /** Absolute path. */
  readonly kubeconfig: string;
}

/** In a shell script or before an option's value, other names could have another meaning. */
const plainName = /^\w[\w.-]*$/;

/** Replaces `{}` with the name of the cluster. @returns `undefined` if the name is not safe in a command line */
export function insertClusterName(
  words: readonly string[],
  cluster: string,
): readonly string[] | undefined {
  if (!plainName.test(cluster) && words.some((word) => word.includes('{}'))) return undefined;
  return words.map((word) => word.replaceAll('{}', cluster));
}

/** The environment of a command: `tpks` and kubectl in it use this cluster and the stored session. */
export function createCommandEnvironment(
  env: Environment,
  { cluster, uuid, installation, context, kubeconfig }: CommandTarget,
): NodeJS.ProcessEnv {
  const { TPKS_HOME: home } = env;
  return {
    ...withoutSecrets(env),
    // They would contradict TPKS_CONTEXT.
    TPKS_API: undefined,
    TPKS_UAA_URL: undefined,
    // The command can change its folder.
    ...(home === undefined ? {} : { TPKS_HOME: resolve(home) }),
    KUBECONFIG: kubeconfig,
    TPKS_CLUSTER: cluster,
    TPKS_CLUSTER_UUID: uuid,
    TPKS_INSTALLATION: installation,
    TPKS_CONTEXT: context,
  };
}
