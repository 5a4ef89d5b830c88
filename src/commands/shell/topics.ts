/** Names of the topics that `help TOPIC` shows. The texts are pages of `docs/`. */
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
