/**
 * Looks up a key in an object that is used as a map. Use it for untrusted keys, because `object[key]`
 * finds `toString` and `__proto__` in every object.
 *
 * @returns `undefined` if the object itself does not have the key.
 */
export function getOwnValue<T>(
  object: Readonly<Record<string, T | undefined>>,
  key: string,
): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
