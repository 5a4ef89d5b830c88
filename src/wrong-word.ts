import { TpksError } from './errors.js';
import { ownValue } from './own-value.js';

/**
 * The error for a mistake on the command line, in the wording of the original CLI if it differs from
 * commander's.
 *
 * @param message - commander's message.
 * @param command - the command whose help lists the alternatives, e.g. `tpks uaa user add`.
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

const notPublic = ['the API for it is not public, see: tpks help from-pks'];
const later = ['planned for a later release, see: tpks help from-pks'];

/** Commands and options of the original that tpks does not have. @see pks-api, section 12 */
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
