// menu.js - a button that opens a list of actions; arrows move, Escape and a click elsewhere close.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { html } from '../app/html.js';
import { Icon } from './icon.js';

/**
 * @typedef {object} MenuItem
 * @property {string} label
 * @property {string} [icon]
 * @property {() => void} [run]
 * @property {string} [href]
 * @property {string} [reason] why it can't be chosen now
 * @property {boolean} [danger]
 * @property {boolean} [checked]
 * @property {boolean} [line] a rule above
 * @property {boolean} [narrow] only where there is no room for a button
 */

/** @param {{ label?: string, icon?: string, items: MenuItem[], small?: boolean, quiet?: boolean, right?: boolean, class?: string, children?: any }} props */
export function Menu({ label, icon, items, small, quiet, right = true, class: more = '', children }) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef(/** @type {HTMLSpanElement | null} */ (null));
  const id = useId();

  useEffect(() => {
    if (!isOpen) return undefined;
    const away = (/** @type {Event} */ event) => {
      if (!root.current?.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };

    document.addEventListener('pointerdown', away);
    choices()[0]?.focus();
    return () => document.removeEventListener('pointerdown', away);
  }, [isOpen]);

  const choices = () => /** @type {HTMLElement[]} */ ([...(root.current?.querySelectorAll('[role^="menuitem"]') ?? [])]).filter((item) => item.offsetParent !== null);
  const shut = () => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const all = choices();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];

    if (event.key === 'Escape' && isOpen) {
      event.stopPropagation();
      event.preventDefault();
      shut();
    } else if (event.key === 'Tab') setOpen(false);
    else if (next !== undefined && isOpen) {
      event.preventDefault();
      all[(next + all.length) % all.length]?.focus();
    } else if (event.key === 'ArrowDown' && !isOpen) {
      event.preventDefault();
      setOpen(true);
    }
  };
  const choose = (/** @type {MenuItem} */ item) => (/** @type {Event} */ event) => {
    if (item.reason) {
      event.preventDefault();
      return;
    }
    setOpen(false);
    if (item.run) {
      root.current?.querySelector('button')?.focus();
      item.run();
    }
  };

  return html`<span class="menu ${more}" ref=${root} onKeyDown=${onKeyDown}>
    <button
      class="button ${quiet ? 'button--quiet' : ''} ${small ? 'button--small' : ''} ${children ? '' : 'button--icon'}"
      type="button"
      aria-haspopup="menu"
      aria-expanded=${isOpen}
      aria-controls=${isOpen ? id : undefined}
      aria-label=${label}
      onClick=${() => setOpen(!isOpen)}
    >
      ${icon && html`<${Icon} name=${icon} />`}${children}
      ${children && html`<${Icon} name="down" after />`}
    </button>
    ${isOpen &&
    html`<ul class="menu-list ${right ? 'menu-list--right' : ''}" id=${id} role="menu" aria-label=${label}>
      ${items.map((item) => {
        const inner = html`${item.icon ? html`<${Icon} name=${item.icon} />` : html`<span class="icon"></span>`}<span class="menu-label">${item.label}${item.reason && html`<small>${item.reason}</small>`}</span>${item.checked && html`<${Icon} name="check" />`}`;
        const shared = {
          role: item.checked === undefined ? 'menuitem' : 'menuitemradio',
          'aria-checked': item.checked,
          'aria-disabled': item.reason ? 'true' : undefined,
          tabIndex: -1,
          class: `menu-item ${item.danger ? 'menu-item--danger' : ''} ${item.line ? 'menu-item--line' : ''} ${item.narrow ? 'show-phone' : ''}`,
          onClick: choose(item),
        };

        return html`<li role="none">
          ${item.href ? html`<a ...${shared} href=${item.href}>${inner}</a>` : html`<button ...${shared} type="button">${inner}</button>`}
        </li>`;
      })}
    </ul>`}
  </span>`;
}
