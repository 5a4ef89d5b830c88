import { randomUUID } from 'node:crypto';
import { hashSecret } from '../store/secret-hash.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

/** Creates an unverified user whose name is the email address. */
export function createUnverifiedUser(
  { users, now }: State,
  input: Pick<User, 'email' | 'givenName' | 'familyName'> & { readonly password: string },
): User {
  const { password, ...profile } = input;
  const createdAt = now();
  const user: User = {
    ...profile,
    id: randomUUID(),
    userName: profile.email,
    passwordHash: hashSecret(password),
    passwordChangeRequired: false,
    passwordModifiedAt: createdAt,
    active: true,
    verified: false,
    origin: 'uaa',
    version: 0,
    createdAt,
    modifiedAt: createdAt,
  };
  users.put(user);
  return user;
}

const atom = String.raw`[a-z0-9!#$%&'*+/=?^_\x60{|}~\u0080-\uffff-]+`;
const domain = String.raw`${atom}(?:\.${atom})*|\[\d{1,3}(?:\.\d{1,3}){3}\]`;
const emailPattern = new RegExp(String.raw`^${atom}(?:\.${atom})*@(?:${domain})$`, 'i');

/** Whether the text is empty or an email address. @see Hibernate Validator `EmailValidator` */
export function isEmptyOrEmail(text: string): boolean {
  return text === '' || emailPattern.test(text);
}

/** Whether the real server accepts the name for a new account. */
export function isValidUserName(name: string): boolean {
  return /^[\p{L}0-9+\-_.@'!]+$/u.test(name);
}
