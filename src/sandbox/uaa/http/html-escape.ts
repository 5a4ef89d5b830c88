import { decodeHTML } from 'entities/decode';

/** The entities of HTML 4.0. @see https://www.w3.org/TR/html4/sgml/entities.html */
const entityNames = `
  quot amp lt gt nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg
  macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34
  iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave
  Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute
  Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave
  eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide
  oslash ugrave uacute ucirc uuml yacute thorn yuml OElig oelig Scaron scaron Yuml fnof circ
  tilde Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi
  Rho Sigma Tau Upsilon Phi Chi Psi Omega alpha beta gamma delta epsilon zeta eta theta iota
  kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega thetasym
  upsih piv ensp emsp thinsp zwnj zwj lrm rlm ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo
  dagger Dagger bull hellip permil prime Prime lsaquo rsaquo oline frasl euro image weierp
  real trade alefsym larr uarr rarr darr harr crarr lArr uArr rArr dArr hArr forall part exist
  empty nabla isin notin ni prod sum minus lowast radic prop infin ang and or cap cup int
  there4 sim cong asymp ne equiv le ge sub sup nsub sube supe oplus otimes perp sdot lceil
  rceil lfloor rfloor lang rang loz spades clubs hearts diams
`;

/** HTML 5 assigns these two names to different characters than HTML 4.0. */
const charactersOfHtml4: Readonly<Record<string, string>> = { lang: '\u2329', rang: '\u232a' };

const escapes = new Map([
  ["'", '&#39;'],
  ...entityNames
    .trim()
    .split(/\s+/)
    .map((name) => [charactersOfHtml4[name] ?? decodeHTML(`&${name};`), `&${name};`] as const),
]);

/**
 * Escapes text like Spring's `HtmlUtils.htmlEscape`: the five markup characters and all characters
 * that have an entity name in HTML 4.0.
 */
export function escapeHtml(value: string): string {
  return value.replace(/["&'<>\u00a0-\u2666]/g, (character) => escapes.get(character) ?? character);
}

/** Escapes the five markup characters, as the pages of the real server do. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => markupEntities[character] ?? character);
}

const markupEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
