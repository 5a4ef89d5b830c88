/**
 * Looks up a key in an object used as a map. For keys that come from outside: `object[key]` would
 * find `toString` and `__proto__` in every object.
 *
 * @returns `undefined` if the object itself has no such key.
 */
export function ownValue<T>(
  object: Readonly<Record<string, T | undefined>>,
  key: string,
): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
