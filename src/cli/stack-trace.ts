import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import { readText } from '../platform/disk/bounded-read.js';

/** The largest source map of the bundle has less than 1 MB. */
const maximumBytes = 16 * 1024 * 1024;

/**
 * Returns the stack trace of a thrown value, with positions in the source files instead of the bundle. The
 * files of the bundle do not refer to their source maps, because otherwise Node could read all at startup.
 * @returns an empty list if the value has no stack trace.
 */
export function readStackTrace(thrown: unknown): readonly string[] {
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

/** @returns `undefined` for a file without a source map, such as Node's own files. */
function readSourceMap(file: string): SourceMap | undefined {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  try {
    const text = readText(`${path}.map`, { maximumBytes });
    return new SourceMap(JSON.parse(text) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
