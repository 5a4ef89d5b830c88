import {
  toRequestValue,
  isSameValue,
  toList,
  expandApprovals,
  toStoredList,
  type Attributes,
  type AttributeValue,
} from '../uaa/client-attributes.js';
import { compareByText } from './model.js';

/** The change of one attribute of a user or client. */
export interface FieldChange {
  /** The name in access files. */
  readonly name: string;
  /** `undefined` if it is not set. */
  readonly from: AttributeValue | undefined;
  readonly to: AttributeValue;
}

/** A file adds entries to these lists. Entries that it does not name are removed only with `--prune`. */
const grantingLists: readonly string[] = [
  'scope',
  'authorized_grant_types',
  'authorities',
  'redirect_uri',
  'autoapprove',
];

/**
 * Compares the attributes of a client.
 * @param prune - whether to remove list entries that are not wanted.
 * @returns the changes sorted by attribute; `to` is the complete new value.
 */
export function compareAttributes(
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
    const entries = computeEntries(name, { wanted: value, actual: actual[name], scopes, prune });
    if (!isSameValue(entries, toStoredList(name, actual[name]))) {
      changes.push({ name, from: actual[name], to: toRequestValue(name, entries) });
    }
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (grantingLists.includes(name) || isSameValue(value, actual[name])) continue;
    changes.push({ name, from: actual[name], to: value });
  }
  return changes.sort(compareByText(({ name }) => name));
}

interface Values {
  readonly wanted: AttributeValue;
  readonly actual: AttributeValue | undefined;
  /** The scopes of the client after the change. */
  readonly scopes: AttributeValue;
  readonly prune: boolean;
}

/** @returns the new entries of a list; `true` if `autoapprove` applies to all scopes. */
function computeEntries(
  name: string,
  { wanted, actual, scopes, prune }: Values,
): true | readonly string[] {
  const goal = toStoredList(name, wanted);
  const existing = toStoredList(name, actual);
  // `false` means an empty list that replaces the stored one.
  if (goal === true || wanted === false) return goal;
  if (existing === true && !prune) return true;
  const goals = name === 'autoapprove' ? expandApprovals(goal, toList(scopes)) : goal;
  return prune || existing === true ? goals : [...new Set([...existing, ...goals])];
}
