import { TpksError } from '../errors.js';
import { validateSegment } from '../http/resource/path-segment.js';
import { describeUaaPathProblem } from '../http/resource/path-segment.js';

/** The two names in a mapping that the UAA does not check. */
export interface MappingNames {
  readonly externalGroup: string;
  /** Key of the identity provider. */
  readonly origin: string;
}

/** Sizes of the UAA's database columns; its own error is an SQL message. */
const longestExternalGroup = 255;
const longestOrigin = 36;

/**
 * Refuses names that the UAA cannot store, and names that it can store but never unmap again.
 * @param names.forGood - the latter are accepted.
 * @throws {TpksError} `usage`
 */
export function checkMappable(names: MappingNames & { readonly forGood: boolean }): void {
  const { externalGroup, origin, forGood } = names;
  if (externalGroup.length > longestExternalGroup) {
    throw tooLong('name of the external group', longestExternalGroup);
  }
  if (origin.length > longestOrigin) throw tooLong('key of the origin', longestOrigin);
  const rejected = rejectedPart(names);
  if (rejected === undefined || forGood) return;
  throw new TpksError(
    'usage',
    `The name contains ${rejected}: the UAA would map it and could never unmap it again`,
    {
      hint:
        'nothing was sent; --force maps it anyway, and then only deleting the group removes ' +
        'the mapping',
    },
  );
}

/**
 * Refuses names that the UAA cannot unmap.
 * @throws {TpksError} `usage`
 */
export function checkUnmappable(names: MappingNames): void {
  validateSegment(names.externalGroup, 'name of the external group');
  validateSegment(names.origin, 'key of the origin');
  const rejected = rejectedPart(names);
  if (rejected === undefined) return;
  throw new TpksError('usage', `The UAA cannot unmap a name that contains ${rejected}`, {
    hint:
      'nothing was sent; deleting the group removes the mapping: tpks uaa group delete, then ' +
      'group add, member add and group map for everything else',
  });
}

/** @see real UAA 4.30.0: trimmed, and stored with `lower(?)` */
export function asStored(externalGroup: string): string {
  return externalGroup.trim().toLowerCase();
}

/**
 * Whether the UAA confuses another name with this one: it looks names up with SQL's LIKE, in which
 * `_` matches any character and `%` any text.
 */
export function isMistakable(externalGroup: string, other: string): boolean {
  const name = asStored(externalGroup);
  const pattern = name
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return other !== name && new RegExp(`^${pattern}$`, 's').test(other);
}

function rejectedPart({ externalGroup, origin }: MappingNames): string | undefined {
  return describeUaaPathProblem(externalGroup) ?? describeUaaPathProblem(origin);
}

function tooLong(what: string, most: number): TpksError {
  return new TpksError('usage', `The ${what} is longer than ${String(most)} characters`, {
    hint: 'the UAA cannot store it; nothing was sent',
  });
}
