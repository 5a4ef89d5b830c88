/** The provider of mappings that name none, as `uaac` and the UAA have it. */
export const ldap = 'ldap';
