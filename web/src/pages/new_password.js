// new_password.js - who was given a password by somebody else chooses one before anything else.
import { useState } from 'preact/hooks';
import { html } from '../app/html.js';
import { changePassword, loadServer, signOut } from '../app/store.js';
import { text } from '../app/text.js';
import { Gate, PasswordField } from '../parts/gate.js';
import { Glyph } from '../parts/icon.js';

export function NewPassword() {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await changePassword(old, next);
      await loadServer();
    } catch (error) {
      setProblem(String(/** @type {any} */ (error).message));
    }
    setBusy(false);
  };

  return html`<${Gate} title=${text.account.password} note=${text.account.mustChange} onSubmit=${submit}>
    <${PasswordField} label=${text.account.oldPassword} value=${old} onInput=${setOld} autocomplete="current-password" />
    <${PasswordField} label=${text.users.newPassword} value=${next} onInput=${setNext} autocomplete="new-password" help=${text.setup.rule} />
    <div aria-live="assertive">${problem && html`<p class="note note--failed"><${Glyph} name="failed" tone="failed" />${problem}</p>`}</div>
    <button class="button button--primary button--wide" type="submit" disabled=${isBusy}>${text.common.save}</button>
    <button class="button button--quiet button--wide" type="button" onClick=${signOut}>${text.nav.signOut}</button>
  <//>`;
}
