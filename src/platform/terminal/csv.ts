/**
 * Formats rows as CSV with CRLF line endings.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function formatCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(formatCell).join(',')}\r\n`).join('');
}

/** Spreadsheets run cells that start with one of these characters as formulas. @see https://owasp.org/www-community/attacks/CSV_Injection */
const formulaStart = /^[=+\-@\t\r]/;

function formatCell(text: string): string {
  const cell = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
