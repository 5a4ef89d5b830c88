import { javaBean, javaDate, javaInt, javaStringArray } from '../jackson/java-types.js';

/** The Java package of the classes for users and groups. */
export const scimPackage = 'org.cloudfoundry.identity.uaa.scim';

/** The member `meta` of users and groups. */
export const metaType = javaBean(`${scimPackage}.ScimMeta`, {
  version: javaInt,
  created: javaDate,
  lastModified: javaDate,
  attributes: javaStringArray,
});
