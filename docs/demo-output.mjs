/** The output of the demo: headings, explanations, commands and colors. */

export const hasColor = process.stdout.isTTY && !process.env.NO_COLOR;

/** @param {string} text */
export const bold = (text) => colored('1', text);
/** @param {string} text */
export const dim = (text) => colored('2', text);
/** @param {string} text */
export const red = (text) => colored('31', text);
/** @param {string} text */
export const green = (text) => colored('32', text);

/**
 * @param {string} code - an SGR code.
 * @param {string} text
 */
function colored(code, text) {
  return hasColor ? `\x1b[${code}m${text}\x1b[0m` : text;
}

/** @param {string[]} lines */
export function print(...lines) {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** @param {string} title */
export function printHeading(title) {
  print('', bold(title), '');
}

/** @param {string[]} lines */
export function explain(...lines) {
  for (const line of lines) print(dim(`# ${line}`));
}
