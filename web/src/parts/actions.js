// actions.js - what can be done with a DAG, when, and how its result is told.
import { ApiError, call, isOnline, path, post } from '../app/api.js';
import { html } from '../app/html.js';
import { go } from '../app/router.js';
import { isAdmin, isOperator } from '../app/store.js';
import { text } from '../app/text.js';
import { complain, tell } from '../app/toast.js';
import { Confirm, close, show } from './dialog.js';

/** Why an action makes no sense now; "" when it does. @param {string} action @param {any} dag */
export function mayDo(action, dag) {
  const isUp = dag.is_running;

  if (!isOnline.value) return text.reasons.offline;
  if (dag.state === 'invalid' && (action === 'start' || action === 'restart')) return text.reasons.invalid;
  if (action === 'start') return isUp ? text.reasons.running : '';
  if (action === 'stop' || action === 'stopNow' || action === 'restart') return isUp || dag.state === 'failed' ? '' : text.reasons.notRunning;
  if (action === 'suspend') return !isUp ? text.reasons.notRunning : dag.is_suspended ? text.reasons.suspended : '';
  if (action === 'resume') return dag.is_suspended ? '' : text.reasons.notSuspended;
  return '';
}

/** @param {string} action @param {string} name */
export async function act(action, name) {
  try {
    const body = action === 'stop' ? { drain: true } : action === 'stopNow' ? { drain: false } : undefined;

    await post(path`/dags/${name}/${action === 'stopNow' ? 'stop' : action}` + '?wait_ms=2000', body);
    tell(text.done[action](name));
  } catch (error) {
    complain(text.notDone[action](name), error);
  }
}

/** @param {string} name @param {() => void} done */
export function remove(name, done) {
  const run = async () => {
    try {
      const { etag } = await call('GET', path`/dags/${name}`);

      await call('DELETE', path`/dags/${name}`, { ifMatch: etag });
      tell(text.done.delete(name));
      done();
    } catch (error) {
      complain(text.notDone.delete(name), error);
    }
  };
  const drain = async () => {
    close();
    await act('stop', name);
  };

  show(
    () => html`<${Confirm}
      title=${text.remove.title(name)}
      detail=${text.remove.detail}
      action=${text.actions.delete}
      word=${name}
      run=${run}
      more=${html`<button class="button" type="button" onClick=${drain}>${text.remove.drainFirst}</button>`}
    />`,
  );
}

/** @param {string} action @param {string[]} names @param {() => void} done */
export function actOnMany(action, names, done) {
  const run = async () => {
    try {
      const { results } = await post('/dag-actions', { action, names });
      const bad = results.filter((/** @type {any} */ result) => result.status >= 400);

      if (bad.length < results.length) tell(text.many.done(action, results.length - bad.length));
      if (bad.length) complain(text.many.failed(action, bad.length), new ApiError(0, '', bad.map((/** @type {any} */ result) => `${result.name}: ${result.detail ?? result.code}`).join('; ')));
    } catch (error) {
      complain(text.many.failed(action, names.length), error);
    }
    done();
  };

  if (action === 'delete') show(() => html`<${Confirm} title=${text.remove.many(names.length)} detail=${html`${text.remove.detail} <b>${names.join(', ')}</b>`} action=${text.actions.delete} word=${String(names.length)} run=${run} />`);
  else run();
}

/** The menu of a DAG. @param {any} dag @param {() => void} reload @returns {import('./menu.js').MenuItem[]} */
export function actionItems(dag, reload) {
  /** @type {import('./menu.js').MenuItem[]} */
  const items = [];
  const add = (/** @type {string} */ action, /** @type {string} */ icon) => {
    const reason = mayDo(action, dag);

    items.push({ label: text.actions[action], icon, reason: reason || undefined, run: () => act(action, dag.name).then(reload) });
  };

  if (isOperator.value) {
    add('start', 'start');
    add('stop', 'stop');
    add(dag.is_suspended ? 'resume' : 'suspend', dag.is_suspended ? 'start' : 'suspend');
    add('restart', 'restart');
  }
  items.push({ label: text.actions.why, icon: 'help', href: `/dags/${dag.name}?panel=why`, line: items.length > 0 });
  items.push({ label: text.actions.letters, icon: 'letters', href: `/dags/${dag.name}/dead-letters` });
  if (isAdmin.value) {
    items.push({ label: text.actions.edit, icon: 'edit', href: `/dags/${dag.name}/edit`, line: true });
    items.push({ label: text.actions.clone, icon: 'clone', href: `/dags/${dag.name}?panel=clone` });
    items.push({ label: text.actions.delete, icon: 'delete', danger: true, run: () => remove(dag.name, reload) });
  }
  return items;
}

/** After a DAG is gone. */
export function leaveDag() {
  go('/');
}
