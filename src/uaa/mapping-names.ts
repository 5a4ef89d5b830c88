import { TpksError } from '../errors.js';
import { checkSegment } from '../http/resource/path-segment.js';
import { rejectedInUaaPath } from '../http/resource/path-segment.js';

/** The two names in a mapping that UAA does not know itself. */
export interface MappingNames {
  readonly externalGroup: string;
  /** Key of the identity provider. */
  readonly origin: string;
}

/** Sizes of UAA's columns, whose own error is a line of SQL. */
const longestExternalGroup = 255;
const longestOrigin = 36;

/**
 * Refuses what UAA could not keep, and what it could keep but never take out again.
 * @param names.forGood - the latter is wanted all the same.
 * @throws {TpksError} `usage`
 */
export function checkMappable(names: MappingNames & { readonly forGood: boolean }): void {
  const { externalGroup, origin, forGood } = names;
  if (externalGroup.length > longestExternalGroup) {
    throw tooLong('name of the external group', longestExternalGroup);
  }
  if (origin.length > longestOrigin) throw tooLong('key of the origin', longestOrigin);
  const unfit = unfitPart(names);
  if (unfit === undefined || forGood) return;
  throw new TpksError(
    'usage',
    `The name has ${unfit} in it: UAA would map it and could never unmap it again`,
    {
      hint:
        'nothing was sent; --force maps it all the same, and then only deleting the group takes ' +
        'the mapping away',
    },
  );
}

/**
 * Refuses what UAA cannot be asked to take out.
 * @throws {TpksError} `usage`
 */
export function checkUnmappable(names: MappingNames): void {
  checkSegment(names.externalGroup, 'name of the external group');
  checkSegment(names.origin, 'key of the origin');
  const unfit = unfitPart(names);
  if (unfit === undefined) return;
  throw new TpksError('usage', `UAA cannot be asked to unmap a name with ${unfit} in it`, {
    hint:
      'nothing was sent; the mapping goes when its group is deleted: tpks uaa group delete, then ' +
      'group add, member add and group map for what is to stay',
  });
}

/** @see real UAA 4.30.0: `lower(?)` on the way in, blanks at both ends taken off */
export function asStored(externalGroup: string): string {
  return externalGroup.trim().toLowerCase();
}

/**
 * Whether UAA takes another name for this one: it looks names up with SQL's LIKE, in which `_`
 * stands for any character and `%` for any text.
 */
export function isMistakable(externalGroup: string, other: string): boolean {
  const name = asStored(externalGroup);
  const pattern = name
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return other !== name && new RegExp(`^${pattern}$`, 's').test(other);
}

function unfitPart({ externalGroup, origin }: MappingNames): string | undefined {
  return rejectedInUaaPath(externalGroup) ?? rejectedInUaaPath(origin);
}

function tooLong(what: string, most: number): TpksError {
  return new TpksError('usage', `The ${what} is longer than ${String(most)} characters`, {
    hint: 'UAA cannot keep it; nothing was sent',
  });
}
