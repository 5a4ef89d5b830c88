/**
 * Loads string-width for the first text that is not ASCII, because it takes 2 ms to load. The build
 * for Node does the same: see packaging/bundle-plugins.mjs.
 */
import type stringWidth from 'string-width';

declare const require: (name: 'string-width') => { readonly default: typeof stringWidth };

let loaded: typeof stringWidth | undefined;

const loadOnFirstUse: typeof stringWidth = (...args) => {
  loaded ??= require('string-width').default;
  return loaded(...args);
};

export default loadOnFirstUse;
