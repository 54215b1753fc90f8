// search.js - Ctrl+K: DAGs, pages and actions by a few letters; and the keys of the whole page.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, query } from './app/api.js';
import { html } from './app/html.js';
import { go } from './app/router.js';
import { isAdmin, isUnscoped, toggleTheme } from './app/store.js';
import { text } from './app/text.js';
import { Dialog, close, openDialog, show } from './parts/dialog.js';
import { Icon } from './parts/icon.js';

/** @typedef {{ label: string, kind: string, icon: string, run: () => void }} Choice */

function fixedChoices() {
  /** @type {Choice[]} */
  const all = [
    { label: text.nav.dags, kind: text.search.page, icon: 'tree', run: () => go('/') },
    { label: text.nav.components, kind: text.search.page, icon: 'parts', run: () => go('/components') },
    { label: text.nav.server, kind: text.search.page, icon: 'server', run: () => go('/server') },
    { label: text.nav.account, kind: text.search.page, icon: 'account', run: () => go('/account') },
    { label: text.nav.help, kind: text.search.page, icon: 'help', run: () => go('/help') },
    { label: text.nav.theme, kind: text.search.action, icon: 'theme', run: toggleTheme },
  ];

  if (isAdmin.value) all.push({ label: text.dashboard.create, kind: text.search.action, icon: 'add', run: () => go('/new') });
  if (isAdmin.value && isUnscoped.value)
    all.push(
      { label: text.nav.users, kind: text.search.page, icon: 'users', run: () => go('/users') },
      { label: text.nav.audit, kind: text.search.page, icon: 'history', run: () => go('/audit') },
    );
  return all;
}

export function openSearch() {
  show(() => html`<${Search} />`);
}

function Search() {
  const [word, setWord] = useState('');
  const [dags, setDags] = useState(/** @type {any[]} */ ([]));
  const [at, setAt] = useState(0);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));

  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    const control = new AbortController();

    get(`/dags${query({ q: word, limit: 12 })}`, { signal: control.signal }).then(
      (reply) => setDags(reply.items),
      () => {},
    );
    return () => control.abort();
  }, [word]);
  const lower = word.toLowerCase();
  /** @type {Choice[]} */
  const choices = [
    ...dags.filter((dag) => dag.name.toLowerCase().includes(lower)).map((dag) => ({ label: dag.name, kind: text.search.dag, icon: 'tree', run: () => go(`/dags/${dag.name}`) })),
    ...fixedChoices().filter((choice) => choice.label.toLowerCase().includes(lower)),
  ].slice(0, 14);
  const chosen = Math.min(at, choices.length - 1);
  const run = (/** @type {Choice | undefined} */ choice) => {
    if (!choice) return;
    close();
    choice.run();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setAt((chosen + (event.key === 'ArrowDown' ? 1 : -1) + choices.length) % Math.max(1, choices.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(choices[chosen]);
    }
  };

  return html`<${Dialog} title=${text.nav.search}>
    <input
      class="input"
      ref=${input}
      role="combobox"
      aria-expanded="true"
      aria-controls="search-list"
      aria-activedescendant=${choices.length ? `search-${chosen}` : undefined}
      aria-label=${text.nav.search}
      placeholder=${text.search.hint}
      value=${word}
      onInput=${(/** @type {any} */ event) => {
        setWord(event.target.value);
        setAt(0);
      }}
      onKeyDown=${onKeyDown}
    />
    <div class="option-list" id="search-list" role="listbox" aria-label=${text.nav.search}>
      ${choices.map(
        (choice, i) => html`<button type="button" role="option" id=${`search-${i}`} tabindex="-1" aria-selected=${i === chosen} onClick=${() => run(choice)}>
          <${Icon} name=${choice.icon} /><span class="truncate">${choice.label}</span><span class="spacer"></span><span class="muted">${choice.kind}</span>
        </button>`,
      )}
      ${choices.length === 0 && html`<p class="muted" role="option" aria-selected="false">${text.search.nothing}</p>`}
    </div>
  <//>`;
}

/** Keys that work everywhere; returns how to stop listening. */
export function listenForKeys() {
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const isTyping = target.closest('input, textarea, select, [contenteditable], .editor-text') !== null;

    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      if (!openDialog.value) openSearch();
    } else if (event.key === '?' && !isTyping && !openDialog.value) go('/help');
  };

  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}
