// palette.js - the left side of the editor: every component, to be dragged onto the canvas or added by a key.
import { useState } from 'preact/hooks';
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
  const lower = word.toLowerCase();
  const shown = components.filter((one) => `${one.type} ${one.name} ${one.summary}`.toLowerCase().includes(lower));
  const first = shown.slice().sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))[0];

  return html`<div class="palette">
    <form onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); if (word && first) onAdd(first); }}><${SearchField} label=${words.palette} value=${word} onInput=${setWord} inputRef=${inputRef} kbd="A" /></form>
    ${ORDER.map((kind) => {
      const own = shown.filter((one) => one.kind === kind).sort((a, b) => Number(b.is_available) - Number(a.is_available));

      return (
        own.length > 0 &&
        html`<section key=${kind}><h3>${text.components.plurals[kind]}</h3>
          <ul>${own.map(
            (component) => html`<li key=${component.type}>
              <button
                class="palette-item ${component.is_available ? '' : 'palette-item--missing'}"
                type="button"
                draggable="true"
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
