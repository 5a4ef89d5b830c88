import { resolve } from 'node:path';
import { type Environment, withoutSecrets } from '../../platform/config/environment.js';

/** The cluster that a command runs for. */
export interface CommandCluster {
  readonly cluster: string;
  readonly uuid: string;
  /** The host of the API, with the port unless it is 9021. */
  readonly installation: string;
  readonly context: string;
  /** Absolute path. */
  readonly kubeconfig: string;
}

/** Other names could be read as options or as shell syntax. */
const plainName = /^\w[\w.-]*$/;

/** Replaces `{}` with the cluster name. @returns `undefined` if the name is not safe in a command line */
export function insertClusterName(
  words: readonly string[],
  cluster: string,
): readonly string[] | undefined {
  if (!plainName.test(cluster) && words.some((word) => word.includes('{}'))) return undefined;
  return words.map((word) => word.replaceAll('{}', cluster));
}

/** Creates the environment of a command, in which `tpks` and kubectl use this cluster and the stored session. */
export function createCommandEnvironment(
  env: Environment,
  { cluster, uuid, installation, context, kubeconfig }: CommandCluster,
): NodeJS.ProcessEnv {
  const { TPKS_HOME: home } = env;
  return {
    ...withoutSecrets(env),
    // They would contradict TPKS_CONTEXT. A CI job's token is a secret, and is not passed.
    TPKS_CI_LOGIN: undefined,
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
