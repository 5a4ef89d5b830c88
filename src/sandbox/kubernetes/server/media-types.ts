import { notAcceptableError } from './status.js';

/** The form of the response to a request for objects. */
export type Representation =
  { readonly isTable: false } | { readonly isTable: true; readonly version: string };

const jsonTypes = ['', 'application/json', 'application/*', '*/*'];

/**
 * Returns the first form in the `Accept` header that the sandbox supports.
 *
 * @param canBeTable - whether objects can be returned as a table.
 * @throws {ErrorResponse} 406 if the header contains no supported form.
 */
export function negotiateRepresentation(accept: string, canBeTable: boolean): Representation {
  for (const clause of accept.split(',')) {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
    const { as, v: version = '' } = Object.fromEntries(parameters.map(splitParameter));
    if (!jsonTypes.includes(type)) continue;
    if (as === undefined) return { isTable: false };
    if (as === 'Table' && canBeTable && ['v1', 'v1beta1'].includes(version)) {
      return { isTable: true, version };
    }
  }
  throw notAcceptableError('application/json');
}

function splitParameter(text: string): [name: string, value: string] {
  const [name = '', value = ''] = text.split('=');
  return [name, value];
}
