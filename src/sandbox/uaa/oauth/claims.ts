/** The claims of one token, as they are signed. */
export type Claims = Readonly<Record<string, unknown>>;

/** @returns the claim if it is a text, else undefined. */
export function textClaim(claims: Claims, name: string): string | undefined {
  const value = claims[name];
  return typeof value === 'string' ? value : undefined;
}

/** @returns the claim if it is a number, else undefined. */
export function numberClaim(claims: Claims, name: string): number | undefined {
  const value = claims[name];
  return typeof value === 'number' ? value : undefined;
}

/** @returns the claim's texts; undefined when the claim is not an array. */
export function listClaim(claims: Claims, name: string): readonly string[] | undefined {
  const value = claims[name];
  if (!Array.isArray(value)) return undefined;
  return value.filter((item): item is string => typeof item === 'string');
}
