// clone.js - a copy with another name, window and keys; what it will do is shown before.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, call, path, post } from '../app/api.js';
import { dayTime } from '../app/format.js';
import { html } from '../app/html.js';
import { go } from '../app/router.js';
import { text } from '../app/text.js';
import { tell } from '../app/toast.js';
import { write } from '../editor/draft.js';
import { lineDiff } from '../editor/line_diff.js';
import { Dialog, close, show } from '../parts/dialog.js';
import { Check, Segmented, TextField } from '../parts/field.js';
import { Diff } from '../parts/diff.js';
import { Glyph, Icon } from '../parts/icon.js';

const words = text.clone;

/** @param {any} dag its details */
export function openClone(dag) {
  show(() => html`<${Clone} dag=${dag} />`);
}

/** A value as it was typed: JSON where it is some, else text. @param {string} typed */
function valueOf(typed) {
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}

/** What the clone would be: its name, its changes, and when it would run. @param {string} name @param {any} wish */
async function look(name, wish) {
  const [original, clone] = await Promise.all([call('GET', path`/dags/${name}`), post(path`/dags/${name}/clone` + '?dry_run=1', wish)]);
  const { runs } = await post('/validate', clone.definition);

  return { name: clone.name, runs, diff: lineDiff(write(sorted(JSON.parse(original.text))), write(sorted(clone.definition))) };
}

/** @param {string} typed */
const isTime = (typed) => /^\d\d:?\d\d$/.test(typed);

/** A copy with keys in one order, so that only what differs is shown. @param {any} value @returns {any} */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

/** @param {{ dag: any }} props */
function Clone({ dag }) {
  const [name, setName] = useState('');
  const [kind, setKind] = useState(dag.start_time ? 'same' : 'always');
  const [start, setStart] = useState(dag.start_time ?? '');
  const [end, setEnd] = useState(dag.end_time ?? '');
  const [length, setLength] = useState(dag.duration ?? '');
  const [overrides, setOverrides] = useState([{ key: '', value: '' }]);
  const [isStarted, setStarted] = useState(false);
  const [preview, setPreview] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {ApiError | null} */ (null));
  const body = () => ({
    ...(name ? { name } : {}),
    ...(kind === 'window' ? { start_time: start, ...(length ? { duration: length } : { end_time: end }) } : {}),
    overrides: Object.fromEntries(overrides.filter((item) => item.key && item.value).map((item) => [item.key, valueOf(item.value)])),
    start: isStarted,
  });
  const state = JSON.stringify(body());

  useEffect(() => {
    const timer = setTimeout(() => {
      if (kind === 'window' && (!isTime(start) || (!length && !isTime(end)))) return;
      look(dag.name, JSON.parse(state)).then((found) => {
        setPreview(found);
        setError(null);
      }, setError);
    }, 400);

    return () => clearTimeout(timer);
  }, [state]);
  const submit = async () => {
    try {
      const reply = await post(path`/dags/${dag.name}/clone`, body());

      close();
      tell(words.done(reply.name), '', { label: text.common.open, run: () => go(`/dags/${reply.name}`) });
    } catch (reason) {
      setError(/** @type {any} */ (reason));
    }
  };
  const change = (/** @type {number} */ at, /** @type {any} */ part) => {
    const next = overrides.map((item, i) => (i === at ? { ...item, ...part } : item));

    if (next[next.length - 1].key) next.push({ key: '', value: '' });
    setOverrides(next);
  };

  return html`<${Dialog}
    wide
    title=${words.title(dag.name)}
    note=${words.note}
    onSubmit=${submit}
    side=${html`<h3>${words.name}</h3><p class="strong mono">${preview?.name ?? ''}</p>
      <h3>${words.runs}</h3>
      ${preview?.runs && !preview.runs.is_always ? html`<ul class="stack stack--tight">${preview.runs.items.map((/** @type {any} */ run) => html`<li>${dayTime(run.start)}${run.end ? ` – ${dayTime(run.end)}` : ''}</li>`)}</ul>` : html`<p class="muted">${preview?.runs ? text.common.always : words.noRuns}</p>`}
      ${preview?.diff && html`<h3>${words.changes}</h3><${Diff} source=${preview.diff} label=${words.changes} />`}`}
    foot=${html`<${Check} label=${words.start} checked=${isStarted} onInput=${setStarted} /><span class="spacer"></span>
      <button class="button" type="button" onClick=${close}>${text.common.cancel}</button>
      <button class="button button--primary" type="submit" disabled=${Boolean(error)}><${Icon} name="clone" />${text.actions.clone}</button>`}
  >
    <${TextField} label=${words.name} value=${name} onInput=${setName} mono placeholder=${preview?.name ?? ''} help=${words.nameHelp} optional=${text.common.optional} />
    <div class="field">
      <span class="field-label">${words.window}</span>
      <${Segmented} label=${words.window} value=${kind} onInput=${setKind} options=${[dag.start_time ? { value: 'same', label: words.same } : { value: 'always', label: text.common.always }, { value: 'window', label: words.daily }]} />
    </div>
    ${kind === 'window' &&
    html`<div class="field-row">
      <${TextField} label=${words.from} value=${start} onInput=${setStart} placeholder="17:00" inputMode="numeric" />
      <${TextField} label=${words.to} value=${end} onInput=${setEnd} placeholder="19:30" inputMode="numeric" disabled=${Boolean(length)} />
      <${TextField} label=${words.duration} value=${length} onInput=${setLength} placeholder="2h30m" />
    </div>`}
    <fieldset class="field">
      <legend>${words.overrides}</legend>
      ${overrides.map(
        (item, i) => html`<div class="override" key=${i}>
          <input class="input mono" aria-label=${words.key} placeholder="orders.source" value=${item.key} spellcheck=${false} onInput=${(/** @type {any} */ event) => change(i, { key: event.target.value })} />
          <input class="input mono" aria-label=${words.value} placeholder="mem://queue/other" value=${item.value} spellcheck=${false} onInput=${(/** @type {any} */ event) => change(i, { value: event.target.value })} />
          <button class="button button--quiet button--icon" type="button" aria-label=${words.removeOverride} disabled=${overrides.length === 1} onClick=${() => setOverrides(overrides.filter((_, at) => at !== i))}><${Icon} name="close" small /></button>
        </div>`,
      )}
    </fieldset>
    ${error && html`<div class="note note--failed" role="alert"><${Glyph} name="failed" tone="failed" /><div>${error.message}${(error.errors ?? []).map((/** @type {any} */ problem) => html`<br /><span class="mono">${problem.pointer}</span> ${problem.message}`)}</div></div>`}
  <//>`;
}
