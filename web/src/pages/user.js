// user.js - one user: role and scope, where they are signed in, tokens, password.
import { call, get, path } from '../app/api.js';
import { ago, dateTime } from '../app/format.js';
import { html } from '../app/html.js';
import { go } from '../app/router.js';
import { me } from '../app/store.js';
import { text } from '../app/text.js';
import { Confirm, show } from '../parts/dialog.js';
import { Icon } from '../parts/icon.js';
import { Menu } from '../parts/menu.js';
import { Loaded, useFetch } from '../parts/states.js';
import { LoginTable } from './account.js';
import { EditUser, ResetPassword, TokenTable, UserState, attempt } from './users.js';

const words = text.users;

/** @param {{ name: string }} props */
export default function User({ name }) {
  const user = useFetch(() => get(path`/users/${name}`), [name]);
  const logins = useFetch(() => get(path`/users/${name}/login-sessions`), [name]);
  const tokens = useFetch(() => get(path`/users/${name}/tokens`), [name]);
  const reload = () => [user, logins, tokens].forEach((one) => one.reload());
  const isSelf = name === me.value?.name;
  const change = (/** @type {any} */ body, /** @type {string} */ good) => attempt(() => call('PATCH', path`/users/${name}`, { body }), good, words.notChanged, reload);
  const items = (/** @type {any} */ data) => [
    { label: data.is_disabled ? words.enable : words.disable, icon: data.is_disabled ? 'start' : 'stop', run: () => change({ is_disabled: !data.is_disabled }, data.is_disabled ? words.enabled(name) : words.disabled(name)) },
    {
      label: words.remove,
      icon: 'delete',
      danger: true,
      line: true,
      reason: isSelf ? words.yourself : undefined,
      run: () => show(() => html`<${Confirm} title=${words.removeTitle(name)} detail=${words.removeDetail} action=${words.remove} word=${name} run=${() => attempt(() => call('DELETE', path`/users/${name}`), words.removed(name), words.notChanged, () => go('/users'))} />`),
    },
  ];

  return html`<main id="main" class="page page--narrow">
    <div class="page-head">
      <a class="crumb" href="/users">${words.title}</a><span class="muted" aria-hidden="true">/</span>
      <h1 class="truncate" title=${name}>${name}</h1>${isSelf && html`<span class="tag">${words.you}</span>`}
      <span class="spacer"></span>
      ${user.data &&
      html`<div class="button-row">
        <button class="button" type="button" onClick=${() => show(() => html`<${EditUser} user=${user.data} done=${reload} />`)}><${Icon} name="edit" />${words.edit}</button>
        <button class="button" type="button" onClick=${() => show(() => html`<${ResetPassword} user=${name} done=${reload} />`)}><${Icon} name="restart" />${words.reset}</button>
        <${Menu} label=${text.dashboard.moreActions(name)} icon="more" items=${items(user.data)} />
      </div>`}
    </div>
    <section class="panel">
      <div class="panel-body"><${Loaded} of=${user}>
        ${(/** @type {any} */ data) => html`<dl class="facts-list">
          <dt>${words.columns.state}</dt><dd><${UserState} user=${data} /></dd>
          ${data.full_name && html`<dt>${words.fullName}</dt><dd>${data.full_name}</dd>`}
          <dt>${words.columns.role}</dt><dd>${data.role} <span class="muted">${words.roles[data.role]}</span></dd>
          <dt>${words.columns.scope}</dt><dd><span class="mono">${data.scope || '*'}</span></dd>
          <dt>${words.columns.login}</dt><dd title=${dateTime(data.last_login)}>${data.last_login ? ago(data.last_login) : text.common.never}</dd>
          <dt>${words.made}</dt><dd>${dateTime(data.created)}</dd>
        </dl>`}
      <//></div>
    </section>
    <section class="panel">
      <header class="panel-head"><h2>${text.account.logins}</h2><span class="spacer"></span>
        ${(logins.data?.items.length ?? 0) > 0 && html`<button class="button button--small" type="button" onClick=${() => attempt(() => call('DELETE', path`/users/${name}/login-sessions`), words.signedOut(name), words.notChanged, reload)}><${Icon} name="sign_out" small />${words.signOutAll}</button>`}
      </header>
      <div class="panel-body"><${Loaded} of=${logins}>${(/** @type {any} */ data) => html`<${LoginTable} items=${data.items} />`}<//></div>
    </section>
    <section class="panel">
      <header class="panel-head"><h2>${words.tokens}</h2><span class="spacer"></span>
        ${(tokens.data?.items.length ?? 0) > 1 && html`<button class="button button--small button--danger" type="button" onClick=${() => attempt(() => call('DELETE', path`/users/${name}/tokens`), words.revokedAll, words.notChanged, reload)}>${words.revokeAll}</button>`}
      </header>
      <div class="panel-body"><${Loaded} of=${tokens}>${(/** @type {any} */ data) => html`<${TokenTable} items=${data.items} revoke=${(/** @type {string} */ id) => attempt(() => call('DELETE', path`/users/${name}/tokens/${id}`), words.revoked, words.notChanged, reload)} />`}<//></div>
    </section>
  </main>`;
}
