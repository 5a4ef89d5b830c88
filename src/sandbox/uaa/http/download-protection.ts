import { decodePath, type SandboxRequest, type SandboxResponse } from '../../router.js';

/** Extensions of files that a browser does not execute. */
const safeExtensions: ReadonlySet<string> = new Set(
  'txt text yml properties csv json xml atom rss png jpe jpeg jpg gif wbmp bmp'.split(' '),
);

/**
 * Adds a safe file name if the path ends with an extension that is not safe, so that a browser does
 * not save the response as an executable file.
 *
 * @see Spring 4.3 `AbstractMessageConverterMethodProcessor.addContentDispositionHeader`
 */
export function protectFromDownload(
  { path }: SandboxRequest,
  response: SandboxResponse,
): SandboxResponse {
  const { status } = response;
  const [, extension] = /\.([^./]*)$/.exec(decodePath(path)) ?? [];
  if (
    status < 200 ||
    status > 299 ||
    extension === undefined ||
    safeExtensions.has(extension.toLowerCase())
  )
    return response;
  const headers = { ...response.headers, 'content-disposition': 'inline;filename=f.txt' };
  return { ...response, headers };
}
