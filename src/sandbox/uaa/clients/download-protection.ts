import type { SandboxRequest, SandboxResponse } from '../../router.js';

/** File name extensions for which browsers do not run the content of a file. */
const safeExtensions: ReadonlySet<string> = new Set(
  'txt text yml properties csv json xml atom rss png jpe jpeg jpg gif wbmp bmp'.split(' '),
);

/**
 * Adds a file name if the path ends like the name of a file, so that a browser does not save the
 * response as a program.
 *
 * @see Spring 4.3 `AbstractMessageConverterMethodProcessor.addContentDispositionHeader`
 */
export function protectFromDownload(
  { path }: SandboxRequest,
  response: SandboxResponse,
): SandboxResponse {
  const [, extension] = /\.([^./]*)$/.exec(decodeURIComponent(path)) ?? [];
  if (extension === undefined || safeExtensions.has(extension.toLowerCase())) return response;
  const headers = { ...response.headers, 'content-disposition': 'inline;filename=f.txt' };
  return { ...response, headers };
}
