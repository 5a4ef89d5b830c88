/** Longer labels could push the host out of sight. */
const maximumLabelLength = 100;

/**
 * Formats the label of a prompt that a UAA defines, e.g. `Password (uaa.example.com:8443)`. Without the
 * host and the limits, a UAA could imitate a prompt of another program, such as `[sudo] password for root`.
 * @param uaa - base URL of the UAA.
 */
export function formatPromptLabel(label: string, uaa: string): string {
  const characters = Array.from(label.replace(/\s+/g, ' ').trim());
  // The default label for a one-time code contains this URL, which must not be cut off.
  const passcodeUrl = `${uaa}/passcode`;
  const hasUrl = label.includes(passcodeUrl);
  const limit = maximumLabelLength + (hasUrl ? passcodeUrl.length : 0);
  const isLong = characters.length > limit;
  const text = `${characters.slice(0, limit).join('')}${isLong ? '...' : ''}`;
  return text.includes(passcodeUrl) ? text : `${text} (${new URL(uaa).host})`.trim();
}
