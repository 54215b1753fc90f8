// dialog.js - a modal dialog on the browser's own <dialog>: it traps and returns the focus, Escape closes it.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { Icon } from './icon.js';

/** The dialog that is open: a function that renders it. @type {import('@preact/signals').Signal<null | (() => any)>} */
export const openDialog = signal(/** @type {null | (() => any)} */ (null));

/** @param {() => any} render */
export function show(render) {
  openDialog.value = render;
}

export function close() {
  openDialog.value = null;
}

/** @param {{ title: any, note?: any, wide?: boolean, side?: any, foot?: any, onSubmit?: (event: Event) => void, children?: any }} props */
export function Dialog({ title, note, wide, side, foot, onSubmit, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));

  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;

    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    onSubmit?.(event);
  };

  return html`<dialog
    ref=${element}
    class="dialog ${wide ? 'dialog--wide' : ''}"
    aria-labelledby="dialog-title"
    onCancel=${(/** @type {Event} */ event) => {
      event.preventDefault();
      close();
    }}
    onClick=${(/** @type {MouseEvent} */ event) => event.target === element.current && close()}
  >
    <form class="dialog-box" method="dialog" onSubmit=${submit} novalidate>
      <header class="dialog-head">
        <div><h2 id="dialog-title">${title}</h2>${note && html`<p>${note}</p>`}</div>
        <span class="spacer"></span>
        <button class="button button--quiet button--icon" type="button" aria-label=${text.common.close} onClick=${close}><${Icon} name="close" /></button>
      </header>
      <div class="dialog-body ${side ? 'dialog-body--split' : ''}">
        <div class="dialog-form">${children}</div>
        ${side && html`<aside class="dialog-side">${side}</aside>`}
      </div>
      ${foot && html`<footer class="dialog-foot">${foot}</footer>`}
    </form>
  </dialog>`;
}

/** Asks before something that can't be undone; `word`: has to be typed. */
/** @param {{ title: string, detail: any, action: string, word?: string, run: () => Promise<void> | void, more?: any }} props */
export function Confirm({ title, detail, action, word, run, more }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const submit = async () => {
    if (word && input.current?.value !== word) {
      input.current?.focus();
      input.current?.setAttribute('aria-invalid', 'true');
      return;
    }
    close();
    await run();
  };

  return html`<${Dialog}
    title=${title}
    onSubmit=${submit}
    foot=${html`<span class="spacer"></span>
      <button class="button" type="button" onClick=${close}>${text.common.cancel}</button>
      ${more}
      <button class="button button--primary button--destructive" type="submit">${action}</button>`}
  >
    <p>${detail}</p>
    ${word &&
    html`<div class="field">
      <label for="confirm-word">${text.common.typeToConfirm(word)}</label>
      <input id="confirm-word" class="input" ref=${input} autocomplete="off" spellcheck=${false} />
    </div>`}
  <//>`;
}
