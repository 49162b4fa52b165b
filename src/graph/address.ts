/** Where a call goes: the URL of a path, and which of Graph's own links may be followed. */

/**
 * The URL of a call; null for a next link that leads away from Graph, which would take the token along.
 *
 * @param graphRoot Graph's own host in the configured cloud. Where the base is a proxy, Graph's links still name that
 * host, so such a link is followed through the proxy.
 */
export function addressOf(
  baseUrl: string,
  graphRoot: string | undefined,
  { path, query }: { readonly path: string; readonly query?: Readonly<Record<string, string>> },
): string | null {
  if (/^https?:/i.test(path)) return throughBase(baseUrl, graphRoot, path);
  const text = new URLSearchParams(query ?? {}).toString();
  // Graph reads a plus sign in `$search` as a plus sign, not as a space.
  return `${baseUrl}${path}${text === '' ? '' : `?${text.replaceAll('+', '%20')}`}`;
}

function throughBase(baseUrl: string, graphRoot: string | undefined, link: string): string | null {
  if (!URL.canParse(link)) return null;
  const [to, base] = [new URL(link), new URL(baseUrl)];
  if (to.username !== '' || to.password !== '') return null;
  if (to.origin === base.origin && to.pathname.startsWith(`${base.pathname}/`)) return link;
  const version = /\/[^/]+$/.exec(base.pathname)?.[0] ?? '';
  const isGraphs = graphRoot !== undefined && to.origin === new URL(graphRoot).origin;
  if (!isGraphs || version === '' || !to.pathname.startsWith(`${version}/`)) return null;
  return `${baseUrl}${to.pathname.slice(version.length)}${to.search}`;
}

/**
 * The path below the version without its ids: what a log or a metric may name. An assignment's id, of 43 characters, may
 * happen to be all letters; Graph's own words are shorter.
 */
export function endpointName(path: string): string {
  return path
    .replace(/^https?:\/\/.*?\/v1\.0(?=\/)/, '')
    .replace(/\?.*$/, '')
    .split('/')
    .map((segment) => (segment.length < 43 && /^[a-zA-Z$]*(\.[a-zA-Z]+)*$/.test(segment) ? segment : '{id}'))
    .join('/');
}
