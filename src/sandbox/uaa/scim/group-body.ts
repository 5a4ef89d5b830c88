import { scimSchema } from '../errors.js';
import {
  checkedType,
  javaAbstract,
  javaBean,
  javaEnum,
  javaList,
  javaString,
  javaStringArray,
} from '../jackson/java-types.js';
import type { JavaBody } from './java-body.js';
import { metaType, scimPackage } from './meta.js';

/** The fields of all SCIM resources. */
const coreFields = {
  id: javaString,
  externalId: javaString,
  meta: metaType,
  schemas: checkedType(javaStringArray, (schemas) =>
    schemas?.length === 1 && schemas[0] === scimSchema
      ? undefined
      : `Only schema '${scimSchema}' is currently supported`,
  ),
};

const memberClass = `${scimPackage}.ScimGroupMember`;

const memberType = javaBean(
  memberClass,
  {
    value: javaString,
    origin: checkedType(javaString, (origin) => (origin === null ? null : undefined)),
    operation: javaString,
    type: javaEnum(`${memberClass}$Type`, ['USER', 'GROUP']),
    entity: javaAbstract(`${scimPackage}.ScimCore`),
  },
  (value) => ({ value, type: 'USER' }),
);

const groupClass = `${scimPackage}.ScimGroup`;

const groupType = javaBean(
  groupClass,
  {
    ...coreFields,
    displayName: javaString,
    zoneId: javaString,
    description: javaString,
    members: javaList(memberType),
  },
  (displayName) => ({ displayName }),
);

/** A group in a request. Fields that were not in the body are undefined. */
export type GroupInput = NonNullable<ReturnType<typeof groupType>>;

/** A member in a request. By default, it is a user of the internal store. */
export type MemberInput = NonNullable<ReturnType<typeof memberType>>;

const endpoints = `${scimPackage}.endpoints.ScimGroupEndpoints`;
const response = 'javax.servlet.http.HttpServletResponse';

/**
 * Describes the body of a request with a group.
 *
 * @param name - name of the Java method that handles the request.
 */
export function groupBody(
  name: 'createGroup' | 'updateGroup' | 'patchGroup' | 'addZoneManagers',
): JavaBody<GroupInput | null> {
  const hasId = name === 'updateGroup' || name === 'patchGroup';
  const parameters = [
    groupClass,
    ...(hasId ? ['java.lang.String', 'java.lang.String'] : []),
    response,
  ];
  return {
    type: groupType,
    method: `public ${groupClass} ${endpoints}.${name}(${parameters.join(',')})`,
  };
}

export const memberBody: JavaBody<MemberInput | null> = {
  type: memberType,
  method: `public ${memberClass} ${endpoints}.addMemberToGroup(java.lang.String,${memberClass})`,
};

const mappingClass = `${scimPackage}.ScimGroupExternalMember`;

const mappingType = javaBean(mappingClass, {
  ...coreFields,
  groupId: javaString,
  displayName: javaString,
  externalGroup: javaString,
  origin: javaString,
});

/** A mapping in a request. */
export type MappingInput = NonNullable<ReturnType<typeof mappingType>>;

export const mappingBody: JavaBody<MappingInput | null> = {
  type: mappingType,
  method: `public ${mappingClass} ${endpoints}.mapExternalGroup(${mappingClass})`,
};
