import { Secret } from '../../../src/base/secret.js';

type SecretNames = 'accessToken' | 'refreshToken' | 'idToken' | 'clientSecret';

/** A token or a session with its secrets as strings. */
export type Plain<T> = {
  [Name in keyof T]: Name extends SecretNames ? string | Exclude<T[Name], Secret> : T[Name];
};

/** Converts the secrets to strings, so that tests can compare and send them. */
export function plain<T extends object>(value: T): Plain<T> {
  const members = Object.entries(value).map(([name, member]: [string, unknown]) => [
    name,
    member instanceof Secret ? member.reveal() : member,
  ]);
  return Object.fromEntries(members) as Plain<T>;
}

const secretNames = ['accessToken', 'refreshToken', 'idToken', 'clientSecret'];

/** Converts the strings back to secrets; the inverse of `plain`. */
export function withSecrets<T extends object>(value: Plain<T>): T {
  const members = Object.entries(value).map(([name, member]: [string, unknown]) => [
    name,
    typeof member === 'string' && secretNames.includes(name) ? new Secret(member) : member,
  ]);
  return Object.fromEntries(members) as T;
}
