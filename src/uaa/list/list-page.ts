import { streamList, tooLargeError, type ListFormat } from '../../http/json-stream.js';
import type { HttpResponse } from '../../http/send.js';

/** A page of a list, whose objects are parsed one by one. */
export interface ListPage {
  /** The body with an empty list in place of the objects. */
  readonly frame: unknown;
  readonly length: number;
  /** The JSON of an object. Valid until the next page is read. @param index - starts at 0. */
  readonly getItem: (index: number) => string;
}

/** The whole page is kept in memory, because it must be checked for new items before use. */
const maximumPageBytes = 16 * 1024 * 1024;

/** Enough for 1,000,000 results in pages of 100, the default of the UAA. */
const maximumPages = 10_000;

/**
 * Creates a reader of pages that does not parse their objects, but keeps them as bytes in one buffer
 * that all pages share. Parsed objects would survive several garbage collections before they are used,
 * and V8 would keep enlarging its young generation. For a long list, that takes more memory than the
 * pages.
 *
 * @param format.key - name of the list in the response.
 * @param format.maximumBytes - size limit of all pages together.
 * @returns a function that reads a page. It throws `unavailable` for a list that exceeds a limit.
 */
export function createPageReader({
  maximumBytes,
  ...format
}: ListFormat): (response: HttpResponse) => Promise<ListPage> {
  let buffer = Buffer.alloc(0);
  let received = 0;
  let pages = 0;
  const countBytes = async function* (body: AsyncIterable<Uint8Array>) {
    for await (const chunk of body) {
      received += chunk.byteLength;
      if (received > maximumBytes) throw tooLargeError('a list', maximumBytes);
      yield chunk;
    }
  };
  return async (response) => {
    const ends: number[] = [];
    let size = 0;
    const page = { ...response, stream: () => countBytes(response.stream()) };
    const items = streamList(page, { ...format, maximumBytes: maximumPageBytes });
    for (;;) {
      const { done, value } = await items.next();
      if (done === true) {
        pages += 1;
        if (pages > maximumPages) throw format.formatError('it has more than 10,000 pages');
        const item = (index: number): string =>
          buffer.toString('utf8', index === 0 ? 0 : ends[index - 1], ends[index]);
        return { frame: value, length: ends.length, getItem: item };
      }
      const needed = size + value.length;
      if (needed > buffer.length) buffer = Buffer.concat([buffer.subarray(0, size)], 2 * needed);
      value.copy(buffer, size);
      size = needed;
      ends.push(size);
    }
  };
}
