// router.js - the address is the state: routes, and the query's parameters as filters.
import { signal } from '@preact/signals';

/** @typedef {{ path: string, query: URLSearchParams }} Place */

const here = () => ({ path: location.pathname, query: new URLSearchParams(location.search) });

export const place = signal(/** @type {Place} */ (here()));

/** Whether there is something to lose, and the question before it is left; false: stay.
 * @type {{ isDirty: null | (() => boolean), ask: () => boolean }} */
export const guard = { isDirty: null, ask: () => true };

const mayLeave = () => !guard.isDirty?.() || guard.ask();

addEventListener('popstate', () => {
  if (!mayLeave()) {
    history.pushState(null, '', place.value.path + queryText(place.value.query));
    return;
  }
  place.value = here();
});
addEventListener('beforeunload', (event) => {
  if (guard.isDirty?.()) event.preventDefault();
});

/** @param {URLSearchParams} query */
function queryText(query) {
  const text = query.toString();

  return text ? `?${text}` : '';
}

/** @param {string} target @param {{ replace?: boolean }} [options] */
export function go(target, options = {}) {
  if (!options.replace && !mayLeave()) return;
  const before = place.value.path;

  history[options.replace ? 'replaceState' : 'pushState'](null, '', target);
  place.value = here();
  if (place.value.path !== before) scrollTo(0, 0);
}

/** Sets or removes (null, '') parameters of the present address. @param {Record<string, string | null>} parameters @param {{ push?: boolean }} [options] */
export function setQuery(parameters, options = {}) {
  const query = new URLSearchParams(place.value.query);

  for (const [name, value] of Object.entries(parameters))
    if (value) query.set(name, value);
    else query.delete(name);
  history[options.push ? 'pushState' : 'replaceState'](null, '', place.value.path + queryText(query));
  place.value = here();
}

/** For links within the page: plain clicks don't load it again. @param {MouseEvent} event */
export function follow(event) {
  const link = /** @type {HTMLElement} */ (event.target).closest?.('a');

  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const href = link.getAttribute('href') ?? '';

  if (!href.startsWith('/') || href.startsWith('/api/') || link.target || link.hasAttribute('download')) return;
  event.preventDefault();
  go(href);
}

/** The parameters of a pattern such as "/dags/:name", or null. @param {string} pattern @param {string} path */
export function match(pattern, path) {
  const names = pattern.split('/');
  const parts = path.split('/');
  /** @type {Record<string, string>} */
  const parameters = {};

  if (names.length !== parts.length) return null;
  for (let i = 0; i < names.length; i++) {
    if (names[i].startsWith(':')) parameters[names[i].slice(1)] = decodeURIComponent(parts[i]);
    else if (names[i] !== parts[i]) return null;
  }
  return parameters;
}
