import path from 'node:path';
import { defineConfig } from 'vite';

/** The service that `npx vite web` shows the page of, while somebody works on it. */
const SERVICE = 'http://127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  configFile: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    // The client takes `ws` where a platform has no WebSocket; every browser has one.
    alias: { ws: path.resolve(import.meta.dirname, 'src/live/no-ws.ts') },
  },
  build: {
    outDir: path.resolve(import.meta.dirname, '../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // Nothing becomes a data: or inline source, which the Content-Security-Policy would refuse.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    sourcemap: false,
  },
  server: { proxy: { '/v1': { target: SERVICE, ws: true, changeOrigin: true } } },
});
