import { TpksError } from './errors.js';
import { ownValue } from './own-value.js';

/**
 * A mistake on the command line in the original's words, where it had other words than commander.
 *
 * @param message - commander's.
 * @param command - whose help tells what there is, e.g. `tpks uaa user add`.
 * @see pks-cli, section 13
 */
export function wrongWord(message: string, command: string): TpksError {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const [, word = ''] = /^unknown (?:command|option) '([^']*)'/.exec(text) ?? [];
  return new TpksError('usage', inItsWords(text), {
    hint: [...(ownValue(notThere, word) ?? []), `${command} --help`].join('\n'),
  });
}

function inItsWords(text: string): string {
  return text
    .replace(/^unknown option '(--[^']*)'/, 'unknown flag: $1')
    .replace(/^unknown option '(-(.)[^']*)'/u, "unknown shorthand flag: '$2' in $1");
}

const notPublic = ['its route is not public, and tpks does not pretend: tpks help from-pks'];
const later = ['it comes in a later release: tpks help from-pks'];

/** What the original has and tpks does not. @see pks-api, section 12 */
const notThere: Readonly<Record<string, readonly string[]>> = {
  certificates: notPublic,
  'rotate-certificates': notPublic,
  'rotate-certs': notPublic,
  'promote-cluster-to-policy': notPublic,
  'promote-cluster': notPublic,
  '--pre-check': notPublic,
  'get-credentials': later,
  'get-kubeconfig': later,
};
