// main.js - routes to pages; each page is loaded when it is first shown.
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { follow, go, match, place } from './app/router.js';
import { html } from './app/html.js';
import { load, me, wantedPlace } from './app/store.js';
import { text } from './app/text.js';
import { Failed, Skeleton } from './parts/states.js';
import Dashboard from './pages/dashboard.js';
import Login from './pages/login.js';
import { NewPassword } from './pages/new_password.js';
import Setup from './pages/setup.js';
import { Shell } from './shell.js';

/** @typedef {{ pattern: string, title: string, load: () => Promise<any>, bare?: boolean }} Route */

/** All pages but the first ones are one part, so that a first visit takes few requests. @param {string} name */
const lazy = (name) => async () => (await import('./pages/all.js'))[/** @type {'dag'} */ (name)];
/** @param {any} page */
const there = (page) => async () => page;

/** @type {Route[]} */
const routes = [
  { pattern: '/login', title: text.login.title, load: there(Login), bare: true },
  { pattern: '/setup', title: text.setup.title, load: there(Setup), bare: true },
  { pattern: '/', title: text.dashboard.title, load: there(Dashboard) },
  { pattern: '/dags/:name', title: text.nav.dags, load: lazy('dag') },
  { pattern: '/dags/:name/dead-letters', title: text.letters.title, load: lazy('deadLetters') },
  { pattern: '/dags/:name/edit', title: text.editor.title, load: lazy('editor') },
  { pattern: '/new', title: text.editor.newTitle, load: lazy('editor') },
  { pattern: '/components', title: text.components.title, load: lazy('components') },
  { pattern: '/users', title: text.users.title, load: lazy('users') },
  { pattern: '/users/:name', title: text.users.title, load: lazy('user') },
  { pattern: '/account', title: text.nav.account, load: lazy('account') },
  { pattern: '/audit', title: text.audit.title, load: lazy('audit') },
  { pattern: '/server', title: text.server.title, load: lazy('server') },
  { pattern: '/help', title: text.help.title, load: lazy('help') },
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
      (component) => {
        loaded.set(route, component);
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
  if (me.value?.must_change_password) return html`<${NewPassword} />`;
  if (me.value && place.value.path === '/login') {
    queueMicrotask(() => go(wantedPlace(), { replace: true }));
    return null;
  }
  if (found?.route.bare) return html`<${Page} ...${found} />`;
  return html`<${Shell}>
    ${found ? html`<${Page} ...${found} />` : html`<main id="main" class="page"><${Failed} error=${{ message: place.value.path }} /></main>`}
  <//>`;
}

document.addEventListener('click', follow);
render(html`<${App} />`, /** @type {HTMLElement} */ (document.getElementById('app')));
