/**
 * Creates a fake of `Services.uaaResource`.
 * @param resources - pairs of a factory, e.g. `createUsers`, and the resource to return instead.
 */
export function fakeResources(
  resources: readonly (readonly [create: unknown, resource: unknown])[],
) {
  const known = new Map(resources);
  return <T>(create: (...args: never[]) => T): T => {
    if (!known.has(create)) throw new Error(`unexpected use of ${create.name}`);
    return known.get(create) as T;
  };
}
