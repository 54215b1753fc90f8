// login.js - signing in.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../app/api.js';
import { html } from '../app/html.js';
import { signIn, signOutReason } from '../app/store.js';
import { text } from '../app/text.js';
import { Gate, PasswordField } from '../parts/gate.js';
import { TextField } from '../parts/field.js';
import { Glyph } from '../parts/icon.js';

export default function Login() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState('');
  const [wait, setWait] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const first = useRef(/** @type {HTMLInputElement | null} */ (null));

  useEffect(() => first.current?.focus(), []);
  useEffect(() => {
    if (wait <= 0) return undefined;
    const timer = setTimeout(() => setWait(wait - 1), 1000);

    return () => clearTimeout(timer);
  }, [wait]);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!name || !password) {
      setProblem(text.login.missing);
      return;
    }
    setBusy(true);
    try {
      await signIn(name, password);
    } catch (error) {
      const status = error instanceof ApiError ? error.status : -1;

      if (error instanceof ApiError && status === 429) setWait(error.retryAfter || 1);
      setProblem(status === 401 ? text.login.wrong : status === 503 ? text.login.busy : status === 429 ? '' : String(/** @type {any} */ (error).message));
      setPassword('');
    }
    setBusy(false);
  };
  const shown = wait > 0 ? text.login.wait(wait) : problem;

  return html`<${Gate} title=${text.login.title} note=${text.login.reasons[signOutReason.value]} onSubmit=${submit}>
    <${TextField} label=${text.login.name} value=${name} onInput=${setName} autocomplete="username" inputRef=${first} />
    <${PasswordField} label=${text.login.password} value=${password} onInput=${setPassword} autocomplete="current-password" />
    <div aria-live="assertive">${shown && html`<p class="note note--failed"><${Glyph} name="failed" tone="failed" />${shown}</p>`}</div>
    <button class="button button--primary button--wide" type="submit" disabled=${isBusy || wait > 0}>${text.login.submit}</button>
  <//>`;
}
