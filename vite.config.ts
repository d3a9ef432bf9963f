import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

/** Where `npm run dev` finds the server. As objects the proxy keeps Host and Origin as the browser sent them. */
const server = { target: 'http://127.0.0.1:8080', ws: true }
/** Not all of `/api`: the page's own modules in web/api are served under that name in development. */
const served = ['/api/v1', '/api/chat/', '/api/health', '/ws', '/v1', '/frames/', '/openapi.json', '/metrics', '/readyz']

/** Frames have an origin of their own, and modules are only given to ours: the one script of a frame is a classic one. */
const classicScripts: Plugin = {
  name: 'classic-scripts',
  transformIndexHtml: {
    order: 'post',
    handler: (html, { path }) => (path.startsWith('/frames/') ? html.replaceAll('type="module" crossorigin', 'defer') : html),
  },
}

/**
 * The page is built into dist/: index.html, served at /chat and below, and hashed files under /assets; frames/ has
 * what it shows in frames. Addresses in
 * index.html are absolute because the page stands at more than one depth; with PARLEY_BASE_PATH the server writes the
 * prefix in front of `/assets/` and into `<meta name="parley-base">`.
 */
export default defineConfig({
  root: 'web',
  base: '/',
  plugins: [classicScripts],
  // markdown-it needs one function of it, and the page one name in ten.
  resolve: { alias: { entities: join(import.meta.dirname, 'web/components/markdown/named-entities.ts') } },
  build: {
    rolldownOptions: { input: ['web/index.html', 'web/frames/diagram.html'] },
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2023',
    // The style sheets are written for browsers that know light-dark(), and are left as they are.
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(served.map((path) => [path, server])),
  },
})
