import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createSamlProvider, samlMetadata } from './saml-steps.js';
import { adminToken } from './steps.js';

const namespace = 'urn:oasis:names:tc:SAML:2.0:metadata';
const metadata = samlMetadata('x<run>');

const rejected = (title: string, location: string): Exchange =>
  createSamlProvider(title, 'rejected<run>', { metaDataLocation: location });

/** All requests are rejected, because a stored SAML provider changes the login page for all clients. */
compareWithRecordings('admin-saml-providers', [
  adminToken,
  createSamlProvider('no configuration', 's<run>', {}, { config: null }),
  createSamlProvider('no metadata', 's<run>', {}),
  createSamlProvider('no origin', 's<run>', { metaDataLocation: metadata }, { originKey: null }),
  createSamlProvider('a blank origin', ' ', { metaDataLocation: metadata }),
  createSamlProvider('an unknown mapping mode', 's<run>', {
    metaDataLocation: metadata,
    groupMappingMode: 'ALL',
  }),
  createSamlProvider('a mapping mode as a number', 's<run>', {
    metaDataLocation: 'text',
    groupMappingMode: 1,
  }),
  createSamlProvider('a mapping mode as a large number', 's<run>', {
    metaDataLocation: 'text',
    groupMappingMode: 2,
  }),
  createSamlProvider('an origin that is too long', 'o'.repeat(40), {
    metaDataLocation: metadata,
  }),
  createSamlProvider('an existing origin', 'ldap', {
    metaDataLocation: metadata,
    linkText: 'Log in',
    nameID: 'name',
    authnContext: ['one'],
    socketFactoryClassName: 'ignored',
    zoneId: 'other',
    idpEntityAlias: 'other',
  }),
  rejected('text as metadata', 'text'),
  rejected('empty metadata', ''),
  rejected('another element', '<?xml version="1.0"?><foo/>'),
  rejected('another namespace', '<?xml version="1.0"?><foo xmlns="urn:x"/>'),
  rejected('another namespace with a prefix', '<?xml version="1.0"?><p:foo xmlns:p="urn:x"/>'),
  rejected('XML that is not well-formed', '<?xml version="1.0"?><foo>'),
  rejected('a document type', '<?xml version="1.0"?><!DOCTYPE foo><foo/>'),
  rejected('no namespace', '<EntityDescriptor entityID="x<run>"/>'),
  rejected('an unknown prefix', '<md:EntityDescriptor entityID="x<run>"/>'),
  rejected('white space before the declaration', ` ${metadata}`),
  rejected('no entity id', samlMetadata('X').replace(' entityID="X"', '')),
  rejected('an empty entity id', samlMetadata('')),
  rejected('a blank entity id', samlMetadata(' ')),
  rejected(
    'another element of SAML',
    `<?xml version="1.0"?><IDPSSODescriptor xmlns="${namespace}"/>`,
  ),
  rejected('no entity', `<?xml version="1.0"?><EntitiesDescriptor xmlns="${namespace}"/>`),
  rejected(
    'two entities',
    `<?xml version="1.0"?><EntitiesDescriptor xmlns="${namespace}">` +
      '<EntityDescriptor entityID="a"/><EntityDescriptor entityID="b"/></EntitiesDescriptor>',
  ),
  rejected('a URL without a server', 'http://localhost:1/metadata'),
  rejected('a URL with a space', 'http:// x'),
  rejected('a word that starts like a URL', 'httpx'),
  { ...rejected('text as metadata for HTML', 'text'), headers: { accept: 'text/html' } },
  { ...rejected('text as metadata for XML', 'text'), headers: { accept: 'application/xml' } },
]);
