/** The names of contexts must not start with this. */
export const storeNamePrefix = 'kubernetes:';

/** The name of a Kubernetes session in the session store, next to the sessions of contexts. */
export function toStoreName(name: string): string {
  return `${storeNamePrefix}${name}`;
}
