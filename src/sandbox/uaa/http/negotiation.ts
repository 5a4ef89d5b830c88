import type { SandboxRequest } from '../../router.js';
import {
  areCompatible,
  formatMediaType,
  isConcrete,
  parseMediaTypes,
  sortByQuality,
  sortBySpecificity,
  withoutQuality,
  type MediaType,
} from './media-types.js';

type Request = Pick<SandboxRequest, 'headers' | 'query'>;

const jsonType = concrete('application', 'json');
const jsonTypes = [jsonType, concrete('application', '*+json')];
const xmlTypes = [
  concrete('application', 'xml'),
  concrete('text', 'xml'),
  concrete('application', '*+xml'),
];
const htmlType = concrete('text', 'html');
const anyType = concrete('*', '*');

function concrete(type: string, subtype: string): MediaType {
  return { type, subtype, parameters: [] };
}

/**
 * Parses the `Accept` header. Without the header, the client accepts all types.
 *
 * @returns undefined if the header is invalid.
 */
function parseAccept({ headers }: Request): readonly MediaType[] | undefined {
  const types = parseMediaTypes(headers['accept']);
  return types?.length === 0 ? [anyType] : types;
}

/** Like {@link parseAccept}, but the parameter `format` takes precedence over the header. */
function parseFormat(request: Request): readonly MediaType[] | undefined {
  const format = request.query.get('format');
  if (!format) return parseAccept(request);
  switch (format) {
    case 'json':
      return [jsonType];
    case 'xml':
      return [concrete('application', 'xml')];
    default:
      return undefined;
  }
}

/**
 * Selects the content type of a JSON response like Spring MVC: the most specific type that the
 * client accepts.
 *
 * @returns undefined if the client accepts no JSON type.
 */
export function selectJsonType(request: Request): string | undefined {
  const accepted = parseFormat(request) ?? [];
  const compatible = accepted.flatMap((type) =>
    jsonTypes
      .filter((producible) => areCompatible(type, producible))
      .map((producible) => (isConcrete(type) ? type : withQualityOf(producible, type))),
  );
  const selected = sortBySpecificity(compatible).find(isConcrete);
  return selected && formatMediaType(withoutQuality(selected), 'UTF-8');
}

function withQualityOf(type: MediaType, { parameters }: MediaType): MediaType {
  return { ...type, parameters: parameters.filter(([name]) => name === 'q') };
}

/**
 * Selects the content type of a text: the most specific type that the client accepts.
 *
 * @returns undefined if no accepted type is specific enough.
 */
export function selectTextType(request: Request): string | undefined {
  const textType = concrete('text', 'plain');
  for (const type of sortBySpecificity(parseFormat(request) ?? [])) {
    const isBinary = type.type === 'application' && type.subtype === 'octet-stream';
    if (isBinary) return formatMediaType(textType, 'ISO-8859-1');
    if (isConcrete(type)) return formatMediaType(withoutQuality(type), 'ISO-8859-1');
    const known = [textType, jsonType].find((own) => areCompatible(type, own));
    if (known) return formatMediaType(known, 'ISO-8859-1');
  }
  return undefined;
}

/**
 * Selects the content type of a view that exists only as JSON.
 *
 * @returns undefined if the client does not accept JSON.
 */
export function selectJsonViewType(request: Request): string | undefined {
  const accepted = (parseFormat(request) ?? []).filter((type) => areCompatible(type, jsonType));
  const selected = accepted.map((type) =>
    isConcrete(type) ? type : withQualityOf(jsonType, type),
  );
  const [best] = sortBySpecificity(selected);
  return best && formatMediaType(withoutCharset(best), 'UTF-8');
}

function withoutCharset({ parameters, ...type }: MediaType): MediaType {
  return { ...type, parameters: parameters.filter(([name]) => name !== 'charset') };
}

/** The format that a client accepts for an error of the security filters. */
type FilterFormat = { readonly format: 'json' | 'xml'; readonly contentType: string };

/**
 * Selects the format of an error of the security filters.
 *
 * @returns undefined if the client accepts neither JSON nor XML; `invalid` if the header cannot be
 *   parsed.
 * @see Spring Security OAuth 2.3.0 `DefaultOAuth2ExceptionRenderer`
 */
export function selectFilterFormat(request: Request): FilterFormat | 'invalid' | undefined {
  const accepted = parseAccept(request);
  if (!accepted) return 'invalid';
  for (const type of sortByQuality(accepted)) {
    const canWrite = (types: readonly MediaType[]) => types.some((own) => areCompatible(own, type));
    if (canWrite(jsonTypes)) {
      const selected = isConcrete(type) ? type : jsonType;
      return { format: 'json', contentType: formatMediaType(selected, 'UTF-8') };
    }
    if (canWrite(xmlTypes)) {
      const contentType = isConcrete(type) ? formatMediaType(type) : 'application/xml';
      return { format: 'xml', contentType };
    }
  }
  return undefined;
}

/**
 * Selects the content type of an error. Its body is always JSON, even if this is another type.
 *
 * @returns undefined if the header cannot be parsed; the response then has no body.
 * @see UAA 4.30.0 `ConvertingExceptionView`
 */
export function selectExceptionType(request: Request): string | undefined {
  const accepted = parseAccept(request);
  if (!accepted) return undefined;
  const [best = anyType] = sortByQuality(accepted);
  const type = isConcrete(best) ? best : concrete('application', 'octet-stream');
  return formatMediaType(type, charsetOf(selectLanguage(request)));
}

/** Returns the charset that Tomcat uses for a language, if it has one. */
function charsetOf(language: string): string | undefined {
  return /^(en|fr)\b/.test(language) ? 'ISO-8859-1' : undefined;
}

/** A view of the UAA: a page, or its data as JSON. */
export interface View {
  readonly format: 'html' | 'json';
  readonly contentType: string;
}

/**
 * Selects the view of a page. If the client accepts neither HTML nor JSON, the page is still HTML,
 * with the default charset of servlets.
 *
 * @see Spring MVC `ContentNegotiatingViewResolver`
 */
export function selectView(request: Request): View {
  for (const type of sortBySpecificity(parseFormat(request) ?? [])) {
    if (areCompatible(type, htmlType)) {
      const contentType = formatMediaType(isConcrete(type) ? type : htmlType, 'UTF-8');
      return { format: 'html', contentType };
    }
    if (areCompatible(type, jsonType)) {
      const selected = withoutCharset(isConcrete(type) ? type : jsonType);
      const contentType = formatMediaType(selected, 'UTF-8');
      return { format: 'json', contentType };
    }
  }
  return { format: 'html', contentType: otherPageType };
}

const otherPageType = 'text/html;charset=ISO-8859-1';

/**
 * Selects the view of a page that another route has forwarded to. If the client accepts neither
 * HTML nor JSON, the content type of the page is the first type of the header.
 */
export function selectForwardedView(request: Request): View {
  const view = selectView(request);
  const [first] = sortBySpecificity(parseFormat(request) ?? []);
  if (view.contentType !== otherPageType || !first || !isConcrete(first)) return view;
  return { format: 'html', contentType: formatMediaType(first, 'ISO-8859-1') };
}

/** Selects the language of a view: the one with the highest quality in `Accept-Language`. */
export function selectLanguage({ headers }: Request): string {
  const accepted = (headers['accept-language'] ?? '').split(',').map((entry) => {
    const [tag = '', ...parameters] = entry.split(';').map((part) => part.trim());
    const value = /^q=(.*)$/.exec(parameters.find((part) => part.startsWith('q=')) ?? '')?.[1];
    return { tag, quality: value === undefined ? 1 : Number(value) };
  });
  const [best] = accepted.filter(({ tag }) => tag !== '').toSorted((a, b) => b.quality - a.quality);
  if (!best) return 'en-US';
  try {
    return Intl.getCanonicalLocales(best.tag)[0] ?? undetermined;
  } catch {
    return undetermined;
  }
}

const undetermined = 'und';

/** Formats an error of the security filters as XML. @see `JaxbOAuth2Exception` */
export function formatXmlError(error: string, description: string): string {
  const members = { error_description: description, error };
  const elements = Object.entries(members).map(
    ([name, value]) => `<${name}>${escapeXml(value)}</${name}>`,
  );
  return `<oauth>${elements.join('')}</oauth>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
