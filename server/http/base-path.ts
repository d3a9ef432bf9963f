/** A load balancer may pass its prefix on or take it off: both arrive at the same routes. `basePath` is '' or '/prefix'. */
export function withoutPrefix(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url
  const rest = url.slice(basePath.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  return rest.startsWith('/') ? rest : url
}
