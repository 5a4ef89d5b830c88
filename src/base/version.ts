/** The version in package.json. A test checks that they are the same. */
export const version = '0.3.0';
