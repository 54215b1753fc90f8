// main.js - routes to pages; each page is loaded when it is first shown.
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { follow, go, match, place } from './app/router.js';
import { html } from './app/html.js';
import { load, me } from './app/store.js';
import { text } from './app/text.js';
import { Failed, Skeleton } from './parts/states.js';
import { Shell } from './shell.js';

/** @typedef {{ pattern: string, title: string, load: () => Promise<any>, bare?: boolean, role?: 'admin', fill?: boolean }} Route */

/** @type {Route[]} */
const routes = [
  { pattern: '/login', title: text.login.title, load: () => import('./pages/login.js'), bare: true },
  { pattern: '/setup', title: text.setup.title, load: () => import('./pages/setup.js'), bare: true },
  { pattern: '/', title: text.dashboard.title, load: () => import('./pages/dashboard.js') },
  { pattern: '/dags/:name', title: text.nav.dags, load: () => import('./pages/dag.js') },
  { pattern: '/dags/:name/dead-letters', title: text.letters.title, load: () => import('./pages/dead_letters.js') },
  { pattern: '/dags/:name/edit', title: text.editor.title, load: () => import('./pages/editor.js') },
  { pattern: '/new', title: text.editor.newTitle, load: () => import('./pages/editor.js') },
  { pattern: '/components', title: text.components.title, load: () => import('./pages/components.js') },
  { pattern: '/users', title: text.users.title, load: () => import('./pages/users.js') },
  { pattern: '/account', title: text.nav.account, load: () => import('./pages/account.js') },
  { pattern: '/audit', title: text.audit.title, load: () => import('./pages/audit.js') },
  { pattern: '/server', title: text.server.title, load: () => import('./pages/server.js') },
  { pattern: '/help', title: text.help.title, load: () => import('./pages/help.js') },
];

function current() {
  for (const route of routes) {
    const parameters = match(route.pattern, place.value.path);

    if (parameters) return { route, parameters };
  }
  return null;
}

/** @type {Map<Route, any>} */
const loaded = new Map();

/** @param {{ route: Route, parameters: Record<string, string> }} props */
function Page({ route, parameters }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const [, again] = useState(0);
  const page = loaded.get(route);

  useEffect(() => {
    if (loaded.has(route)) return;
    setError(null);
    route.load().then(
      (module) => {
        loaded.set(route, module.default);
        again((n) => n + 1);
      },
      (reason) => setError(reason),
    );
  }, [route]);
  useEffect(() => {
    document.title = `${parameters.name ?? route.title} · dagd`;
  }, [route, parameters.name]);
  if (error) return html`<main id="main" class="page"><${Failed} error=${error} retry=${() => location.reload()} /></main>`;
  if (!page) return html`<main id="main" class="page"><${Skeleton} /></main>`;
  return html`<${page} key=${JSON.stringify(parameters)} ...${parameters} />`;
}

function App() {
  const [error, setError] = useState(/** @type {any} */ (null));

  useEffect(() => {
    load().catch(setError);
  }, []);
  if (error) return html`<main class="page"><${Failed} error=${error} retry=${() => location.reload()} /></main>`;
  if (me.value === undefined) return html`<main class="page"><${Skeleton} /></main>`;
  const found = current();

  if (!me.value && !found?.route.bare) {
    const next = place.value.path + location.search;

    queueMicrotask(() => go(next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`, { replace: true }));
    return null;
  }
  if (me.value && place.value.path === '/login') {
    queueMicrotask(() => go('/', { replace: true }));
    return null;
  }
  if (found?.route.bare) return html`<${Page} ...${found} />`;
  return html`<${Shell}>
    ${found ? html`<${Page} ...${found} />` : html`<main id="main" class="page"><${Failed} error=${{ message: place.value.path }} /></main>`}
  <//>`;
}

document.addEventListener('click', follow);
render(html`<${App} />`, /** @type {HTMLElement} */ (document.getElementById('app')));
