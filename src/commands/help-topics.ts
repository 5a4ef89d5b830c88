/** The topics of `help TOPIC`, in the order of the root help. Their texts are pages of `docs/`. */
export const topics = [
  { name: 'environment', summary: 'environment variables that tpks reads' },
  { name: 'exit-codes', summary: 'exit codes, and errors as JSON' },
  { name: 'errors', summary: 'error messages, their causes and what to do' },
  { name: 'doctor', summary: 'troubleshooting with tpks doctor' },
  { name: 'formatting', summary: 'output formats, columns, sorting and filters' },
  { name: 'contexts', summary: 'how tpks selects the installation and the identity' },
  { name: 'security', summary: 'where secrets are stored and how they are protected' },
  { name: 'ci', summary: 'using tpks in CI, without a login' },
  { name: 'kubectl', summary: 'using clusters with kubectl, and troubleshooting' },
  { name: 'waiting', summary: 'waiting for operations to finish, timeouts and Ctrl-C' },
  { name: 'quotas', summary: 'limiting the resources of users' },
  { name: 'access-as-code', summary: 'keeping users, groups and clients in a file' },
  { name: 'from-pks', summary: 'differences from the pks and tkgi CLIs' },
  { name: 'from-uaac', summary: 'differences from uaac' },
] as const;

export type TopicName = (typeof topics)[number]['name'];
