interface Topic {
  readonly name: string;
  readonly summary: string;
  /** Links do not have the topic: in `pks help quotas`, the word is a command, as it always was. */
  readonly isTpksOnly?: boolean;
}

/** The topics of `help TOPIC`, in the order of the root help. Their texts are pages of `docs/`. */
export const topics = [
  { name: 'environment', summary: 'environment variables that tpks reads' },
  { name: 'exit-codes', summary: 'exit codes, and errors as JSON' },
  { name: 'errors', summary: 'error messages, their causes and what to do', isTpksOnly: true },
  { name: 'doctor', summary: 'finding problems with tpks doctor', isTpksOnly: true },
  { name: 'formatting', summary: 'output formats, columns, sorting and filters' },
  { name: 'contexts', summary: 'how tpks selects the installation and the identity' },
  { name: 'security', summary: 'where secrets are stored and how they are protected' },
  { name: 'ci', summary: 'using tpks in CI, without a login' },
  { name: 'kubectl', summary: 'using clusters with kubectl, and troubleshooting' },
  { name: 'waiting', summary: 'waiting for operations to finish, timeouts and Ctrl-C' },
  { name: 'quotas', summary: 'limiting the resources of users', isTpksOnly: true },
  {
    name: 'access-as-code',
    summary: 'keeping users, groups and clients in a file',
    isTpksOnly: true,
  },
  { name: 'from-pks', summary: 'differences from the pks and tkgi CLIs' },
  { name: 'from-uaac', summary: 'differences from uaac' },
] as const satisfies readonly Topic[];

export type TopicName = (typeof topics)[number]['name'];

/** Returns the topics that the program with this name has. */
export function findTopics(programName: string): readonly (Topic & { readonly name: TopicName })[] {
  return programName === 'tpks' ? topics : topics.filter((topic) => !('isTpksOnly' in topic));
}
