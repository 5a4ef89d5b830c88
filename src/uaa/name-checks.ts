import { isTpksError } from '../errors.js';
import { checkNewClientId } from './client-id.js';
import { checkMappable, checkUnmappable, type MappingNames } from './mapping-names.js';

/**
 * Tells before anything is sent which names the UAA cannot take, or could never be asked for again.
 * Each answers with why, or `undefined` for a good name.
 */
export interface NameChecks {
  readonly newClient: (id: string) => string | undefined;
  readonly toMap: (names: MappingNames) => string | undefined;
  readonly toUnmap: (names: MappingNames) => string | undefined;
}

export function createNameChecks(): NameChecks {
  return {
    newClient: (id) => refusalOf(() => checkNewClientId(id)),
    toMap: (names) => refusalOf(() => checkMappable({ ...names, forGood: false })),
    toUnmap: (names) => refusalOf(() => checkUnmappable(names)),
  };
}

function refusalOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!isTpksError(error)) throw error;
    return error.message;
  }
}
