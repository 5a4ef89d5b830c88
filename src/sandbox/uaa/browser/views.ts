import { html, json, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { prefersHtml } from '../requests.js';

/** A page of the UAA and the data that it shows. */
export interface Page {
  readonly html: () => string;
  /** For clients that prefer JSON. */
  readonly data: () => unknown;
}

/** Renders a page as HTML, or its data as JSON if the client prefers it. */
export function renderView(
  request: SandboxRequest,
  page: Page,
  { status = 200, headers = {} }: Partial<Pick<SandboxResponse, 'status' | 'headers'>> = {},
): SandboxResponse {
  if (prefersHtml(request)) return html(status, page.html(), headers);
  return json(status, page.data(), { 'cache-control': 'no-store', ...headers });
}
