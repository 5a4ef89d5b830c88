import type { Exchange } from './exchange.js';

/** The metadata of an identity provider. */
export function samlMetadata(entityId: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ' +
    `entityID="${entityId}"><md:IDPSSODescriptor ` +
    'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:SingleSignOnService ' +
    'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" ' +
    'Location="https://idp.example.com/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>'
  );
}

/** A request that creates a SAML provider. */
export function createSamlProvider(
  title: string,
  originKey: string,
  config: object,
  changes: object = {},
): Exchange {
  return {
    title,
    request: 'POST /identity-providers',
    as: 'admin',
    json: { type: 'saml', originKey, name: `SAML ${originKey}`, active: true, config, ...changes },
  };
}
