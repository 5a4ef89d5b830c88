import { isObject } from '../../json-value.js';
import { escapeForYaml, formatYamlText } from '../../input/yaml-text.js';

/** Formatting of the text that is added to a file. */
export interface TextStyle {
  readonly lineBreak: string;
  /** Indentation of one level in brackets; `undefined` to write them on one line. */
  readonly flowIndent: string | undefined;
}

/**
 * Formats a JSON value as YAML in the style of kubectl.
 * @param column - column of the value. The first line is not indented.
 */
export function formatBlock(value: unknown, column: number, style: TextStyle): string {
  const separator = `${style.lineBreak}${' '.repeat(column)}`;
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item) => `- ${formatBlock(item, column + 2, style)}`).join(separator);
  }
  if (!isNonEmptyObject(value)) return formatInline(value);
  return Object.entries(value)
    .map(([key, member]) => `${formatScalar(key)}:${formatMember(member, column, style)}`)
    .join(separator);
}

/**
 * Formats the value of a key, with the space or line break after the colon.
 * @param column - column of the key.
 */
export function formatMember(value: unknown, column: number, style: TextStyle): string {
  if (isInline(value)) return ` ${formatInline(value)}`;
  const inner = Array.isArray(value) ? column : column + 2;
  return `${style.lineBreak}${' '.repeat(inner)}${formatBlock(value, inner, style)}`;
}

/** Whether a value has a single line in block style. */
export function isInline(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : !isNonEmptyObject(value);
}

/** Formats a value that is empty or not a collection. */
export function formatInline(value: unknown): string {
  if (Array.isArray(value)) return '[]';
  return isObject(value) ? '{}' : formatScalar(value);
}

/**
 * Formats a JSON value as JSON, which is also valid between the brackets of YAML.
 * @param indent - indentation of the line that contains the value.
 */
export function formatFlow(value: unknown, indent: string, style: TextStyle): string {
  const json = JSON.stringify(value, null, style.flowIndent);
  return escapeForYaml(json).replaceAll('\n', `${style.lineBreak}${indent}`);
}

function formatScalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  // kubectl follows YAML 1.1, which has more forms of numbers.
  return /^[-+]?\.?\d/.test(value) ? escapeForYaml(JSON.stringify(value)) : formatYamlText(value);
}

function isNonEmptyObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && Object.keys(value).length > 0;
}
