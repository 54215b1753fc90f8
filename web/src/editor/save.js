// save.js - saving: what a live change means is shown first; a conflict shows both sides against their common base.
import { useState } from 'preact/hooks';
import { ApiError, call, path, post, query } from '../app/api.js';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { tell } from '../app/toast.js';
import { Dialog, close, show } from '../parts/dialog.js';
import { Diff } from '../parts/diff.js';
import { Check } from '../parts/field.js';
import { Glyph, Icon } from '../parts/icon.js';
import { Loaded, useFetch } from '../parts/states.js';
import { lineDiff } from './line_diff.js';

const words = text.editor;

/** @param {{ draft: import('./draft.js').Draft, name: string | null, onSaved: (name: string, etag: string) => void }} options `name` null: a new DAG */
export function openSave(options) {
  show(() => (options.name ? html`<${SaveChange} ...${options} />` : html`<${SaveNew} ...${options} />`));
}

/** @param {{ error: ApiError | null }} props */
function Refused({ error }) {
  if (!error) return null;
  return html`<div class="note note--failed" role="alert"><${Glyph} name="failed" tone="failed" />
    <div>${error.message}${(error.errors ?? []).slice(0, 5).map((/** @type {any} */ problem) => html`<br /><span class="mono">${problem.pointer}</span> ${problem.message}`)}</div></div>`;
}

/** @param {any} props */
function SaveNew({ draft, onSaved }) {
  const [isStarted, setStarted] = useState(false);
  const [error, setError] = useState(/** @type {ApiError | null} */ (null));
  const name = draft.good.name ?? '';
  const submit = async () => {
    try {
      const { body, etag } = await call('POST', '/dags' + query({ start: isStarted }), { body: draft.source.peek() });

      close();
      tell(words.created(body.name));
      onSaved(body.name, etag);
    } catch (reason) {
      setError(/** @type {any} */ (reason));
    }
  };

  return html`<${Dialog} title=${words.createTitle(name)} onSubmit=${submit} foot=${html`<span class="spacer"></span><button class="button" type="button" onClick=${close}>${text.common.cancel}</button><button class="button button--primary" type="submit"><${Icon} name="check" />${words.create}</button>`}>
    <${Check} label=${text.clone.start} checked=${isStarted} onInput=${setStarted} />
    <${Refused} error=${error} />
  <//>`;
}

/** @param {any} props */
function SaveChange({ draft, name, onSaved }) {
  const plan = useFetch(() => post(path`/dags/${name}/plan`, draft.source.peek()), [name]);
  const [error, setError] = useState(/** @type {ApiError | null} */ (null));
  const send = async (/** @type {string} */ etag) => {
    try {
      const reply = await call('PUT', path`/dags/${name}`, { body: draft.source.peek(), ifMatch: etag });

      close();
      tell(words.saved(name));
      onSaved(name, reply.etag);
    } catch (reason) {
      if (reason instanceof ApiError && reason.status === 412) show(() => html`<${Conflict} draft=${draft} name=${name} onSaved=${onSaved} />`);
      else setError(/** @type {any} */ (reason));
    }
  };

  return html`<${Dialog}
    wide
    title=${words.saveTitle(name)}
    onSubmit=${() => send(draft.revision)}
    side=${html`<h3>${words.means}</h3><${Loaded} of=${plan}>${(/** @type {any} */ data) => html`<${Plan} plan=${data} />`}<//>`}
    foot=${html`<span class="spacer"></span><button class="button" type="button" onClick=${close}>${text.common.cancel}</button><button class="button button--primary" type="submit" disabled=${Boolean(plan.error)}><${Icon} name="check" />${text.common.save}</button>`}
  >
    <${Loaded} of=${plan}>${(/** @type {any} */ data) => html`<${Diff} source=${data.diff || ' '} label=${words.changes} />`}<//>
    <${Refused} error=${error} />
  <//>`;
}

/** @param {{ plan: any }} props */
function Plan({ plan }) {
  const parts = plan.parts.filter((/** @type {any} */ part) => part.action !== 'keep');
  const kept = plan.parts.length - parts.length;

  return html`<ul class="stack stack--tight plan">
    ${parts.map((/** @type {any} */ part) => html`<li><b>${part.name}</b> <span class="tag">${words.plan[part.action] ?? part.action}</span><br /><span class="muted">${part.why}</span></li>`)}
    ${kept > 0 && html`<li class="muted">${words.kept(kept)}</li>`}
  </ul>`;
}

/** Somebody saved meanwhile: theirs and ours, each against the base of the draft. @param {any} props */
function Conflict({ draft, name, onSaved }) {
  const theirs = useFetch(() => call('GET', path`/dags/${name}`), [name]);
  const base = draft.base.peek();
  const take = () => {
    draft.settle(theirs.data?.text ?? '', theirs.data?.etag ?? '');
    close();
  };
  const keep = async () => {
    const reply = await call('PUT', path`/dags/${name}`, { body: draft.source.peek(), ifMatch: theirs.data?.etag }).catch(() => null);

    if (!reply) {
      theirs.reload();
      return;
    }
    close();
    tell(words.saved(name));
    onSaved(name, reply.etag);
  };

  return html`<${Dialog}
    wide
    title=${words.conflictTitle(name)}
    note=${words.conflictNote}
    side=${html`<h3>${words.yours}</h3><${Diff} source=${lineDiff(base, draft.source.peek())} label=${words.yours} />`}
    foot=${html`<span class="spacer"></span><button class="button" type="button" onClick=${close}>${words.keepEditing}</button><button class="button" type="button" onClick=${take}>${words.takeTheirs}</button><button class="button button--primary" type="button" onClick=${keep}>${words.saveOurs}</button>`}
  >
    <h3>${words.theirs}</h3>
    <${Loaded} of=${theirs}>${(/** @type {any} */ data) => html`<${Diff} source=${lineDiff(base, data.text)} label=${words.theirs} />`}<//>
  <//>`;
}
