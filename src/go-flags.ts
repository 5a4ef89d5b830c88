/** The original's switches, `-k` apart. @see pks-cli, section 2 */
const switches = [
  ...['json', 'details', 'wait', 'non-interactive', 'enforce-compute-profile-update'],
  ...['sso', 'sso-auto', 'skip-ssl-validation', 'skip-ssl-verification'],
];
const written = new RegExp(`^(--(?:${switches.join('|')})|-k)=(.+)$`);

/** The original's options that take a value, by their letters. */
const short = /^(-[acelnpu])=(.*)$/s;

/** What Go reads as a switch that is on, or off. */
const on = /^(?:1|t|T|true|TRUE|True)$/;
const off = /^(?:0|f|F|false|FALSE|False)$/;

/**
 * Words as the original takes them and no other parser does: a switch may say what it is
 * (`--wait=true`, `--json=false`), and a letter may have its value behind a sign (`-n=3`).
 *
 * @returns the words as commander takes them.
 */
export function fromGoFlags(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const options = end === -1 ? words : words.slice(0, end);
  // These two have letters of their own, of tools that read `-d=1` as the value `=1`.
  const isOther = options.includes('uaa') || options.includes('curl');
  const read = options.flatMap((word) => {
    const [, flag = '', value = ''] = written.exec(word) ?? [];
    if (on.test(value)) return [flag];
    if (off.test(value)) return [];
    const letter = isOther ? null : short.exec(word);
    return letter === null ? [word] : [letter[1] ?? '', letter[2] ?? ''];
  });
  return [...read, ...words.slice(options.length)];
}
