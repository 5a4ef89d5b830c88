/** Whether a value is a string that contains more than whitespace. @see Spring `StringUtils.hasText` */
export function hasText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
