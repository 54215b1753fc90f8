// publish.js - a message by hand: to a subscriber's source, into this DAG alone, or one step at a time.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, call, get, path, post, query } from '../app/api.js';
import { count } from '../app/format.js';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { Dialog, close, show } from '../parts/dialog.js';
import { Check, Field, SelectField } from '../parts/field.js';
import { Glyph, Icon } from '../parts/icon.js';
import { Json } from '../parts/json.js';
import { useFetch } from '../parts/states.js';

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
  const target = /** @type {any} */ (subscribers.find((/** @type {any} */ part) => part.name === chosen) ?? subscribers[0]);
  const problem = isLines ? source.split('\n').map((line, i) => (line.trim() && mistake(line) ? words.line(i + 1, mistake(line)) : '')).find(Boolean) : mistake(source);

  useEffect(() => setError(null), [source, chosen, isLines]);
  const submit = async () => {
    if (!target || problem) return;
    setBusy(true);
    setError(null);
    try {
      if (isStep) setResult(await post(path`/dags/${name}/step` + query({ subscriber: target.name }), source));
      else
        setResult(
          (
            await call('POST', path`/dags/${name}/subscribers/${target.name}/messages` + query({ inject: inject || !target.is_publishable }), {
              body: isLines ? `${source.trim()}\n` : source,
              type: isLines ? 'application/x-ndjson' : 'application/json',
            })
          ).body,
        );
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
    side=${html`<h3>${words.result}</h3>${error ? html`<p class="note note--failed"><${Glyph} name="failed" tone="failed" />${error.message}</p>` : result ? (isStep ? html`<${Stepped} result=${result} />` : html`<p class="note"><${Glyph} name="done" tone="done" />${words.accepted(result.accepted, result.is_safe)}${result.sequence ? ` · ${words.sequence(count(result.sequence))}` : ''}</p>`) : html`<p class="muted">${isStep ? words.stepHelp : words.help}</p>`}`}
    foot=${html`<span class="spacer"></span><button class="button" type="button" onClick=${close}>${text.common.close}</button>
      <button class="button button--primary" type="submit" disabled=${isBusy || !target || Boolean(problem)}><${Icon} name=${isStep ? 'step' : 'publish'} />${isStep ? words.step : words.submit}</button>`}
  >
    <${SelectField} label=${words.to} value=${target?.name ?? ''} onInput=${choose} options=${subscribers.map((/** @type {any} */ part) => ({ value: part.name, label: part.source ? `${part.name} · ${part.source}` : part.name }))} />
    <${Field} label=${words.message} for="message" problem=${problem} help=${isLines ? words.linesHelp : ''}>
      <textarea id="message" class="input mono" rows="10" spellcheck=${false} value=${source} aria-invalid=${problem ? 'true' : undefined} aria-describedby="message-help" onInput=${(/** @type {any} */ event) => setSource(event.target.value)}></textarea>
    <//>
    ${!isStep &&
    html`<${Check} label=${words.lines} checked=${isLines} onInput=${setLines} />
      <${Check} label=${words.inject} help=${target && !target.is_publishable ? words.injectOnly : words.injectHelp} checked=${inject || (target && !target.is_publishable)} disabled=${target && !target.is_publishable} onInput=${setInject} />`}
  <//>`;
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
