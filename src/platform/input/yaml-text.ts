/** Strings that need no quotes. Tokens are not quoted, because scripts read them with grep and awk. */
const unquotedText = /^[\w.+/~=-][\w.@+/~=-]*(?:[: ][\w.@+/~=-]+)*$/;

/** Strings that YAML reads as another type if they are not quoted. */
const specialTexts = [
  /^(?:true|false|yes|no|on|off|y|n|null|~|---|\.\.\.|-|=)$/i,
  /^[-+.]?\d[\d_.:]*(?:e[-+]?\d+)?$/i,
  /^0[xob][\da-f_]+$/i,
  /^[-+]?\.(?:inf|nan)$/i,
  /^\d{4}-\d\d?-\d\d?/,
  /^- /,
];

/** Characters that JSON leaves unescaped, but that YAML does not allow or treats as line breaks. */
const unprintable = /[\x7f-\x9f\u2028\u2029\ufeff]/g;

/** Formats a string on one line of YAML 1.1 or 1.2, in quotes only if necessary. */
export function formatYamlText(value: string): string {
  if (unquotedText.test(value) && !specialTexts.some((special) => special.test(value)))
    return value;
  return escapeForYaml(JSON.stringify(value));
}

/** Escapes the characters in strings of JSON that YAML does not allow. */
function escapeForYaml(json: string): string {
  return json.replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
