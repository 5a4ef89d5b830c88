/**
 * Words that are always wrong in this project, with what to write instead. Words that are wrong in some
 * meanings only do not belong here: docs/contributing/writing.md lists them, and a reader checks them.
 */

/** @typedef {Record<string, string>} WordList - lower case, with single spaces between words. */

/**
 * Wrong as the whole name of a variable, function, parameter or type. Properties may have these names,
 * because servers and libraries use some of them.
 *
 * @type {WordList}
 */
export const wholeNames = {
  about: 'a noun, such as subject',
  again: 'a verb or a noun, such as retry, secondResult',
  at: 'a noun, such as time, index, position, location',
  by: 'a noun, such as key, author',
  checked: 'a noun, or isChecked',
  ended: 'a noun, or hasEnded',
  from: 'a noun, such as start, source, or both from and to',
  given: 'a noun, such as input, arguments',
  kept: 'a noun, such as stored, existing; or isKept',
  meant: 'a noun, such as selected',
  named: 'a noun, or a verb such as findByName',
  of: 'a noun, such as context, owner',
  off: 'isDisabled, or a noun',
  on: 'isEnabled, or a noun',
  over: 'a noun, such as limit',
  refused: 'a noun, such as rejection',
  shown: 'a noun, or isVisible',
  to: 'a noun, such as end, destination, or both from and to',
  upon: 'a noun',
  via: 'a noun, such as proxy',
};

/**
 * Wrong as words of a name (`doorOf`), a property or a file name.
 *
 * @type {WordList}
 */
export const nameWords = {
  anew: 'again, retry',
  begun: 'started',
  deaf: 'unresponsive',
  door: 'send, client',
  doors: 'clients',
  'for good': 'permanent',
  forgetful: 'what it loses',
  'in step': 'synced',
  'in vain': 'without success',
  'is welcome': 'isAllowed, isAccepted',
  joint: 'shared, combined',
  mend: 'repair, fix',
  nobody: 'noUser, anonymous',
  patience: 'timeout, limit',
  patient: 'what it waits for',
  patiently: 'what it waits for',
  people: 'users',
  peoples: 'user',
  person: 'user',
  said: 'response, message',
  says: 'prints, message',
  somebody: 'user',
  stranger: 'unknownUser, otherUser',
  strangers: 'unknownUsers, otherUsers',
  stumble: 'conflict',
  talkative: 'verbose',
  tell: 'report, print',
  tells: 'reports, prints',
  told: 'prompted, input, reported',
  'unless there': 'ifMissing',
  ways: 'grants, methods',
  who: 'identity, user, owner',
  whoever: 'identity, user',
  whom: 'identity, user',
  whose: 'owner',
};

/**
 * Wrong in comments, in strings and in Markdown.
 *
 * @type {WordList}
 */
export const phrases = {
  'all the same': 'anyway, still',
  anew: 'again',
  'any more': 'no longer',
  'by the words of': 'according to',
  'for good': 'permanently',
  'in force': 'current, valid',
  'in its words': 'with its own message',
  'in step': 'in sync, up to date',
  'in vain': 'without success',
  'is no signed': 'is not a signed',
  'it is so already': 'No changes: ... already has these values',
  nobody: 'no user, no process: name what is meant',
  'none too many': 'say what happens',
  'now and then': 'occasionally',
  somebody: 'another user, an administrator: name who is meant',
  'so already': 'already',
  'turned to': 'selected',
  'who it is': 'the identity',
  whoever: 'no matter which user',
};
