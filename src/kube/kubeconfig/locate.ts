import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { Environment } from '../../config/environment.js';
import { homeFolder } from '../../config/folders.js';

/** The files that kubectl reads. */
export interface KubeconfigFiles {
  /** Absolute paths, in the order of precedence. At least one; a file may not exist. */
  readonly paths: readonly string[];
  /** The file for new entries and for `current-context`: the first existing one, else the last one. */
  readonly target: string;
}

/**
 * Finds the kubeconfig files: the file of `--kubeconfig`, else the files of `KUBECONFIG`, else
 * `~/.kube/config`. As in kubectl, empty paths are ignored.
 * @param path - the value of `--kubeconfig`.
 * @see client-go, tools/clientcmd/loader.go and config.go
 */
export function locateKubeconfig(
  env: Environment,
  platform: NodeJS.Platform,
  path?: string,
): KubeconfigFiles {
  const listed = path ? [path] : (env.KUBECONFIG?.split(delimiter) ?? []);
  const unique = [...new Set(listed.filter((each) => each !== '').map((each) => resolve(each)))];
  const last = unique.at(-1) ?? join(homeFolder(env, platform), '.kube', 'config');
  const paths = unique.length === 0 ? [last] : unique;
  return { paths, target: paths.find((each) => existsSync(each)) ?? last };
}
