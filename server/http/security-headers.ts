/**
 * The second wall around the page: even text that got past the sanitiser finds no script to run, no address to call and no
 * frame to hide in but ours, which draws diagrams. `connect-src 'self'` covers our sockets too.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html dompurify parley',
].join('; ')

/**
 * For the frame that draws diagrams. `sandbox` makes it of no origin, so it reaches nothing of the page's or the service's; styles are
 * its own affair. That it goes nowhere else is for the `frame-src` of the page around it.
 */
export const diagramFramePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-scripts',
].join('; ')

/** On every response, errors included. There are no CORS headers: no other site is answered in a browser. */
export const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cache-control': 'no-store',
} as const
