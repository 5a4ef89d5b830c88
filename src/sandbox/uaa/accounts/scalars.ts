/** Converts a scalar of a JSON body to text, like Jackson. @returns undefined for other values. */
export function scalarToText(value: unknown): string | undefined {
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value);
  return isScalar ? String(value) : undefined;
}
