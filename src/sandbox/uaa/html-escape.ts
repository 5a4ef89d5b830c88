/**
 * Escapes as Spring's `HtmlUtils.htmlEscape` does: the five markup characters and every
 * character that HTML 4.0 has a name for.
 *
 * @see https://www.w3.org/TR/html4/sgml/entities.html
 */
export function htmlEscape(value: string): string {
  return value.replace(/["&'<>]|[\u00a0-\u03d6]|[\u2000-\u2666]/g, (character) => {
    const name = names.get(character.charCodeAt(0));
    if (name !== undefined) return `&${name};`;
    return character === "'" ? '&#39;' : character;
  });
}

/** Runs of neighbouring code points: the first one, then their names (`-` has none). */
const runs: readonly (readonly [number, string])[] = [
  [34, 'quot'],
  [38, 'amp'],
  [60, 'lt - gt'],
  [160, 'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr'],
  [176, 'deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12'],
  [190, 'frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute'],
  [202, 'Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml'],
  [215, 'times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde'],
  [228, 'auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde'],
  [242, 'ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn'],
  [255, 'yuml'],
  [338, 'OElig oelig'],
  [352, 'Scaron scaron'],
  [376, 'Yuml'],
  [402, 'fnof'],
  [710, 'circ'],
  [732, 'tilde'],
  [913, 'Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi'],
  [929, 'Rho - Sigma Tau Upsilon Phi Chi Psi Omega'],
  [945, 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi'],
  [961, 'rho sigmaf sigma tau upsilon phi chi psi omega'],
  [977, 'thetasym upsih'],
  [982, 'piv'],
  [8194, 'ensp emsp'],
  [8201, 'thinsp'],
  [8204, 'zwnj zwj lrm rlm'],
  [8211, 'ndash mdash'],
  [8216, 'lsquo rsquo sbquo - ldquo rdquo bdquo - dagger Dagger bull'],
  [8230, 'hellip'],
  [8240, 'permil'],
  [8242, 'prime Prime'],
  [8249, 'lsaquo rsaquo'],
  [8254, 'oline'],
  [8260, 'frasl'],
  [8364, 'euro'],
  [8465, 'image'],
  [8472, 'weierp'],
  [8476, 'real'],
  [8482, 'trade'],
  [8501, 'alefsym'],
  [8592, 'larr uarr rarr darr harr'],
  [8629, 'crarr'],
  [8656, 'lArr uArr rArr dArr hArr'],
  [8704, 'forall - part exist - empty - nabla isin notin - ni'],
  [8719, 'prod - sum minus'],
  [8727, 'lowast'],
  [8730, 'radic'],
  [8733, 'prop infin'],
  [8736, 'ang'],
  [8743, 'and or cap cup int'],
  [8756, 'there4'],
  [8764, 'sim'],
  [8773, 'cong'],
  [8776, 'asymp'],
  [8800, 'ne equiv'],
  [8804, 'le ge'],
  [8834, 'sub sup nsub - sube supe'],
  [8853, 'oplus'],
  [8855, 'otimes'],
  [8869, 'perp'],
  [8901, 'sdot'],
  [8968, 'lceil rceil lfloor rfloor'],
  [9001, 'lang rang'],
  [9674, 'loz'],
  [9824, 'spades - - clubs - hearts diams'],
];

const names = new Map<number, string>(
  runs.flatMap(([first, words]) =>
    words
      .split(' ')
      .map((name, index): [number, string] => [first + index, name])
      .filter(([, name]) => name !== '-'),
  ),
);
