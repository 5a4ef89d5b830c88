/**
 * Matches output of a bug in tpks: a stack trace or the message for an internal error. (Jest itself
 * fails a test with an unhandled rejection.)
 */
export const crash = /^ +at .+:\d+:\d+\)?$|Internal tpks error/m;
