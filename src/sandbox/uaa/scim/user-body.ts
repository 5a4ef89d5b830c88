import { badScimRequestError, scimSchema, unexpectedScimError } from '../errors.js';
import { javaBoolean, javaPrimitiveBoolean } from '../jackson/java-boolean.js';
import {
  EndlessLoopError,
  locationAfterStart,
  locationAfterValue,
  readMembers,
  UnrecognizedFieldError,
} from '../jackson/java-members.js';
import {
  checkedType,
  javaBean,
  javaEnum,
  javaString,
  javaArray,
  javaStringArray,
  type JavaType,
} from '../jackson/java-types.js';
import { JsonError } from '../jackson/json-error.js';
import type { JsonParser } from '../jackson/json-tokens.js';
import type { SandboxRequest } from '../../router.js';
import type { Behaviour } from '../behaviour.js';
import { isJsonType } from '../requests.js';
import { readJavaBody } from './java-body.js';
import { metaType, scimPackage } from './meta.js';

const userClass = `${scimPackage}.ScimUser`;

const nameType = javaBean(`${userClass}$Name`, {
  formatted: javaString,
  familyName: javaString,
  givenName: javaString,
  middleName: javaString,
  honorificPrefix: javaString,
  honorificSuffix: javaString,
});

const emailType = javaBean(`${userClass}$Email`, {
  value: checkedType(javaString, (value) =>
    value === null
      ? '[Assertion failed] - this argument is required; it must not be null'
      : undefined,
  ),
  type: javaString,
  primary: javaPrimitiveBoolean,
});

const phoneNumberType = javaBean(
  `${userClass}$PhoneNumber`,
  { value: javaString, type: javaString },
  (value) => ({ value }),
);

const groupType = javaBean(`${userClass}$Group`, {
  value: javaString,
  display: javaString,
  type: javaEnum(`${userClass}$Group$Type`, ['DIRECT', 'INDIRECT']),
});

type Bean<Type extends JavaType<unknown>> = ReturnType<Type>;

/** A user in a request, with the defaults of the real server for members that are missing. */
export interface UserInput {
  userName: string | null;
  name: Bean<typeof nameType>;
  emails: readonly Bean<typeof emailType>[] | null;
  phoneNumbers: readonly Bean<typeof phoneNumberType>[] | null;
  externalId: string | null;
  password: string | null;
  origin: string | null;
  salt: string | null;
  displayName: string | null;
  active: boolean;
  verified: boolean;
  /** Null only if the request contains null. */
  meta: Bean<typeof metaType>;
  approvals: readonly ApprovalInput[];
  /** Whether the user has an alias in another zone. */
  hasAlias: boolean;
}

/** An approval in a request that creates a user. */
export interface ApprovalInput {
  clientId: string;
  scope: string;
  isApproved: boolean;
}

/** Readers for the members that UAA knows, by name in lower case. */
const members: Readonly<Record<string, (user: UserInput, parser: JsonParser) => void>> = {
  username: (user, parser) => void (user.userName = javaString(parser)),
  name: (user, parser) => void (user.name = nameType(parser)),
  emails: (user, parser) => void (user.emails = readArray(parser, `${userClass}$Email`, emailType)),
  phonenumbers: (user, parser) => {
    user.phoneNumbers = javaArray(`${userClass}$PhoneNumber`, phoneNumberType)(parser);
  },
  externalid: (user, parser) => void (user.externalId = javaString(parser)),
  password: (user, parser) => void (user.password = javaString(parser)),
  origin: (user, parser) => void (user.origin = javaString(parser)),
  salt: (user, parser) => void (user.salt = javaString(parser)),
  displayname: (user, parser) => void (user.displayName = javaString(parser)),
  active: (user, parser) => void (user.active = readBoolean(parser)),
  verified: (user, parser) => void (user.verified = readBoolean(parser)),
  meta: (user, parser) => void (user.meta = metaType(parser)),
  schemas: (_, parser) => {
    const schemas = javaStringArray(parser);
    if (schemas?.length !== 1 || schemas[0] !== scimSchema) {
      throw badScimRequestError(`Only schema '${scimSchema}' is currently supported`);
    }
  },
  groups: (_, parser) => void readArray(parser, `${userClass}$Group`, groupType),
  approvals: (user, parser) => {
    user.approvals = readArray(parser, approvalClass, readApproval);
  },
  passwordlastmodified: (_, parser) => checkDate(parser),
  // The real server accepts any value for the times of logins, and does not store them.
  lastlogontime: () => undefined,
  previouslogontime: () => undefined,
  ...Object.fromEntries(
    [
      ...['id', 'usertype', 'title', 'timezone', 'profileurl', 'preferredlanguage', 'nickname'],
      ...['locale', 'zoneid'],
    ].map((name) => [name, (_: UserInput, parser: JsonParser) => void javaString(parser)]),
  ),
};

const readAlias: (typeof members)[string] = (user, parser) => {
  const alias = javaString(parser) ?? '';
  user.hasAlias ||= alias.trim() !== '';
};

/** Readers for releases whose users have aliases. */
const membersWithAlias = { ...members, aliasid: readAlias, aliaszid: readAlias };

/** @see UAA 4.30.0 `ScimUserJsonDeserializer` */
const userType = (parser: JsonParser, knownMembers = members): UserInput | null => {
  if (parser.current().type === 'VALUE_NULL') return null;
  const user: UserInput = {
    ...{ userName: null, name: null, emails: null, phoneNumbers: null, password: null },
    ...{ externalId: '', origin: '', salt: null, displayName: null },
    ...{ active: true, verified: true, meta: {}, approvals: [], hasAlias: false },
  };
  readMembers(parser, (name) => {
    const readMember = knownMembers[name.toLowerCase()];
    if (readMember) readMember(user, parser);
    else throw new UnrecognizedFieldError(locationAfterStart(parser.current()));
  });
  return user;
};

/** @throws ErrorResponse 500 for null, which the real server does not expect here. */
function readArray<Item>(
  parser: JsonParser,
  className: string,
  item: JavaType<Item>,
): readonly Item[] {
  const items = javaArray(className, item)(parser);
  if (!items) throw unexpectedScimError();
  return items;
}

/** @throws ErrorResponse 500 for null. */
function readBoolean(parser: JsonParser): boolean {
  const value = javaBoolean(parser);
  if (value === null) throw unexpectedScimError();
  return value;
}

function checkDate(parser: JsonParser): void {
  const token = parser.current();
  if (token.type.startsWith('START_') || token.type === 'VALUE_NULL') return;
  if (/^\d+-\d+-\d+T\d+:\d+:\d+\.\d+Z/.test(token.text)) return;
  throw new JsonError(
    'core.JsonParseException',
    `Could not parse date:${token.text}`,
    locationAfterValue(token),
  );
}

const approvalClass = 'org.cloudfoundry.identity.uaa.approval.Approval';
// The real server's error message lists the values in this order.
const statusType = javaEnum(`${approvalClass}$ApprovalStatus`, ['DENIED', 'APPROVED']);

/** @throws ErrorResponse 500 if the status is missing. */
function readApproval(parser: JsonParser): ApprovalInput {
  const values = { clientid: '', scope: '', status: '' };
  readMembers(parser, (name) => {
    const key = name.toLowerCase();
    if (key === 'clientid' || key === 'scope') values[key] = javaString(parser) ?? '';
    if (key === 'status') values.status = statusType(parser) ?? '';
  });
  const { clientid: clientId, scope, status } = values;
  if (status === '') throw unexpectedScimError();
  return { clientId, scope, isApproved: status === 'APPROVED' };
}

/**
 * Reads the user in a request.
 *
 * @param method - name of the Java method that handles the request, for the error for a missing body.
 * @throws ErrorResponse 400 `scim` for a body that is not a user, or 500 for null in some members. The
 *   real server never responds to a body without an object; the sandbox returns 400.
 */
export function readUserBody(
  request: SandboxRequest,
  method: 'createUser' | 'updateUser' | 'patchUser',
  behaviour: Behaviour,
): UserInput {
  const isJson = isJsonType(request.headers['content-type'] ?? '');
  if (behaviour.namesMissingUser && method === 'createUser' && isJson && request.body === '') {
    throw badScimRequestError('Missing SCIM User');
  }
  const servlet = 'javax.servlet.http.HttpServlet';
  const parameters = [
    userClass,
    ...(method === 'createUser' ? [] : ['java.lang.String', 'java.lang.String']),
    ...[`${servlet}Request`, `${servlet}Response`],
    ...(method === 'createUser'
      ? []
      : ['org.springframework.security.oauth2.provider.OAuth2Authentication']),
  ];
  const endpoints = `${scimPackage}.endpoints.ScimUserEndpoints`;
  try {
    return readJavaBody(request, {
      type: (parser) => userType(parser, behaviour.hasAliases ? membersWithAlias : members),
      method: `public ${userClass} ${endpoints}.${method}(${parameters.join(',')})`,
    });
  } catch (error) {
    throw error instanceof EndlessLoopError
      ? badScimRequestError('JSON parse error: the body contains no object')
      : error;
  }
}
