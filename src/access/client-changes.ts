import { byText, type Attributes, type AttributeValue } from './model.js';

/** The change of one attribute of a user or client. */
export interface FieldChange {
  /** As the file spells it. */
  readonly name: string;
  /** `undefined` if it is not set. */
  readonly from: AttributeValue | undefined;
  readonly to: AttributeValue;
}

/** Lists to which a file adds entries; only `--prune` removes entries that it does not name. */
const grantingLists = [
  'scope',
  'authorized_grant_types',
  'authorities',
  'redirect_uri',
  'autoapprove',
] as const;

/** The UAA stores this entry instead of an empty list. */
const none = 'uaa.none';

/**
 * The changes that give a client the wanted attributes.
 * @param prune - whether to remove list entries that are not wanted.
 * @returns the changes sorted by attribute; `to` is the complete new value.
 */
export function attributeChanges(
  wanted: Attributes,
  actual: Attributes,
  { prune }: { readonly prune: boolean },
): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  // `autoapprove` comes last, because it depends on the new scopes.
  for (const name of grantingLists) {
    const value = wanted[name];
    if (value === undefined) continue;
    const scopes = changes.find((change) => change.name === 'scope')?.to ?? actual['scope'] ?? [];
    const to = newValue(name, { wanted: value, actual: actual[name], scopes, prune });
    if (!isSame(to, meaning(name, actual[name]))) {
      changes.push({ name, from: actual[name], to: toUaaValue(name, to) });
    }
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (isGrantingList(name) || isSame(value, actual[name])) continue;
    changes.push({ name, from: actual[name], to: value });
  }
  return changes.sort(byText(({ name }) => name));
}

interface NewValue {
  readonly wanted: AttributeValue;
  readonly actual: AttributeValue | undefined;
  /** The scopes of the client after the change. */
  readonly scopes: AttributeValue;
  readonly prune: boolean;
}

/** The new value of a list; `true` if `autoapprove` covers all scopes. */
function newValue(name: GrantingList, { wanted, actual, scopes, prune }: NewValue): AttributeValue {
  const goal = meaning(name, wanted);
  const present = meaning(name, actual);
  // `false` stands for an empty list that replaces the present one.
  if (typeof goal === 'boolean' || wanted === false) return goal;
  if (present === true && !prune) return true;
  const goals =
    name === 'autoapprove' ? storedApprovals(entries(goal), entries(scopes)) : entries(goal);
  return prune || present === true ? goals : [...new Set([...entries(present), ...goals])];
}

/** The UAA stores only approvals for scopes that the client has; an entry may be a pattern. */
function storedApprovals(
  approved: readonly string[],
  scopes: readonly string[],
): readonly string[] {
  return scopes.filter((scope) =>
    approved.some((entry) => entry === scope || matches(entry, scope)),
  );
}

function matches(pattern: string, scope: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(scope);
  } catch {
    return false;
  }
}

/** The list that the UAA understands by a value; `true` for all scopes. */
function meaning(name: GrantingList, value: AttributeValue = []): true | readonly string[] {
  const list = entries(value);
  if (name === 'autoapprove') return value === true || list.includes('true') ? true : list;
  if (name !== 'authorized_grant_types') return list.filter((entry) => entry !== none);
  // The UAA adds refresh_token to these grants.
  const refreshes = list.includes('password') || list.includes('authorization_code');
  return refreshes ? [...new Set([...list, 'refresh_token'])] : list;
}

function toUaaValue(name: GrantingList, value: AttributeValue): AttributeValue {
  const list = entries(value);
  if (value === true || list.length > 0) return value === true ? true : [...list].sort();
  if (name === 'autoapprove') return false;
  return name === 'redirect_uri' ? [] : [none];
}

function isSame(one: AttributeValue, other: AttributeValue | undefined): boolean {
  if (!Array.isArray(one) && !Array.isArray(other)) return one === other;
  if (typeof one === 'boolean' || typeof other === 'boolean') return false;
  const [these, those] = [new Set(entries(one)), new Set(entries(other ?? []))];
  return these.size === those.size && [...these].every((entry) => those.has(entry));
}

function entries(value: AttributeValue): readonly string[] {
  if (typeof value === 'object') return value;
  return typeof value === 'string' ? [value] : [];
}

type GrantingList = (typeof grantingLists)[number];

function isGrantingList(name: string): name is GrantingList {
  return grantingLists.some((list) => list === name);
}
