import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import { readText } from './disk/bounded-read.js';

/** The largest file of the bundle has a map of less than 1 MB. */
const maximumBytes = 16 * 1024 * 1024;

/**
 * The stack trace of anything that was thrown, with lines of the source files instead of the bundle.
 * The maps are next to the bundle's files, which do not refer to them: otherwise Node could read
 * every map at the start.
 *
 * @returns no lines if the value has no stack trace.
 */
export function stackTrace(thrown: unknown): readonly string[] {
  const stack: unknown =
    typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'stack') : undefined;
  return typeof stack === 'string' ? stack.split('\n').map(mapToSource) : [];
}

function mapToSource(line: string): string {
  const [, start = '', file = '', row, column, end = ''] =
    /^(\s+at (?:.*\(|async )?)(\S.*):(\d+):(\d+)(\)?)$/.exec(line) ?? [];
  const origin = readSourceMap(file)?.findOrigin(Number(row), Number(column));
  if (origin === undefined || !('fileName' in origin)) return line;
  const source = origin.fileName.replace(/^(\.\.\/)+|\?.*$/g, '');
  return `${start}${source}:${String(origin.lineNumber)}:${String(origin.columnNumber)}${end}`;
}

/** @returns `undefined` for a file without a map, such as one of Node's own. */
function readSourceMap(file: string): SourceMap | undefined {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  try {
    const text = readText(`${path}.map`, { maximumBytes });
    return new SourceMap(JSON.parse(text) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
