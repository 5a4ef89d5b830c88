import type { KubernetesObject } from './objects.js';
import { badRequestError } from './status.js';

type Matcher = (object: KubernetesObject) => boolean;

/**
 * Creates a function that applies the parameters `labelSelector` and `fieldSelector` of a list
 * request. Sets of values (`in`, `notin`) are not supported.
 *
 * @throws {ErrorResponse} 400 if a selector is invalid or not supported.
 */
export function createSelector(query: URLSearchParams): Matcher {
  const matchers = [
    ...splitList(query.get('labelSelector')).map(createLabelMatcher),
    ...splitList(query.get('fieldSelector')).map(createFieldMatcher),
  ];
  return (object) => matchers.every((matches) => matches(object));
}

function splitList(text: string | null): readonly string[] {
  return text === null || text === '' ? [] : text.split(',');
}

function createLabelMatcher(term: string): Matcher {
  const [, not, key = '', operator, value = ''] =
    /^\s*(!)?\s*([\w./-]+)\s*(?:(==?|!=)\s*([\w.-]*)\s*)?$/.exec(term) ?? [];
  if (key === '' || (not !== undefined && operator !== undefined)) {
    throw badRequestError(`unable to parse requirement: ${term}`);
  }
  const expectsMatch = not === undefined && operator !== '!=';
  return ({ metadata: { labels = {} } }) => {
    const label = Object.hasOwn(labels, key) ? labels[key] : undefined;
    const isMatch = operator === undefined ? label !== undefined : label === value;
    return isMatch === expectsMatch;
  };
}

const fieldReaders = new Map<string, (object: KubernetesObject) => string>([
  ['metadata.name', ({ metadata }) => metadata.name],
  ['metadata.namespace', ({ metadata }) => metadata.namespace ?? ''],
]);

function createFieldMatcher(term: string): Matcher {
  const [, field = '', operator = '', value = ''] = /^(.*?)(==?|!=)(.*)$/.exec(term) ?? [];
  const read = fieldReaders.get(field);
  if (!read) throw badRequestError(`field label not supported: ${field || term}`);
  return (object) => (read(object) === value) === (operator !== '!=');
}
