import { groupBy } from '../../base/group-by.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { InstallationCluster } from '../kube/selected-clusters.js';
import { formatFlags } from '../session/login-options.js';

/** The options of `each` that a retry repeats. */
export interface RepeatedFlags {
  readonly allContexts?: boolean;
  readonly parallel: number;
  readonly commandTimeout?: number;
  readonly allowTokenFiles?: boolean;
  readonly group?: boolean;
  readonly output?: string;
}

export const defaultParallel = 8;

/**
 * Formats the command that runs again only for these clusters: one for each installation, because installations can
 * have clusters with the same name.
 * @param context - the value of `--context`.
 */
export function formatNextCommands(
  clusters: readonly InstallationCluster[],
  words: readonly string[],
  flags: RepeatedFlags,
  context: string | undefined,
): readonly string[] {
  const { allContexts, parallel, commandTimeout, allowTokenFiles, group, output } = flags;
  return [...groupBy(clusters, ({ installation }) => installation)].map(([installation, own]) => {
    const options = [
      ...formatFlags({
        '--context': context,
        '--all-contexts': allContexts,
        '--filter': allContexts === true && `installation=${installation}`,
      }),
      ...own.flatMap(({ name }) => formatFlags({ '--cluster': name })),
      ...formatFlags({
        '--parallel': parallel !== defaultParallel && String(parallel),
        '--command-timeout': commandTimeout?.toString(),
        '--allow-token-files': allowTokenFiles,
        '--group': group,
        '--output': output,
      }),
    ];
    const command = words.map((word) => quoteForShell(word));
    return ['tpks', 'each', ...options, '--', ...command].join(' ');
  });
}
