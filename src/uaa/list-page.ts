import { streamList, type ListFormat } from '../http/json-stream.js';
import type { HttpResponse } from '../http/send.js';

/** A page of a list, whose objects are parsed one by one. */
export interface ListPage {
  /** The body with an empty list in place of the objects. */
  readonly frame: unknown;
  readonly length: number;
  /** The JSON of an object. Valid until the next page is read. @param index - from 0. */
  readonly item: (index: number) => string;
}

/** The whole page is kept in memory, because it must be checked for new items before use. */
const maximumPageBytes = 16 * 1024 * 1024;

/**
 * Reads pages without parsing their objects. Objects that wait for their turn outlive several
 * garbage collections, after which V8 makes the room for young objects larger and larger. That,
 * and not the page itself, is what a long list would cost. So the objects wait as bytes, in one
 * buffer that all pages share.
 *
 * @param format.key - of the list in the response.
 */
export function createPageReader(
  format: Pick<ListFormat, 'key' | 'unexpected'>,
): (response: HttpResponse) => Promise<ListPage> {
  let room = Buffer.alloc(0);
  return async (response) => {
    const ends: number[] = [];
    let size = 0;
    const items = streamList(response, { ...format, maximumBytes: maximumPageBytes });
    for (;;) {
      const { done, value } = await items.next();
      if (done === true) {
        const item = (index: number): string =>
          room.toString('utf8', index === 0 ? 0 : ends[index - 1], ends[index]);
        return { frame: value, length: ends.length, item };
      }
      const needed = size + value.length;
      if (needed > room.length) room = Buffer.concat([room.subarray(0, size)], 2 * needed);
      value.copy(room, size);
      size = needed;
      ends.push(size);
    }
  };
}
