// gate.js - the card that one signs in by: itself a node, with edges that run into its port.
import { useId, useState } from 'preact/hooks';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { Logo } from '../shell.js';
import { Field } from './field.js';
import { Icon } from './icon.js';

const paths = ['M0 40C220 40 260 160 560 160', 'M0 160H560', 'M0 280C220 280 260 160 560 160'];

/** @param {{ title: string, note?: any, onSubmit: (event: Event) => void, children?: any }} props */
export function Gate({ title, note, onSubmit, children }) {
  return html`<main class="gate" id="main">
    <svg class="gate-flow" viewBox="0 0 560 320" aria-hidden="true">
      ${paths.map((d) => html`<g class="edge edge--calm"><path class="edge-bed" stroke-width="5" d=${d} /><path class="edge-flow" stroke-width="2" d=${d} /></g>`)}
    </svg>
    <form class="gate-card" onSubmit=${onSubmit} novalidate>
      <span class="brand"><${Logo} />dagd</span>
      <header class="gate-head"><h1>${title}</h1>${note && html`<p>${note}</p>`}</header>
      ${children}
      <footer class="gate-foot"><span>${location.host}</span></footer>
    </form>
  </main>`;
}

/** @param {{ label: string, value: string, onInput: (value: string) => void, autocomplete: string, help?: any, problem?: any }} props */
export function PasswordField({ label, value, onInput, autocomplete, help, problem }) {
  const id = useId();
  const [isShown, show] = useState(false);

  return html`<${Field} label=${label} help=${help} problem=${problem} for=${id}>
    <span class="password">
      <input
        id=${id}
        class="input"
        type=${isShown ? 'text' : 'password'}
        value=${value}
        autocomplete=${autocomplete}
        autocapitalize="none"
        spellcheck=${false}
        aria-invalid=${problem ? 'true' : undefined}
        aria-describedby=${problem || help ? `${id}-help` : undefined}
        onInput=${(/** @type {any} */ event) => onInput(event.target.value)}
      />
      <button class="button button--quiet button--icon" type="button" aria-label=${isShown ? text.login.hide : text.login.show} onClick=${() => show(!isShown)}>
        <${Icon} name=${isShown ? 'hide' : 'eye'} />
      </button>
    </span>
  <//>`;
}
