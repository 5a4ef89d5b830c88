/** Creates a JWT without a valid signature, for code that does not verify signatures. */
export function jwt(claims: Readonly<Record<string, unknown>>, header = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', kid: 'key-1', ...header })}.${part(claims)}.bm90LXNpZ25lZA`;
}
