import * as v from 'valibot';
import type { SecretSource } from './model.js';
import { parseSecretSource } from './secrets.js';

// Messages never repeat a value, because it may be a misplaced secret.

const text = v.pipe(
  v.string('must be a text; one that looks like a number needs quotes'),
  v.check((value) => value.trim() !== '', 'is empty'),
);

const texts = v.array(text, 'must be a list, e.g. [one, two]');

const atLeastOne = v.pipe(
  texts,
  v.minLength(1, 'must name at least one: the UAA keeps none empty'),
);

const seconds = v.pipe(
  v.number('must be a number of seconds'),
  v.integer('must be a whole number of seconds'),
  v.minValue(0, 'must be 0 or more; leave it out for the default of the UAA'),
);

const flag = v.boolean('must be true or false');

function secretSource(isEmptyAllowed: boolean) {
  const choices = `env:NAME or file:PATH${isEmptyAllowed ? ', or empty' : ''}`;
  const message = `must be ${choices}: where the secret lies, never the secret itself`;
  return v.pipe(
    v.string(message),
    v.check((words) => {
      const place = parseSecretSource(words);
      return place !== undefined && (isEmptyAllowed || place.kind !== 'empty');
    }, message),
    v.transform((words): SecretSource => parseSecretSource(words) ?? { kind: 'empty' }),
  );
}

/**
 * An object whose unknown keys are all reported.
 * @param refused - keys that users might try, and what to write instead.
 */
function keysOf<const Entries extends v.ObjectEntries, const Refused extends v.ObjectEntries>(
  entries: Entries,
  refused: Refused,
) {
  const notAnObject = 'must be keys with values';
  const unknown = `is unknown; known here: ${Object.keys(entries).join(', ')}`;
  const schema = v.objectWithRest({ ...entries, ...refused }, v.never(unknown), ({ expected }) =>
    expected === 'Object' ? notAnObject : 'is missing',
  );
  const list = v.never(notAnObject);
  return v.lazy((input) => {
    if (Array.isArray(input)) return list;
    const ignored = ignoredByValibot.filter((key) => isObject(input) && Object.hasOwn(input, key));
    if (ignored.length === 0) return schema;
    return v.pipe(
      schema,
      v.rawCheck(({ addIssue }) => {
        for (const key of ignored) {
          const item = { type: 'unknown', origin: 'key', input, key, value: undefined } as const;
          addIssue({ message: unknown, path: [item] });
        }
      }),
    );
  });
}

/** Keys that valibot silently skips, to protect programs that merge objects. */
const ignoredByValibot = ['__proto__', 'constructor', 'prototype'];

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function refused(instead: string) {
  return v.optional(v.never(`does not belong into a file: say where it lies with ${instead}`));
}

const userName = v.pipe(text, v.transform(userOfName));
const groupMember = keysOf({ group: text }, {});
const userMember = keysOf({ user: text, origin: v.optional(text) }, {});

const member = v.lazy((input) => {
  if (!isObject(input)) return userName;
  return Object.hasOwn(input, 'group') ? groupMember : userMember;
});

function userOfName(user: string): { user: string; origin?: string | undefined } {
  return { user };
}

/** One group of a file. */
export const groupSchema = keysOf(
  {
    description: v.optional(text),
    members: v.optional(v.array(member, 'must be a list, e.g. [cody, {user: erin, origin: ldap}]')),
    external: v.optional(
      v.array(
        keysOf({ origin: v.optional(text, 'ldap'), name: text }, {}),
        'must be a list, e.g. [{origin: ldap, name: "cn=dev,dc=example,dc=com"}]',
      ),
    ),
  },
  {},
);

/** One user of a file. */
export const userSchema = keysOf(
  {
    emails: v.optional(
      v.pipe(texts, v.length(1, 'must hold one address: the UAA wants exactly one')),
    ),
    phones: v.optional(v.pipe(texts, v.length(1, 'must hold one number: the UAA keeps one'))),
    given_name: v.optional(text),
    family_name: v.optional(text),
    origin: v.optional(text, 'uaa'),
    password_from: v.optional(secretSource(false)),
  },
  { password: refused('password_from') },
);

/** One client of a file, by the attributes of `uaac`. */
export const clientSchema = keysOf(
  {
    name: v.optional(text),
    scope: v.optional(texts),
    authorized_grant_types: v.optional(atLeastOne),
    authorities: v.optional(texts),
    access_token_validity: v.optional(seconds),
    refresh_token_validity: v.optional(seconds),
    redirect_uri: v.optional(texts),
    autoapprove: v.optional(
      v.lazy((input) =>
        Array.isArray(input) ? texts : v.boolean('must be true, false, or a list of scopes'),
      ),
    ),
    allowpublic: v.optional(flag),
    allowedproviders: v.optional(atLeastOne),
    signup_redirect_url: v.optional(text),
    required_user_groups: v.optional(texts),
    secret_from: v.optional(secretSource(true)),
  },
  { secret: refused('secret_from'), client_secret: refused('secret_from') },
);
