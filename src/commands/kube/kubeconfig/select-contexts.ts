import { TpksError } from '../../../errors.js';
import type { OwnContext } from '../../../kube/kubeconfig/kubeconfig.js';
import { quoteForShell } from '../../../shell-quote.js';
import { didYouMean } from '../../resource/list-keys.js';

/**
 * Selects contexts by their names, or by the names of their clusters.
 *
 * @returns each context once, in the order of the names.
 * @throws {TpksError} `notFound`; `usage` if several installations have a cluster of that name.
 */
export function selectContexts(
  names: readonly string[],
  contexts: readonly OwnContext[],
): readonly OwnContext[] {
  return [...new Set(names.flatMap((name) => selectByName(name, contexts)))];
}

/** A cluster can have several contexts, but only in one installation. */
function selectByName(name: string, contexts: readonly OwnContext[]): readonly OwnContext[] {
  const sameName = contexts.filter((context) => context.name === name);
  if (sameName.length > 0) return sameName;
  const matching = contexts.filter(({ owner }) => owner.cluster === name);
  const apis = new Set(matching.map(({ owner }) => owner.api));
  if (apis.size > 1) {
    const choices = matching.map((context) => `${context.name} (${context.owner.api})`).join(', ');
    throw new TpksError('usage', `Several installations have a cluster named ${name}: ${choices}`, {
      hint: `use the name of a context: tpks kubeconfig remove ${quoteForShell(matching[0]?.name ?? 'NAME')}`,
    });
  }
  if (matching.length > 0) return matching;
  const known = contexts.flatMap((context) => [context.name, context.owner.cluster]);
  throw new TpksError(
    'notFound',
    `Kubeconfig context ${name} not found${didYouMean(name, known)}`,
    { hint: 'list the contexts that tpks created: tpks kubeconfig list' },
  );
}
