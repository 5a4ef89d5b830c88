import type { Readable } from 'node:stream';

/** Reads the text that a stream has buffered. From Node 26, `read` returns only one chunk. */
export function readAvailable(stream: Readable): string {
  let text = '';
  for (let chunk = read(stream); chunk !== null; chunk = read(stream)) text += chunk.toString();
  return text;
}

function read(stream: Readable): Buffer | string | null {
  return stream.read() as Buffer | string | null;
}
