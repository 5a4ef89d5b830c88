import { isWellFormedXml } from './accounts/well-formed-xml.js';

/** The entity id in the metadata of a SAML provider, or the reason why it cannot be read. */
export type SamlMetadata = { readonly entityId: string } | { readonly problem: string };

const samlNamespace = 'urn:oasis:names:tc:SAML:2.0:metadata';

/** Whether a location is the XML document itself, not a URL. */
export function isSamlDocument(location: string): boolean {
  const text = location.trim();
  return /^<(\?xml|(md:)?EntityDescriptor)/.test(text) && isWellFormedXml(text);
}

/**
 * Reads the metadata of one SAML provider. Only the element with the entity id is checked.
 *
 * @param document - well-formed XML.
 * @see UAA 4.30.0 `ComparableProvider`
 */
export function readSamlMetadata(document: string): SamlMetadata {
  const content = document.replace(/<\?.*?\?>|<!--.*?-->|<!\[CDATA\[.*?\]\]>/gs, '');
  const [root] = readElements(content);
  if (/^\s+<\?xml/.test(document) || root?.namespace === undefined) {
    return createUnmarshallingProblem('org.opensaml.xml.parse.XMLParserException: Invalid XML');
  }
  const { namespace, name } = root;
  if (namespace !== samlNamespace) {
    const qualifiedName = namespace === '' ? name : `{${namespace}}${name}`;
    return createUnmarshallingProblem(
      'org.opensaml.xml.io.UnmarshallingException: ' +
        `No unmarshaller registered for document element ${qualifiedName}`,
    );
  }
  if (name === 'EntityDescriptor') return { entityId: root.entityId };
  if (name !== 'EntitiesDescriptor') {
    return {
      problem: `Unknown descriptor class:org.opensaml.saml2.metadata.impl.${name}Impl`,
    };
  }
  const entities = readElements(content).filter((element) => element.name === 'EntityDescriptor');
  const [entity] = entities;
  return entities.length === 1 && entity
    ? { entityId: entity.entityId }
    : { problem: `Invalid metadata. Number of descriptors must be 1, but is ${entities.length}` };
}

function createUnmarshallingProblem(cause: string): SamlMetadata {
  return { problem: `org.opensaml.xml.io.UnmarshallingException: ${cause}` };
}

interface Element {
  /** The name without the prefix. */
  readonly name: string;
  /** The namespace that the element itself declares; undefined if it does not declare its prefix. */
  readonly namespace: string | undefined;
  readonly entityId: string;
}

function readElements(content: string): readonly Element[] {
  return [...content.matchAll(/<(?:([\w.-]+):)?([\w.-]+)([^>]*)>/g)].map(
    ([, prefix, name = '', attributes = '']) => ({
      name,
      namespace:
        prefix === undefined
          ? (readAttribute(attributes, 'xmlns') ?? '')
          : readAttribute(attributes, `xmlns:${prefix}`),
      entityId: readAttribute(attributes, 'entityID') ?? '',
    }),
  );
}

function readAttribute(attributes: string, name: string): string | undefined {
  const pattern = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
  const [, double, single] = pattern.exec(attributes) ?? [];
  return double ?? single;
}
