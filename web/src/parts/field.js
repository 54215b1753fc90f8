// field.js - form fields: label above, control, then help or problem.
import { useId } from 'preact/hooks';
import { html } from '../app/html.js';
import { Glyph, Icon } from './icon.js';

/** @param {{ label: any, help?: any, problem?: any, optional?: string, for?: string, children?: any }} props */
export function Field({ label, help, problem, optional, for: target, children }) {
  return html`<div class="field">
    <label for=${target}>${label}${optional && html` <span class="muted">${optional}</span>`}</label>
    ${children}
    ${problem
      ? html`<p class="field-help field-help--problem" id=${`${target}-help`}><${Glyph} name="failed" />${problem}</p>`
      : help && html`<p class="field-help" id=${`${target}-help`}>${help}</p>`}
  </div>`;
}

/**
 * @param {{ label: any, value: string, onInput: (value: string) => void, help?: any, problem?: any, type?: string, optional?: string,
 *   autocomplete?: string, placeholder?: string, mono?: boolean, inputRef?: any, inputMode?: string, maxLength?: number, disabled?: boolean }} props
 */
export function TextField({ label, value, onInput, help, problem, type = 'text', optional, autocomplete = 'off', placeholder, mono, inputRef, inputMode, maxLength, disabled }) {
  const id = useId();

  return html`<${Field} label=${label} help=${help} problem=${problem} optional=${optional} for=${id}>
    <input
      id=${id}
      ref=${inputRef}
      class="input ${mono ? 'mono' : ''}"
      type=${type}
      value=${value}
      autocomplete=${autocomplete}
      placeholder=${placeholder}
      inputmode=${inputMode}
      maxlength=${maxLength}
      disabled=${disabled}
      spellcheck=${false}
      autocapitalize="none"
      aria-invalid=${problem ? 'true' : undefined}
      aria-describedby=${problem || help ? `${id}-help` : undefined}
      onInput=${(/** @type {any} */ event) => onInput(event.target.value)}
    />
  <//>`;
}

/** @param {{ label: any, value: string, onInput: (value: string) => void, help?: any, problem?: any, options: { value: string, label: string }[], disabled?: boolean }} props */
export function SelectField({ label, value, onInput, help, problem, options, disabled }) {
  const id = useId();

  return html`<${Field} label=${label} help=${help} problem=${problem} for=${id}>
    <${Select} id=${id} value=${value} onInput=${onInput} options=${options} disabled=${disabled} />
  <//>`;
}

/** @param {{ id?: string, value: string, onInput: (value: string) => void, options: { value: string, label: string }[], label?: string, auto?: boolean, disabled?: boolean }} props */
export function Select({ id, value, onInput, options, label, auto, disabled }) {
  return html`<span class="select-box ${auto ? 'select-box--auto' : ''}">
    <select id=${id} class="select" aria-label=${label} disabled=${disabled} value=${value} onChange=${(/** @type {any} */ event) => onInput(event.target.value)}>
      ${options.map((option) => html`<option value=${option.value} selected=${option.value === value}>${option.label}</option>`)}
    </select>
    <${Icon} name="down" small />
  </span>`;
}

/** @param {{ label: any, checked: boolean, onInput: (checked: boolean) => void, help?: any, disabled?: boolean }} props */
export function Check({ label, checked, onInput, help, disabled }) {
  return html`<label class="check">
    <input class="checkbox" type="checkbox" checked=${checked} disabled=${disabled} onChange=${(/** @type {any} */ event) => onInput(event.target.checked)} />
    <span>${label}${help && html`<small>${help}</small>`}</span>
  </label>`;
}

/** One choice of a few, as a row of buttons. @param {{ label: string, value: string, options: { value: string, label: any, count?: number | null }[], onInput: (value: string) => void }} props */
export function Segmented({ label, value, options, onInput }) {
  return html`<div class="segmented" role="group" aria-label=${label}>
    ${options.map(
      (option) => html`<button type="button" aria-pressed=${option.value === value} onClick=${() => onInput(option.value)}>
        ${option.label}${option.count !== undefined && option.count !== null && html`<span class="count">${option.count}</span>`}
      </button>`,
    )}
  </div>`;
}

/** @param {{ value: string, onInput: (value: string) => void, label: string, placeholder?: string, inputRef?: any, kbd?: string }} props */
export function SearchField({ value, onInput, label, placeholder, inputRef, kbd }) {
  return html`<label class="field-inline">
    <${Icon} name="search" />
    <input class="input" type="search" ref=${inputRef} value=${value} placeholder=${placeholder ?? label} aria-label=${label} onInput=${(/** @type {any} */ event) => onInput(event.target.value)} />
    ${kbd && html`<kbd aria-hidden="true">${kbd}</kbd>`}
  </label>`;
}
