/** Switches of the original, except `-k`. @see pks-cli, section 2 */
const switches = [
  ...['json', 'details', 'wait', 'non-interactive', 'enforce-compute-profile-update'],
  ...['sso', 'sso-auto', 'skip-ssl-validation', 'skip-ssl-verification'],
];
const switchWithValue = new RegExp(`^(--(?:${switches.join('|')})|-k)=(.+)$`);

/** Single-letter options that take a value: those of the original, and `-o`. */
const letterWithValue = /^(-[acelnopu])=(.*)$/s;

/** Values that Go accepts as true and as false. */
const trueValue = /^(?:1|t|T|true|TRUE|True)$/;
const falseValue = /^(?:0|f|F|false|FALSE|False)$/;

/**
 * Rewrites flags that only Go's parser accepts: switches with a value (`--wait=true`,
 * `--json=false`), and single-letter options with `=` before the value (`-n=3`).
 *
 * @returns the words in the form that commander accepts.
 */
export function fromGoFlags(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const options = end === -1 ? words : words.slice(0, end);
  // These two have single-letter options from tools that read `-d=1` as the value `=1`.
  const isOther = options.includes('uaa') || options.includes('curl');
  const read = options.flatMap((word) => {
    const [, flag = '', value = ''] = switchWithValue.exec(word) ?? [];
    if (trueValue.test(value)) return [flag];
    if (falseValue.test(value)) return [];
    const letter = isOther ? null : letterWithValue.exec(word);
    return letter === null ? [word] : [letter[1] ?? '', letter[2] ?? ''];
  });
  return [...read, ...words.slice(options.length)];
}
