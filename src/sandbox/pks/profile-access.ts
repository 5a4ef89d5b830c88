import { isObject, type Json } from './body.js';
import { unreadable, type BrokerLine } from './broker-line.js';

export type ProfileKind = 'network' | 'compute' | 'kubernetes';

/** A profile and its owner, as the broker reports them. */
export interface OwnedProfile {
  readonly owner: string;
  readonly name: string;
  readonly uuid: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly content: Json;
}

export interface ProfileAccess {
  readonly profiles: (kind: ProfileKind) => Promise<readonly OwnedProfile[]>;
  /** @returns undefined when there is none of that name. */
  readonly profile: (kind: ProfileKind, name: string) => Promise<OwnedProfile | undefined>;
  /** @throws {ErrorResponse} 409 when the name is taken. */
  readonly addProfile: (kind: ProfileKind, owner: string, profile: Json) => Promise<void>;
  /** @throws {ErrorResponse} 409 while a cluster uses it. */
  readonly removeProfile: (kind: ProfileKind, name: string) => Promise<void>;
}

export function profileAccess(line: BrokerLine): ProfileAccess {
  const at = (kind: ProfileKind, name: string) => `/profiles/${kind}/${encodeURIComponent(name)}`;
  return {
    profiles: async (kind) => {
      const all = await line('GET', `/profiles/${kind}`);
      if (!Array.isArray(all)) throw unreadable();
      return all.map(toProfile);
    },
    profile: async (kind, name) => {
      const found = await line('GET', at(kind, name));
      return found === undefined ? undefined : toProfile(found);
    },
    addProfile: async (kind, owner, profile) => {
      await line('POST', `/profiles/${kind}`, { ...profile, owner });
    },
    removeProfile: async (kind, name) => {
      await line('DELETE', at(kind, name));
    },
  };
}

function toProfile(value: unknown): OwnedProfile {
  if (!isObject(value)) throw unreadable();
  const { owner, name, uuid, createdAt, content } = value;
  const isWhole =
    typeof owner === 'string' &&
    typeof name === 'string' &&
    typeof uuid === 'string' &&
    typeof createdAt === 'number' &&
    isObject(content);
  if (!isWhole) throw unreadable();
  return { owner, name, uuid, createdAt, content };
}
