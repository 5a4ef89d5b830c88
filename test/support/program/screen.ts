import { displayWidth } from '../../../src/platform/terminal/lines.js';

/** A cell that is covered by the wide character to its left. */
const covered = '';

/**
 * A minimal emulated screen: it applies line breaks, carriage returns, and the cursor movements and erasures that
 * tpks uses. Colors are ignored. Lines that are too long are wrapped, and the screen scrolls.
 */
export class TestScreen {
  readonly columns: number;
  readonly #height: number;
  #rows: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number, height = Infinity) {
    this.columns = columns;
    this.#height = height;
  }

  /** The rows up to the last one with text, without trailing spaces. */
  get rows(): string[] {
    const rows = this.#rows.map((cells) => cells.join('').trimEnd());
    return rows.slice(0, rows.findLastIndex((row) => row !== '') + 1);
  }

  /** The position of the cursor, counted from 0. */
  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  /** Applies terminal output. A line feed alone does not move the cursor to the first column. */
  write(output: string): this {
    for (const [piece] of output.matchAll(/\u001b\[[\d;?]*[A-Za-z]|[^]/gu)) this.#apply(piece);
    return this;
  }

  #apply(piece: string): void {
    if (piece === '\r') this.#column = 0;
    else if (piece === '\n') this.#lineFeed();
    else if (piece.startsWith('\u001b[')) this.#control(piece.slice(2, -1), piece.at(-1) ?? '');
    else this.#print(piece);
  }

  #lineFeed(): void {
    this.#row += 1;
    if (this.#row === this.#height) {
      this.#rows.shift();
      this.#row -= 1;
    }
    this.#rows[this.#row] ??= [];
  }

  #control(parameters: string, command: string): void {
    const cells = this.#rows[this.#row] ?? [];
    if (command === 'A') this.#row = Math.max(0, this.#row - Number(parameters || '1'));
    else if (command === 'K') cells.length = Math.min(cells.length, this.#column);
    else if (command === 'J') {
      cells.length = Math.min(cells.length, this.#column);
      this.#rows.length = this.#row + 1;
    }
  }

  #print(character: string): void {
    const width = displayWidth(character);
    if (this.#column + width > this.columns) {
      this.#column = 0;
      this.#lineFeed();
    }
    const cells = (this.#rows[this.#row] ??= []);
    while (cells.length < this.#column) cells.push(' ');
    cells[this.#column] = character;
    if (width === 2) cells[this.#column + 1] = covered;
    this.#column += width;
  }
}
