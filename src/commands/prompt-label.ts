/** Longer labels could push the host out of sight. */
export const maximumLabelLength = 100;

/**
 * Formats the label of a prompt that a UAA defines, e.g. `Password (uaa.example.com:8443)`. Without the
 * host and the limits, a UAA could imitate a prompt of another program, such as `[sudo] password for root`.
 * @param uaa - base URL of the UAA.
 */
export function formatPromptLabel(label: string, uaa: string): string {
  const characters = Array.from(label.replace(/\s+/g, ' ').trim());
  const isLong = characters.length > maximumLabelLength;
  const text = isLong
    ? `${characters.slice(0, maximumLabelLength).join('')}...`
    : characters.join('');
  const { host } = new URL(uaa);
  // The default label for a one-time code contains a URL of the UAA.
  return text.includes(host) ? text : `${text} (${host})`.trim();
}
