import { isObject, type JsonObject } from '../../body.js';
import { toList } from '../../storage/storage.js';
import type { KubernetesObject, ObjectStore } from './objects.js';
import type { MessageSchema } from './protobuf.js';
import type { Resource } from './resource.js';
import { invalidObjectError, type StatusCause } from './status.js';
import { ageColumn, nameColumn, type Column } from './table.js';

const group = 'rbac.authorization.k8s.io';

/** Kind of the objects. */
export const clusterRoleBindingKind = 'ClusterRoleBinding';

const columns: readonly Column[] = [
  nameColumn,
  {
    name: 'Role',
    description: 'roleRef can only reference a ClusterRole in the global namespace.',
    formatCell: ({ roleRef }) =>
      isObject(roleRef) ? `${String(roleRef['kind'])}/${String(roleRef['name'])}` : '',
  },
  ageColumn,
  ...[
    { name: 'Users', subjectKind: 'User' },
    { name: 'Groups', subjectKind: 'Group' },
    { name: 'ServiceAccounts', subjectKind: 'ServiceAccount' },
  ].map(({ name, subjectKind }) => ({
    ...{ name, description: `${name} in the clusterRoleBinding`, isWide: true },
    formatCell: ({ subjects }: KubernetesObject) => formatSubjects(subjects, subjectKind),
  })),
];

function formatSubjects(subjects: unknown, subjectKind: string): string {
  return toList(subjects)
    .filter(isObject)
    .filter((subject) => subject['kind'] === subjectKind)
    .map(({ name, namespace }) =>
      typeof namespace === 'string' ? `${namespace}/${String(name)}` : String(name),
    )
    .join(', ');
}

const protobuf: MessageSchema = {
  2: [
    'subjects',
    [
      {
        1: ['kind', 'text'],
        2: ['apiGroup', 'text'],
        3: ['name', 'text'],
        4: ['namespace', 'text'],
      },
    ],
  ],
  3: ['roleRef', { 1: ['apiGroup', 'text'], 2: ['kind', 'text'], 3: ['name', 'text'] }],
};

/** Creates the bindings of cluster roles to users. They decide what users may do. */
export function createClusterRoleBindings(store: ObjectStore): Resource {
  return {
    ...{ group, name: 'clusterrolebindings', columns },
    list: () => store.list(clusterRoleBindingKind),
    changes: {
      ...{ canCreateOnUpdate: true, returnsDeleted: false, protobuf },
      describeNameProblem: (name) =>
        /[/%]/.test(name) ? describeForbiddenCharacter(name) : undefined,
      readContent: ({ roleRef = {}, subjects = [] }, name, stored) => {
        const role = completeReference(isObject(roleRef) ? roleRef : {});
        const completeSubjects = toList(subjects).map((subject) =>
          completeSubject(isObject(subject) ? subject : {}),
        );
        const causes = [
          ...validateRole(role, stored),
          ...completeSubjects.flatMap((subject, index) => validateSubject(subject, index)),
        ];
        if (causes.length > 0)
          throw invalidObjectError({ group, kind: clusterRoleBindingKind, name }, causes);
        return {
          ...(completeSubjects.length > 0 && { subjects: completeSubjects }),
          roleRef: role,
        };
      },
    },
  };
}

function describeForbiddenCharacter(name: string): string {
  return `may not contain '${name.includes('/') ? '/' : '%'}'`;
}

function completeReference({ apiGroup, kind: roleKind, name }: JsonObject): JsonObject {
  return { apiGroup: apiGroup ?? group, kind: roleKind ?? '', name: name ?? '' };
}

function completeSubject({ kind: subjectKind = '', ...subject }: JsonObject): JsonObject {
  const isAccount = subjectKind === 'ServiceAccount';
  return { kind: subjectKind, ...(!isAccount && { apiGroup: group }), ...subject };
}

function validateRole(role: JsonObject, stored: KubernetesObject | undefined): StatusCause[] {
  const causes: StatusCause[] = [];
  if (role['kind'] !== 'ClusterRole') {
    causes.push(unsupportedValue('roleRef.kind', role['kind'], ['ClusterRole']));
  }
  if (role['name'] === '') causes.push(requiredValue('roleRef.name'));
  if (stored && JSON.stringify(stored['roleRef']) !== JSON.stringify(role)) {
    const { apiGroup: APIGroup, kind: Kind, name: Name } = role;
    const value = JSON.stringify({ APIGroup, Kind, Name });
    const message = `Invalid value: ${value}: field is immutable`;
    causes.push({ reason: 'FieldValueInvalid', message, field: 'roleRef' });
  }
  return causes;
}

const subjectKinds = ['ServiceAccount', 'User', 'Group'];

function validateSubject(subject: JsonObject, index: number): StatusCause[] {
  const { kind: subjectKind, name = '', namespace = '' } = subject;
  const field = `subjects[${String(index)}]`;
  const causes: StatusCause[] = [];
  if (!subjectKinds.some((known) => known === subjectKind)) {
    causes.push(unsupportedValue(`${field}.kind`, subjectKind, subjectKinds));
  }
  if (name === '') causes.push(requiredValue(`${field}.name`));
  if (subjectKind === 'ServiceAccount' && namespace === '') {
    causes.push(requiredValue(`${field}.namespace`));
  }
  return causes;
}

function requiredValue(field: string): StatusCause {
  return { reason: 'FieldValueRequired', message: 'Required value', field };
}

function unsupportedValue(
  field: string,
  value: unknown,
  supported: readonly string[],
): StatusCause {
  const list = supported.map((name) => JSON.stringify(name)).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`;
  return { reason: 'FieldValueNotSupported', message, field };
}
