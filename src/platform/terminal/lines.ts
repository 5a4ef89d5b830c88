import { toPrintable } from '../../base/sanitize.js';
import { loadPaint, type Tone } from './palette.js';

/** A piece of text, optionally with a tone. */
export type Span = string | { readonly text: string; readonly tone: Tone };

/** One line of output. */
export type Line = string | readonly Span[];

/** Formats lines as text. Color only repeats what the text says, so no information is lost without it. */
export async function renderLines(
  lines: readonly Line[],
  { painted, escaped }: { readonly painted: boolean; readonly escaped: boolean },
): Promise<string> {
  const spans = (line: Line): readonly Span[] => (typeof line === 'string' ? [line] : line);
  const hasTones = lines.some((line) => spans(line).some((span) => typeof span !== 'string'));
  const paint = painted && hasTones ? await loadPaint() : (text: string) => text;
  const toText = escaped ? toPrintable : (text: string) => text;
  const renderSpan = (span: Span) =>
    typeof span === 'string' ? toText(span) : paint(toText(span.text), span.tone);
  return lines.map((line) => `${spans(line).map(renderSpan).join('')}\n`).join('');
}
