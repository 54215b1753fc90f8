// palette.js - the left side of the editor: every component, to be dragged onto the canvas or added by a key.
import { useRef, useState } from 'preact/hooks';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { iconOf } from '../graph/model.js';
import { SearchField } from '../parts/field.js';
import { Icon } from '../parts/icon.js';

const words = text.editor;
const ORDER = ['subscriber', 'calculator', 'publisher', 'transformer', 'node'];

/** @param {{ components: any[], onAdd: (component: any) => void, inputRef?: any }} props */
export function Palette({ components, onAdd, inputRef }) {
  const [word, setWord] = useState('');
  const [at, setAt] = useState('');
  const list = useRef(/** @type {HTMLDivElement | null} */ (null));
  const lower = word.toLowerCase();
  const shown = components.filter((one) => `${one.type} ${one.name} ${one.summary}`.toLowerCase().includes(lower));

  const sorted = ORDER.flatMap((kind) => shown.filter((one) => one.kind === kind).sort((a, b) => Number(b.is_available) - Number(a.is_available)));
  const keyOf = (/** @type {any} */ component) => `${component.kind} ${component.type}`;
  const stop = sorted.some((one) => keyOf(one) === at) ? at : sorted[0] && keyOf(sorted[0]);
  /** One stop for Tab; arrows go through the list. @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    const items = /** @type {HTMLElement[]} */ ([...(list.current?.querySelectorAll('.palette-item') ?? [])]);
    const here = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: here + 1, ArrowRight: here + 1, ArrowUp: here - 1, ArrowLeft: here - 1, Home: 0, End: items.length - 1 }[event.key];

    if (here < 0 || next === undefined) return;
    event.preventDefault();
    items[Math.max(0, Math.min(items.length - 1, next))].focus();
  };

  return html`<div class="palette" ref=${list} onKeyDown=${onKeyDown}>
    <form onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); if (word && sorted[0]) onAdd(sorted[0]); }}><${SearchField} label=${words.palette} value=${word} onInput=${setWord} inputRef=${inputRef} kbd="A" /></form>
    ${ORDER.map((kind) => {
      const own = sorted.filter((one) => one.kind === kind);

      return (
        own.length > 0 &&
        html`<section key=${kind}><h3>${text.components.plurals[kind]}</h3>
          <ul>${own.map(
            (component) => html`<li key=${component.type}>
              <button
                class="palette-item ${component.is_available ? '' : 'palette-item--missing'}"
                type="button"
                draggable="true"
                tabindex=${keyOf(component) === stop ? 0 : -1}
                onFocus=${() => setAt(keyOf(component))}
                title=${component.is_available ? component.summary : `${component.summary} (${text.components.missing})`}
                onDragStart=${(/** @type {DragEvent} */ event) => event.dataTransfer?.setData('application/x-dagd-component', `${component.kind} ${component.type}`)}
                onClick=${() => onAdd(component)}
              ><${Icon} name=${iconOf(`${component.type} ${component.address ?? ''}`)} small /><span class="truncate">${component.type}</span></button>
            </li>`,
          )}</ul></section>`
      );
    })}
    ${shown.length === 0 && html`<p class="muted">${text.components.none}</p>`}
  </div>`;
}
