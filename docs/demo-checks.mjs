/** Checks of the demo. */

/**
 * @param {boolean} isTrue
 * @param {string} statement - what must be true, as a sentence.
 */
export function expect(isTrue, statement) {
  if (!isTrue) throw new Error(`expected that ${statement}`);
}

/** @param {string} url */
export function hostOf(url) {
  return new URL(url).host;
}
