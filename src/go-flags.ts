/** Boolean flags of the original CLI, except `-k`. @see pks-cli, section 2 */
const booleanFlags = [
  ...['json', 'details', 'wait', 'non-interactive', 'enforce-compute-profile-update'],
  ...['sso', 'sso-auto', 'skip-ssl-validation', 'skip-ssl-verification'],
];
const booleanFlagWithValue = new RegExp(`^(--(?:${booleanFlags.join('|')})|-k)=(.+)$`);

/** Matches the original CLI's single-letter options that take a value, and `-o`. */
const shortOptionWithValue = /^(-[acelnopu])=(.*)$/s;

/** The values that Go accepts as true and as false. */
const trueValue = /^(?:1|t|T|true|TRUE|True)$/;
const falseValue = /^(?:0|f|F|false|FALSE|False)$/;

/**
 * Rewrites arguments that Go's flag parser accepts but commander does not: boolean flags with a value
 * (`--wait=true`, `--json=false`), and single-letter options with `=` before the value (`-n=3`).
 *
 * @param words - arguments of the command line.
 * @returns the arguments in a form that commander accepts.
 */
export function normalizeGoFlags(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const options = end === -1 ? words : words.slice(0, end);
  // These two commands take their options from uaac and curl, which parse `-d=1` as the value `=1`.
  const keepsEqualsSign = options.includes('uaa') || options.includes('curl');
  const normalized = options.flatMap((word) => {
    const [, flag = '', value = ''] = booleanFlagWithValue.exec(word) ?? [];
    if (trueValue.test(value)) return [flag];
    if (falseValue.test(value)) return [];
    const letter = keepsEqualsSign ? null : shortOptionWithValue.exec(word);
    return letter === null ? [word] : [letter[1] ?? '', letter[2] ?? ''];
  });
  return [...normalized, ...words.slice(options.length)];
}
