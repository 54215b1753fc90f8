// account.js - one's own password, tokens and login sessions.
import { useState } from 'preact/hooks';
import { call, get, path, post } from '../app/api.js';
import { ago, dateTime } from '../app/format.js';
import { html } from '../app/html.js';
import { changePassword, me } from '../app/store.js';
import { text } from '../app/text.js';
import { tell } from '../app/toast.js';
import { Dialog, close, show } from '../parts/dialog.js';
import { SelectField, TextField } from '../parts/field.js';
import { PasswordField } from '../parts/gate.js';
import { Icon } from '../parts/icon.js';
import { Loaded, useFetch } from '../parts/states.js';
import { Table } from '../parts/table.js';
import { SendDialog, TokenTable, attempt } from './users.js';

const words = text.account;
const ranks = ['viewer', 'operator', 'admin'];

export default function Account() {
  const tokens = useFetch(() => get('/me/tokens'), []);
  const logins = useFetch(() => get('/me/login-sessions'), []);
  const user = me.value;

  if (!user) return null;
  return html`<main id="main" class="page page--narrow">
    <div class="page-head"><h1>${user.name}</h1><span class="tag">${user.role}</span><span class="tag mono">${user.scope || '*'}</span><span class="spacer"></span>
      <button class="button" type="button" onClick=${() => show(() => html`<${ChangePassword} />`)}><${Icon} name="edit" />${words.password}</button></div>
    <section class="panel">
      <header class="panel-head"><h2>${words.tokens}</h2><span class="spacer"></span><button class="button button--small" type="button" onClick=${() => show(() => html`<${NewToken} done=${tokens.reload} />`)}><${Icon} name="add" small />${words.newToken}</button></header>
      <div class="panel-body"><${Loaded} of=${tokens}>${(/** @type {any} */ data) => html`<${TokenTable} items=${data.items} revoke=${(/** @type {string} */ id) => attempt(() => call('DELETE', path`/me/tokens/${id}`), text.users.revoked, text.users.notChanged, tokens.reload)} />`}<//></div>
    </section>
    <section class="panel">
      <header class="panel-head"><h2>${words.logins}</h2></header>
      <div class="panel-body"><${Loaded} of=${logins}>
        ${(/** @type {any} */ data) => html`<${LoginTable} items=${data.items} end=${(/** @type {string} */ id) => attempt(() => call('DELETE', path`/me/login-sessions/${id}`), words.ended, text.users.notChanged, logins.reload)} />`}
      <//></div>
    </section>
  </main>`;
}

/** Where somebody is signed in. @param {{ items: any[], end?: (id: string) => void }} props */
export function LoginTable({ items, end }) {
  if (items.length === 0) return html`<p class="muted">${words.noLogins}</p>`;
  return html`<${Table}
    label=${words.logins}
    items=${items}
    keyOf=${(/** @type {any} */ login) => login.id}
    columns=${[
      { key: 'address', label: words.address, bare: true, cell: (/** @type {any} */ login) => html`<b>${login.address}</b>${login.is_current ? html` <span class="tag">${words.here}</span>` : ''}` },
      { key: 'since', label: words.since, cell: (/** @type {any} */ login) => dateTime(login.created) },
      { key: 'used', label: words.used, cell: (/** @type {any} */ login) => html`<span class="muted">${ago(login.last_used)}</span>` },
      ...(end ? [{ key: 'more', label: '', number: true, bare: true, cell: (/** @type {any} */ login) => !login.is_current && html`<button class="button button--small" type="button" onClick=${() => end(login.id)}>${words.end}</button>` }] : []),
    ]}
  />`;
}

function ChangePassword() {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');

  return html`<${SendDialog} title=${words.password} action=${text.common.save} send=${() => changePassword(old, next)} good=${words.changed}>
    <${PasswordField} label=${words.oldPassword} value=${old} onInput=${setOld} autocomplete="current-password" />
    <${PasswordField} label=${text.users.newPassword} value=${next} onInput=${setNext} autocomplete="new-password" help=${text.setup.rule} />
  <//>`;
}

/** @param {{ done: () => void }} props */
function NewToken({ done }) {
  const own = ranks.indexOf(me.value?.role ?? 'viewer');
  const [token, set] = useState({ name: '', role: 'viewer', days: '90' });

  return html`<${SendDialog}
    title=${words.newToken}
    action=${words.create}
    good=${words.created}
    done=${done}
    send=${async () => {
      const made = await post('/me/tokens', { name: token.name, role: token.role, days: Number(token.days) });

      setTimeout(() => show(() => html`<${ShowSecret} secret=${made.secret} />`), 0);
    }}
  >
    <${TextField} label=${text.users.columns.name} value=${token.name} onInput=${(/** @type {string} */ name) => set({ ...token, name })} help=${words.tokenName} />
    <${SelectField} label=${text.users.columns.role} value=${token.role} onInput=${(/** @type {string} */ role) => set({ ...token, role })} options=${ranks.slice(0, own + 1).map((value) => ({ value, label: value }))} />
    <${SelectField} label=${words.days} value=${token.days} onInput=${(/** @type {string} */ days) => set({ ...token, days })} options=${['7', '30', '90', '365'].map((value) => ({ value, label: words.daysOf(value) }))} />
  <//>`;
}

/** @param {{ secret: string }} props */
function ShowSecret({ secret }) {
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    tell(text.common.copied);
  };

  return html`<${Dialog} title=${words.secretTitle} foot=${html`<span class="spacer"></span><button class="button button--primary" type="button" onClick=${close}>${text.common.close}</button>`}>
    <p>${words.secretNote}</p>
    <div class="row"><code class="code-well mono secret">${secret}</code><button class="button" type="button" onClick=${copy}><${Icon} name="copy" />${text.common.copy}</button></div>
  <//>`;
}
