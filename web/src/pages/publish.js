// publish.js - a message by hand: to a subscriber's source, into this DAG alone, or one step at a time.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, call, get, path, post, query } from '../app/api.js';
import { count, short } from '../app/format.js';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { Dialog, close, show } from '../parts/dialog.js';
import { Check, Field, SelectField, TextField } from '../parts/field.js';
import { Glyph, Icon } from '../parts/icon.js';
import { Json } from '../parts/json.js';
import { useFetch } from '../parts/states.js';
import { REPEAT_MAX, onOneLine, publishMany } from './publish_many.js';

const words = text.publish;

/** @param {string} name @param {string} [subscriber] */
export function openPublish(name, subscriber) {
  show(() => html`<${Publish} name=${name} first=${subscriber ?? ''} isStep=${false} />`);
}

/** @param {string} name */
export function openStep(name) {
  show(() => html`<${Publish} name=${name} first="" isStep=${true} />`);
}

/** The place of a JSON mistake. @param {string} source */
function mistake(source) {
  try {
    JSON.parse(source);
    return '';
  } catch (error) {
    return String(/** @type {Error} */ (error).message);
  }
}

/** @param {{ name: string, first: string, isStep: boolean }} props */
function Publish({ name, first, isStep }) {
  const details = useFetch(() => get(path`/dags/${name}/details`), [name]);
  const subscribers = Object.values(details.data?.subscribers ?? {});
  const [chosen, choose] = useState(first);
  const [source, setSource] = useState('{}');
  const [isLines, setLines] = useState(false);
  const [inject, setInject] = useState(false);
  const [result, setResult] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {ApiError | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const [repeat, setRepeat] = useState('1');
  const [every, setEvery] = useState('0');
  const [progress, setProgress] = useState(/** @type {{ accepted: number, rate: number } | null} */ (null));
  const sending = useRef(/** @type {AbortController | null} */ (null));
  const target = /** @type {any} */ (subscribers.find((/** @type {any} */ part) => part.name === chosen) ?? subscribers[0]);
  const problem = isLines ? source.split('\n').map((line, i) => (line.trim() && mistake(line) ? words.line(i + 1, mistake(line)) : '')).find(Boolean) : mistake(source);

  const times = /^\d{1,6}$/.test(repeat.trim()) && Number(repeat) >= 1 && Number(repeat) <= REPEAT_MAX ? Number(repeat) : null;
  const pauseMs = /^\d{1,7}$/.test(every.trim()) ? Number(every) : null;
  const isMany = !isStep && times !== 1;
  const isBad = !target || Boolean(problem) || (!isStep && (times === null || (isMany && pauseMs === null)));

  useEffect(() => setError(null), [source, chosen, isLines]);
  useEffect(() => () => sending.current?.abort(), []);
  const send = async (/** @type {string} */ body, /** @type {string} */ type) => (await call('POST', path`/dags/${name}/subscribers/${target.name}/messages` + query({ inject: inject || !target.is_publishable }), { body, type })).body;
  const sendMany = async () => {
    const lines = isLines ? source.split('\n').map((line) => line.trim()).filter(Boolean) : [onOneLine(source)];
    const control = new AbortController();

    sending.current = control;
    setProgress({ accepted: 0, rate: 0 });
    try {
      const last = await publishMany({ lines, repeat: times ?? 1, every: pauseMs ?? 0, send: (ndjson) => send(ndjson, 'application/x-ndjson'), onProgress: (accepted, rate) => setProgress({ accepted, rate }), signal: control.signal });

      setResult(last && { ...last, wanted: lines.length * (times ?? 1), isHalted: control.signal.aborted });
    } finally {
      sending.current = null;
    }
  };
  const submit = async () => {
    if (isBad || isBusy) return;
    setBusy(true);
    setError(null);
    setResult(null);
    setProgress(null);
    try {
      if (isStep) setResult(await post(path`/dags/${name}/step` + query({ subscriber: target.name }), source));
      else if (isMany) await sendMany();
      else setResult(await send(isLines ? `${source.trim()}\n` : source, isLines ? 'application/x-ndjson' : 'application/json'));
    } catch (reason) {
      setError(/** @type {any} */ (reason));
    }
    setBusy(false);
  };

  return html`<${Dialog}
    wide
    title=${isStep ? words.stepTitle : words.title}
    note=${isStep ? words.stepNote : name}
    onSubmit=${submit}
    side=${html`<h3>${words.result}</h3>${error ? html`<p class="note note--failed"><${Glyph} name="failed" tone="failed" />${error.message}</p>` : result ? (isStep ? html`<${Stepped} result=${result} />` : html`<${Accepted} result=${result} total=${progress?.accepted ?? result.accepted} />`) : progress ? html`<${Progress} ...${progress} wanted=${(times ?? 1) * (isLines ? source.split('\n').filter((line) => line.trim()).length : 1)} />` : html`<p class="muted">${isStep ? words.stepHelp : words.help}</p>`}`}
    foot=${html`<span class="spacer"></span><button class="button" type="button" onClick=${close}>${text.common.close}</button>
      ${isBusy && isMany && html`<button class="button" type="button" onClick=${() => sending.current?.abort()}><${Icon} name="stop" />${words.halt}</button>`}
      <button class="button button--primary" type="submit" disabled=${isBusy || isBad}><${Icon} name=${isStep ? 'step' : 'publish'} />${isStep ? words.step : words.submit}</button>`}
  >
    <${SelectField} label=${words.to} value=${target?.name ?? ''} onInput=${choose} options=${subscribers.map((/** @type {any} */ part) => ({ value: part.name, label: part.source ? `${part.name} · ${part.source}` : part.name }))} />
    <${Field} label=${words.message} for="message" problem=${problem} help=${isLines ? words.linesHelp : ''}>
      <textarea id="message" class="input mono" rows="10" spellcheck=${false} value=${source} aria-invalid=${problem ? 'true' : undefined} aria-describedby="message-help" onInput=${(/** @type {any} */ event) => setSource(event.target.value)}></textarea>
    <//>
    ${!isStep &&
    html`<div class="field-row">
        <${TextField} label=${words.repeat} value=${repeat} onInput=${setRepeat} inputMode="numeric" maxLength=${6} problem=${times === null ? words.badRepeat(count(REPEAT_MAX)) : ''} />
        <${TextField} label=${words.every} value=${every} onInput=${setEvery} inputMode="numeric" maxLength=${7} disabled=${times === 1} problem=${pauseMs === null ? words.badEvery : ''} help=${words.everyHelp} />
      </div>
      <${Check} label=${words.lines} checked=${isLines} onInput=${setLines} />
      <${Check} label=${words.inject} help=${target && !target.is_publishable ? words.injectOnly : words.injectHelp} checked=${inject || (target && !target.is_publishable)} disabled=${target && !target.is_publishable} onInput=${setInject} />`}
  <//>`;
}

/** @param {{ result: any, total: number }} props */
function Accepted({ result, total }) {
  if (result.isHalted) return html`<p class="note"><${Glyph} name="stopped" tone="stopped" />${words.halted(count(total), count(result.wanted))}</p>`;
  return html`<p class="note"><${Glyph} name="done" tone="done" />${words.accepted(total, result.is_safe)}${result.sequence ? ` · ${words.sequence(count(result.sequence))}` : ''}</p>`;
}

/** @param {{ accepted: number, rate: number, wanted: number }} props */
function Progress({ accepted, rate, wanted }) {
  return html`<div class="sending">
    <progress value=${accepted} max=${wanted} aria-label=${words.result}></progress>
    <p>${words.progress(count(accepted), count(wanted))} <span class="muted">${short(rate)}/s</span></p>
  </div>`;
}

/** @param {{ result: any }} props */
function Stepped({ result }) {
  return html`<ol class="steps">
    ${result.nodes
      .filter((/** @type {any} */ node) => node.woken)
      .map((/** @type {any} */ node) => html`<li><h3>${node.name} <span class="muted">${node.type}</span></h3>${node.error ? html`<p class="note note--failed">${node.error}</p>` : html`<${Json} value=${node.output} label=${node.name} />`}</li>`)}
    ${result.publishers.map((/** @type {any} */ publisher) => html`<li><h3>${words.wouldGet(publisher.name)}</h3>${publisher.messages.length ? publisher.messages.map((/** @type {any} */ message) => html`<${Json} value=${message} label=${publisher.name} />`) : html`<p class="muted">${words.nothing}</p>`}</li>`)}
    ${result.dead_letters.map((/** @type {any} */ letter) => html`<li><h3 class="text-failed">${words.letter}</h3><${Json} value=${letter} label=${words.letter} /></li>`)}
  </ol>`;
}
