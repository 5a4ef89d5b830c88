// The end-to-end tests run bin/tpks.js, so dist/ must match src/. Some tests read the metafile.
import { buildIfNeeded } from '../../../tools/build-if-needed.mjs';

export default function buildOnce() {
  buildIfNeeded({ metafile: true });
}
