import { byText, type Attributes, type AttributeValue } from './access.js';

/** How one attribute of a thing is to change. */
export interface FieldChange {
  /** As the file spells it. */
  readonly name: string;
  /** `undefined` where there was none. */
  readonly from: AttributeValue | undefined;
  readonly to: AttributeValue;
}

/** Lists that grant something: what a file names is added, and the rest stays, but for `--prune`. */
const grantingLists = [
  'scope',
  'authorized_grant_types',
  'authorities',
  'redirect_uri',
  'autoapprove',
] as const;

/** The UAA's word for an empty list of these. */
const none = 'uaa.none';

/**
 * What has to change so that a client has what is wanted.
 * @param prune - whether entries of lists go that are not wanted.
 * @returns the changes, by attribute; `to` is the whole value that the attribute then has.
 */
export function attributeChanges(
  wanted: Attributes,
  actual: Attributes,
  { prune }: { readonly prune: boolean },
): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  // In this order: what is approved by itself depends on the scopes that there will be.
  for (const name of grantingLists) {
    const value = wanted[name];
    if (value === undefined) continue;
    const scopes = changes.find((change) => change.name === 'scope')?.to ?? actual['scope'] ?? [];
    const to = grown(name, { wanted: value, actual: actual[name], scopes, prune });
    if (!isSame(to, meaning(name, actual[name]))) {
      changes.push({ name, from: actual[name], to: spelled(name, to) });
    }
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (isGrantingList(name) || isSame(value, actual[name])) continue;
    changes.push({ name, from: actual[name], to: value });
  }
  return changes.sort(byText(({ name }) => name));
}

interface Growth {
  readonly wanted: AttributeValue;
  readonly actual: AttributeValue | undefined;
  /** Those that the client will have. */
  readonly scopes: AttributeValue;
  readonly prune: boolean;
}

/** A list as it is to be: `true` for all scopes, in the case of `autoapprove`. */
function grown(name: GrantingList, { wanted, actual, scopes, prune }: Growth): AttributeValue {
  const goal = meaning(name, wanted);
  const present = meaning(name, actual);
  // `false` says that nothing is to be approved, not that something is.
  if (typeof goal === 'boolean' || wanted === false) return goal;
  if (present === true && !prune) return true;
  const goals = name === 'autoapprove' ? kept(entries(goal), entries(scopes)) : entries(goal);
  return prune || present === true ? goals : [...new Set([...entries(present), ...goals])];
}

/** Of what is approved the UAA keeps the scopes that the client has; an entry may be a pattern. */
function kept(approved: readonly string[], scopes: readonly string[]): readonly string[] {
  return scopes.filter((scope) => approved.some((entry) => entry === scope || fits(entry, scope)));
}

function fits(pattern: string, scope: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(scope);
  } catch {
    return false;
  }
}

/** A value as the UAA takes it, whatever way it is spelled. */
function meaning(name: GrantingList, value: AttributeValue = []): true | readonly string[] {
  const list = entries(value);
  if (name === 'autoapprove') return value === true || list.includes('true') ? true : list;
  if (name !== 'authorized_grant_types') return list.filter((entry) => entry !== none);
  // The UAA adds it by itself.
  const refreshes = list.includes('password') || list.includes('authorization_code');
  return refreshes ? [...new Set([...list, 'refresh_token'])] : list;
}

function spelled(name: GrantingList, value: AttributeValue): AttributeValue {
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
