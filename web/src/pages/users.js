// users.js - who may sign in: roles, scopes, tokens, login sessions.
import { useState } from 'preact/hooks';
import { ApiError, call, get, path, post, query } from '../app/api.js';
import { ago, dateTime } from '../app/format.js';
import { html } from '../app/html.js';
import { place, setQuery } from '../app/router.js';
import { me } from '../app/store.js';
import { text } from '../app/text.js';
import { complain, tell } from '../app/toast.js';
import { Confirm, Dialog, close, show } from '../parts/dialog.js';
import { Check, SearchField, SelectField, TextField } from '../parts/field.js';
import { PasswordField } from '../parts/gate.js';
import { Glyph, Icon, Badge } from '../parts/icon.js';
import { Menu } from '../parts/menu.js';
import { Empty, Loaded, useFetch } from '../parts/states.js';
import { Table } from '../parts/table.js';

const words = text.users;
const ROLES = ['viewer', 'operator', 'admin'].map((value) => ({ value, label: value }));

/** Runs a call and tells how it went. @param {() => Promise<any>} run @param {string} good @param {string} bad @param {() => void} done */
async function attempt(run, good, bad, done) {
  try {
    await run();
    tell(good);
  } catch (error) {
    complain(bad, error);
  }
  done();
}

export default function Users() {
  const word = place.value.query.get('q') ?? '';
  const list = useFetch(() => get('/users' + query({ q: word, limit: 500 })), [word]);
  const items = (/** @type {any} */ user) => [
    { label: words.open, icon: 'account', href: `/users/${user.name}` },
    { label: words.edit, icon: 'edit', run: () => show(() => html`<${EditUser} user=${user} done=${list.reload} />`) },
    { label: words.reset, icon: 'restart', run: () => show(() => html`<${ResetPassword} user=${user.name} />`) },
    { label: user.is_disabled ? words.enable : words.disable, icon: user.is_disabled ? 'start' : 'stop', run: () => attempt(() => call('PATCH', path`/users/${user.name}`, { body: { is_disabled: !user.is_disabled } }), user.is_disabled ? words.enabled(user.name) : words.disabled(user.name), words.notChanged, list.reload) },
    { label: words.signOutAll, icon: 'sign_out', run: () => attempt(() => call('DELETE', path`/users/${user.name}/login-sessions`), words.signedOut(user.name), words.notChanged, list.reload) },
    {
      label: words.remove,
      icon: 'delete',
      danger: true,
      line: true,
      reason: user.name === me.value?.name ? words.yourself : undefined,
      run: () => show(() => html`<${Confirm} title=${words.removeTitle(user.name)} detail=${words.removeDetail} action=${words.remove} word=${user.name} run=${() => attempt(() => call('DELETE', path`/users/${user.name}`), words.removed(user.name), words.notChanged, list.reload)} />`),
    },
  ];

  return html`<main id="main" class="page page--narrow">
    <div class="page-head"><h1>${words.title}</h1><span class="spacer"></span><button class="button button--primary" type="button" onClick=${() => show(() => html`<${NewUser} done=${list.reload} />`)}><${Icon} name="add" />${words.add}</button></div>
    <div class="filters"><${SearchField} label=${words.filter} value=${word} onInput=${(/** @type {string} */ q) => setQuery({ q })} /></div>
    <section class="panel table-wrap">
      <${Loaded} of=${list}>
        ${(/** @type {any} */ data) =>
          data.items.length === 0
            ? html`<${Empty} title=${words.none} drawing=${html`<${Icon} name="users" />`} />`
            : html`<${Table}
                label=${words.title}
                items=${data.items}
                keyOf=${(/** @type {any} */ user) => user.name}
                columns=${[
                  { key: 'name', label: words.columns.name, bare: true, cell: (/** @type {any} */ user) => html`<span class="cell-name"><a class="dag-link" href=${`/users/${user.name}`} title=${user.name}>${user.name}</a>${user.name === me.value?.name ? html` <span class="tag">${words.you}</span>` : ''}</span>` },
                  { key: 'role', label: words.columns.role, cell: (/** @type {any} */ user) => user.role },
                  { key: 'scope', label: words.columns.scope, cell: (/** @type {any} */ user) => html`<span class="mono">${user.scope || '*'}</span>` },
                  { key: 'login', label: words.columns.login, cell: (/** @type {any} */ user) => html`<span class="muted" title=${dateTime(user.last_login)}>${user.last_login ? ago(user.last_login) : text.common.never}</span>` },
                  { key: 'tokens', label: words.columns.tokens, number: true, cell: (/** @type {any} */ user) => user.token_count ?? 0 },
                  { key: 'state', label: words.columns.state, bare: true, cell: (/** @type {any} */ user) => html`<${UserState} user=${user} />` },
                  { key: 'more', label: '', number: true, bare: true, cell: (/** @type {any} */ user) => html`<${Menu} label=${text.dashboard.moreActions(user.name)} icon="more" quiet small items=${items(user)} />` },
                ]}
              />`}
      <//>
    </section>
  </main>`;
}

/** @param {{ user: any }} props */
export function UserState({ user }) {
  if (user.is_disabled) return html`<${Badge} tone="stopped">${words.isDisabled}<//>`;
  if (user.sign_in_wait_ms > 0) return html`<${Badge} tone="warning">${words.waits(Math.ceil(user.sign_in_wait_ms / 1000))}<//>`;
  if (user.must_change_password) return html`<${Badge} tone="waiting">${words.mustStill}<//>`;
  return html`<span class="muted">${words.isActive}</span>`;
}

/** A problem of the whole form. @param {{ error: ApiError | null }} props */
function FormProblem({ error }) {
  return html`<div aria-live="assertive">${error && html`<p class="note note--failed"><${Glyph} name="failed" tone="failed" />${error.message}</p>`}</div>`;
}

/** A dialog that sends one call. @param {{ title: string, action: string, send: () => Promise<any>, good: string, done?: () => void, children?: any }} props */
export function SendDialog({ title, action, send, good, done, children }) {
  const [error, setError] = useState(/** @type {ApiError | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    try {
      await send();
      close();
      tell(good);
      done?.();
    } catch (reason) {
      setError(/** @type {any} */ (reason));
    }
    setBusy(false);
  };

  return html`<${Dialog} title=${title} onSubmit=${submit} foot=${html`<span class="spacer"></span><button class="button" type="button" onClick=${close}>${text.common.cancel}</button><button class="button button--primary" type="submit" disabled=${isBusy}>${action}</button>`}>
    ${children}<${FormProblem} error=${error} />
  <//>`;
}

/** @param {{ done: () => void }} props */
function NewUser({ done }) {
  const [user, set] = useState({ name: '', password: '', role: 'viewer', scope: '', mustChange: true });
  const put = (/** @type {any} */ part) => set({ ...user, ...part });

  return html`<${SendDialog} title=${words.add} action=${words.create} send=${() => post('/users', { name: user.name, password: user.password, role: user.role, must_change: user.mustChange, ...(user.scope ? { scope: user.scope } : {}) })} good=${words.created(user.name)} done=${done}>
    <${TextField} label=${words.columns.name} value=${user.name} onInput=${(/** @type {string} */ name) => put({ name })} />
    <${PasswordField} label=${text.login.password} value=${user.password} onInput=${(/** @type {string} */ password) => put({ password })} autocomplete="new-password" help=${text.setup.rule} />
    <${Check} label=${words.mustChange} help=${words.mustChangeHelp} checked=${user.mustChange} onInput=${(/** @type {boolean} */ mustChange) => put({ mustChange })} />
    <${SelectField} label=${words.columns.role} value=${user.role} onInput=${(/** @type {string} */ role) => put({ role })} options=${ROLES} help=${words.roles[user.role]} />
    <${TextField} label=${words.columns.scope} value=${user.scope} onInput=${(/** @type {string} */ scope) => put({ scope })} mono placeholder="trade_*, fx_rates" help=${words.scopeHelp} optional=${text.common.optional} />
  <//>`;
}

/** @param {{ user: any, done: () => void }} props */
export function EditUser({ user, done }) {
  const [role, setRole] = useState(user.role);
  const [scope, setScope] = useState(user.scope);

  return html`<${SendDialog} title=${words.editTitle(user.name)} action=${text.common.save} send=${() => call('PATCH', path`/users/${user.name}`, { body: { role, scope } })} good=${words.changed(user.name)} done=${done}>
    <${SelectField} label=${words.columns.role} value=${role} onInput=${setRole} options=${ROLES} help=${words.roles[role]} />
    <${TextField} label=${words.columns.scope} value=${scope} onInput=${setScope} mono help=${words.scopeHelp} optional=${text.common.optional} />
  <//>`;
}

/** @param {{ user: string, done?: () => void }} props */
export function ResetPassword({ user, done }) {
  const [password, setPassword] = useState('');

  return html`<${SendDialog} title=${words.resetTitle(user)} action=${words.reset} send=${() => call('PUT', path`/users/${user}/password`, { body: { password } })} good=${words.wasReset(user)} done=${done}>
    <${PasswordField} label=${words.newPassword} value=${password} onInput=${setPassword} autocomplete="new-password" help=${text.setup.rule} />
    <p class="note">${words.resetNote(user)}</p>
  <//>`;
}

/** @param {{ items: any[], revoke: (id: string) => void }} props */
export function TokenTable({ items, revoke }) {
  if (items.length === 0) return html`<p class="muted">${words.noTokens}</p>`;
  return html`<${Table}
    label=${words.tokens}
    items=${items}
    keyOf=${(/** @type {any} */ token) => token.id}
    columns=${[
      { key: 'name', label: words.columns.name, bare: true, cell: (/** @type {any} */ token) => html`<b>${token.name}</b>` },
      { key: 'role', label: words.columns.role, cell: (/** @type {any} */ token) => token.role },
      { key: 'expires', label: words.columns.expires, cell: (/** @type {any} */ token) => dateTime(token.expires) },
      { key: 'used', label: words.columns.used, cell: (/** @type {any} */ token) => html`<span class="muted">${token.last_used ? ago(token.last_used) : text.common.never}</span>` },
      { key: 'more', label: '', number: true, bare: true, cell: (/** @type {any} */ token) => html`<button class="button button--small button--danger" type="button" aria-label=${words.revokeOne(token.name)} onClick=${() => revoke(token.id)}>${words.revoke}</button>` },
    ]}
  />`;
}

export { attempt };
