// setup.js - the first admin, by the one-time link of the first start.
import { useState } from 'preact/hooks';
import { post } from '../app/api.js';
import { html } from '../app/html.js';
import { go, place } from '../app/router.js';
import { loadServer, setMe } from '../app/store.js';
import { text } from '../app/text.js';
import { TextField } from '../parts/field.js';
import { Gate, PasswordField } from '../parts/gate.js';
import { Glyph } from '../parts/icon.js';

const LENGTH_MIN = 12;

export default function Setup() {
  const token = place.value.query.get('token') ?? location.hash.slice(1);
  const [name, setName] = useState('admin');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const length = [...password].length;
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setProblem('');
    if (length < LENGTH_MIN) setProblem(text.setup.rule);
    else if (password !== again) setProblem(text.setup.differ);
    else {
      setBusy(true);
      try {
        setMe(await post('/setup', { token, name, password }));
        await loadServer();
        go('/', { replace: true });
      } catch (error) {
        setProblem(String(/** @type {any} */ (error).message));
      }
      setBusy(false);
    }
  };

  if (!token)
    return html`<${Gate} title=${text.setup.title} onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <p class="note note--warning"><${Glyph} name="warning" tone="warning" />${text.setup.noToken}</p>
      <a class="button button--wide" href="/login">${text.login.title}</a>
    <//>`;
  return html`<${Gate} title=${text.setup.title} note=${text.setup.intro} onSubmit=${submit}>
    <${TextField} label=${text.setup.name} value=${name} onInput=${setName} autocomplete="username" />
    <${PasswordField}
      label=${text.setup.password}
      value=${password}
      onInput=${setPassword}
      autocomplete="new-password"
      help=${length > 0 && length < LENGTH_MIN ? text.setup.short(LENGTH_MIN - length) : text.setup.rule}
    />
    <div class="meter" aria-hidden="true">${[4, 8, 12, 20].map((step) => html`<span class=${length >= step ? 'on' : ''}></span>`)}</div>
    <${PasswordField} label=${text.setup.again} value=${again} onInput=${setAgain} autocomplete="new-password" problem=${again && again.length >= password.length && again !== password ? text.setup.differ : ''} />
    <div aria-live="assertive">${problem && html`<p class="note note--failed"><${Glyph} name="failed" tone="failed" />${problem}</p>`}</div>
    <button class="button button--primary button--wide" type="submit" disabled=${isBusy}>${text.setup.submit}</button>
  <//>`;
}
