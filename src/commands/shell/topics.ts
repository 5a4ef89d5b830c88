/** Names of the long texts that `help TOPIC` shows; the texts themselves are pages of `docs/`. */
export const topics = [
  'exit-codes',
  'environment',
  'contexts',
  'security',
  'waiting',
  'from-pks',
  'from-uaac',
] as const;

export type Topic = (typeof topics)[number];
