import ci from '../../../docs/ci.md';
import contexts from '../../../docs/contexts.md';
import environment from '../../../docs/environment.md';
import exitCodes from '../../../docs/exit-codes.md';
import formatting from '../../../docs/formatting.md';
import fromPks from '../../../docs/from-pks.md';
import fromUaac from '../../../docs/from-uaac.md';
import kubectl from '../../../docs/kubectl.md';
import security from '../../../docs/security.md';
import waiting from '../../../docs/waiting.md';
import type { Topic } from './topics.js';

/** The Markdown of each topic: the pages of `docs/`, so that each text exists only once. */
export const texts: Readonly<Record<Topic, string>> = {
  environment,
  'exit-codes': exitCodes,
  formatting,
  contexts,
  security,
  ci,
  kubectl,
  waiting,
  'from-pks': fromPks,
  'from-uaac': fromUaac,
};
