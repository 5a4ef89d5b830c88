import { TpksError } from '../errors.js';
import { validateSegment, describeUaaPathProblem } from '../http/resource/path-segment.js';

/** The two names in a mapping that the UAA does not validate. */
export interface MappingNames {
  readonly externalGroup: string;
  /** Key of the identity provider. */
  readonly origin: string;
}

/** Sizes of the UAA's database columns. If a name is longer, the UAA returns an SQL error. */
const maximumExternalGroupLength = 255;
const maximumOriginLength = 36;

/**
 * Checks that the UAA can map a name and unmap it later.
 * @param names.allowPermanent - accepts names that the UAA can map but not unmap.
 * @throws {TpksError} `usage`
 */
export function checkNamesToMap(names: MappingNames & { readonly allowPermanent: boolean }): void {
  const { externalGroup, origin, allowPermanent } = names;
  if (externalGroup.length > maximumExternalGroupLength) {
    throw tooLongError('name of the external group', maximumExternalGroupLength);
  }
  if (origin.length > maximumOriginLength) throw tooLongError('origin', maximumOriginLength);
  const rejected = findRejectedPart(names);
  if (rejected === undefined || allowPermanent) return;
  throw new TpksError(
    'usage',
    `The name contains ${rejected}: the UAA could map it but not unmap it later`,
    {
      hint:
        'nothing was sent; use --force to map it anyway (to remove the mapping, you then have to ' +
        'delete the group)',
    },
  );
}

/**
 * Checks that the UAA can unmap a name.
 * @throws {TpksError} `usage`
 */
export function checkNamesToUnmap(names: MappingNames): void {
  validateSegment(names.externalGroup, 'name of the external group');
  validateSegment(names.origin, 'origin');
  const rejected = findRejectedPart(names);
  if (rejected === undefined) return;
  throw new TpksError('usage', `The UAA cannot unmap a name that contains ${rejected}`, {
    hint:
      'nothing was sent; to remove the mapping, delete the group and create it again with its ' +
      'members and other mappings: tpks uaa group delete',
  });
}

/**
 * Converts the name of an external group to the form that the UAA stores.
 * @see real UAA 4.30.0: trims the name and stores `lower(?)`
 */
export function toStoredName(externalGroup: string): string {
  return externalGroup.trim().toLowerCase();
}

/**
 * Whether the UAA also finds another name when it looks up this one. It uses SQL's LIKE, where `_`
 * matches any character and `%` any text.
 */
export function canBeConfusedWith(externalGroup: string, other: string): boolean {
  const name = toStoredName(externalGroup);
  const pattern = name
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return other !== name && new RegExp(`^${pattern}$`, 's').test(other);
}

function findRejectedPart({ externalGroup, origin }: MappingNames): string | undefined {
  return describeUaaPathProblem(externalGroup) ?? describeUaaPathProblem(origin);
}

function tooLongError(what: string, maximumLength: number): TpksError {
  return new TpksError('usage', `The ${what} is longer than ${String(maximumLength)} characters`, {
    hint: 'nothing was sent; use a shorter one',
  });
}
