// shell.js - what stands around every page.
import { useEffect } from 'preact/hooks';
import { isOnline } from './app/api.js';
import { clock, isUtc, setUtc } from './app/format.js';
import { html } from './app/html.js';
import { asOf, notice, streamState, subscribe } from './app/live.js';
import { place } from './app/router.js';
import { density, isAdmin, isUnscoped, me, server, setDensity, signOut, toggleTheme } from './app/store.js';
import { text } from './app/text.js';
import { announcement, dismiss, toasts } from './app/toast.js';
import { openDialog } from './parts/dialog.js';
import { Glyph, Icon } from './parts/icon.js';
import { Menu } from './parts/menu.js';
import { listenForKeys, openSearch } from './search.js';

export function Logo() {
  return html`<svg viewBox="0 0 22 22" aria-hidden="true">
    <path class="brand-flow" d="M5 11h4c3 0 2.5-5.5 6.5-5.5M9 11c3 0 2.5 5.5 6.5 5.5" />
    <circle class="brand-node" cx="4.5" cy="11" r="3" /><circle class="brand-node" cx="17" cy="5.5" r="2.6" /><circle class="brand-node" cx="17" cy="16.5" r="2.6" />
  </svg>`;
}

/** The pages of the top bar that the user may see. */
function pages() {
  const all = [
    { href: '/', label: text.nav.dags, icon: 'tree', on: (/** @type {string} */ path) => path === '/' || path.startsWith('/dags') || path === '/new' },
    { href: '/components', label: text.nav.components, icon: 'parts' },
  ];

  if (isAdmin.value && isUnscoped.value)
    all.push({ href: '/audit', label: text.nav.audit, icon: 'history' }, { href: '/users', label: text.nav.users, icon: 'users' });
  all.push({ href: '/server', label: text.nav.server, icon: 'server' });
  return all.map((page) => ({ ...page, isCurrent: page.on ? page.on(place.value.path) : place.value.path.startsWith(page.href) }));
}

function accountItems() {
  return [
    { label: text.nav.account, icon: 'account', href: '/account' },
    { label: text.nav.help, icon: 'help', href: '/help' },
    { label: text.nav.utc, checked: isUtc.value, run: () => setUtc(!isUtc.value), line: true },
    {
      label: text.nav.comfortable,
      checked: density.value === 'comfortable',
      run: () => setDensity(density.value === 'comfortable' ? 'compact' : 'comfortable'),
    },
    { label: text.nav.signOut, icon: 'sign_out', run: signOut, line: true },
  ];
}

function TopBar() {
  const shown = pages();

  return html`<header class="topbar">
    <a class="brand" href="/"><${Logo} />dagd</a>
    ${server.value?.name && html`<div class="server-name"><b class="truncate">${server.value.name}</b><span>${server.value.role === 'standby' ? text.nav.standby : text.nav.primary}</span></div>`}
    <nav class="topnav" aria-label=${text.nav.main}>
      ${shown.map((page) => html`<a href=${page.href} aria-current=${page.isCurrent ? 'page' : undefined}>${page.label}</a>`)}
    </nav>
    <span class="spacer"></span>
    <button class="jump" type="button" onClick=${openSearch}>
      <${Icon} name="search" /><span>${text.nav.search}</span><kbd>Ctrl K</kbd>
    </button>
    <button class="button button--quiet button--icon" type="button" aria-label=${text.nav.theme} onClick=${toggleTheme}><${Icon} name="theme" /></button>
    <${Menu} label=${`${text.nav.account}: ${me.value?.name}`} icon="account" quiet items=${accountItems()}><span class="hide-phone">${me.value?.name}</span><//>
  </header>`;
}

function BottomBar() {
  return html`<nav class="bottombar" aria-label=${text.nav.main}>
    ${pages().map((page) => html`<a href=${page.href} aria-current=${page.isCurrent ? 'page' : undefined}><${Icon} name=${page.icon} />${page.label}</a>`)}
  </nav>`;
}

function Banners() {
  if (!isOnline.value)
    return html`<div class="banner banner--failed" role="status"><${Glyph} name="failed" tone="failed" />${text.live.offline(clock(asOf.value || Date.now()))}</div>`;
  if (streamState.value === 'lost' && asOf.value)
    return html`<div class="banner" role="status"><${Glyph} name="warning" tone="warning" />${text.live.lostBanner(clock(asOf.value))}</div>`;
  if (notice.value)
    return html`<div class="banner banner--waiting" role="status">
      <${Glyph} name="waiting" tone="waiting" />${notice.value}<span class="spacer"></span>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${text.common.close} onClick=${() => (notice.value = '')}><${Icon} name="close" small /></button>
    </div>`;
  return null;
}

function Toasts() {
  return html`<div class="toasts">
      ${toasts.value.map(
        (toast) => html`<div class="toast" key=${toast.id}>
          <${Glyph} name=${toast.kind} tone=${toast.kind} />
          <p>${toast.text}${toast.detail && html`<small>${toast.detail}</small>`}</p>
          ${toast.action &&
          html`<button
            class="button button--small"
            type="button"
            onClick=${() => {
              dismiss(toast.id);
              toast.action?.run();
            }}
          >
            ${toast.action.label}
          </button>`}
          <button class="button button--quiet button--icon button--small" type="button" aria-label=${text.common.close} onClick=${() => dismiss(toast.id)}><${Icon} name="close" small /></button>
        </div>`,
      )}
    </div>
    <div class="visually-hidden" role="status" aria-live="polite">${announcement.value}</div>`;
}

/** @param {{ children?: any }} props */
export function Shell({ children }) {
  useEffect(() => subscribe('dags'), []);
  useEffect(listenForKeys, []);
  return html`<a class="skip-link" href="#main">${text.common.skip}</a>
    <${TopBar} /><${Banners} />
    <div class=${isOnline.value && streamState.value !== 'lost' ? '' : 'is-stale'}>${children}</div>
    <${BottomBar} /><${Toasts} />
    ${openDialog.value?.()}`;
}
