// form.js - a form from a JSON Schema; there is none written by hand for any type.
import { useId, useState } from 'preact/hooks';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { Check, Field, SelectField } from '../parts/field.js';

const words = text.editor;

/** What a value is shown and typed as. @param {any} schema */
function widgetOf(schema) {
  const types = [schema.type].flat();

  if (schema.enum) return 'choice';
  if (types.includes('boolean')) return 'check';
  if (types.includes('array') && (!schema.items || [schema.items.type].flat().includes('string'))) return 'list';
  if (types.includes('integer') || types.includes('number')) return types.includes('string') ? 'text' : 'number';
  if (types.includes('string')) return schema['x-ui']?.secret ? 'secret' : 'text';
  return 'json';
}

/** @param {{ name: string, schema: any, value: any, isRequired: boolean, problem?: string, onChange: (value: any) => void }} props */
function Property({ name, schema, value, isRequired, problem, onChange }) {
  const id = useId();
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const [mistake, setMistake] = useState('');
  const widget = widgetOf(schema);
  const help = schema.description ?? schema['x-ui']?.help;
  const label = html`<code>${name}</code>`;
  const optional = isRequired ? undefined : text.common.optional;
  const hint = schema.default === undefined || schema.default === null ? '' : String(typeof schema.default === 'object' ? JSON.stringify(schema.default) : schema.default);

  if (widget === 'check') return html`<${Check} label=${label} help=${help} checked=${value ?? schema.default ?? false} onInput=${onChange} />`;
  if (widget === 'choice')
    return html`<${SelectField}
      label=${label}
      help=${help}
      problem=${problem}
      value=${value === undefined ? '' : String(value)}
      onInput=${(/** @type {string} */ next) => onChange(next === '' ? undefined : schema.enum.find((/** @type {any} */ one) => String(one) === next))}
      options=${[...(isRequired && value !== undefined ? [] : [{ value: '', label: hint ? words.byDefault(hint) : words.notSet }]), ...schema.enum.map((/** @type {any} */ one) => ({ value: String(one), label: String(one) }))]}
    />`;
  const shown = typed ?? (value === undefined ? '' : widget === 'list' && Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value));
  const take = (/** @type {string} */ next) => {
    setTyped(next);
    setMistake('');
    if (next.trim() === '') onChange(undefined);
    else if (widget === 'list') onChange(next.split(',').map((one) => one.trim()).filter(Boolean));
    else if (widget === 'number') Number.isFinite(Number(next)) ? onChange(Number(next)) : setMistake(words.noNumber);
    else if (widget === 'json') {
      try {
        onChange(JSON.parse(next));
      } catch (error) {
        setMistake(String(/** @type {Error} */ (error).message));
      }
    } else onChange(next);
  };
  const shared = { id, value: shown, placeholder: hint, spellcheck: false, 'aria-invalid': mistake || problem ? 'true' : undefined, 'aria-describedby': `${id}-help`, onInput: (/** @type {any} */ event) => take(event.target.value), onBlur: () => setTyped(null) };

  return html`<${Field} label=${label} for=${id} optional=${optional} help=${help ?? (widget === 'list' ? words.listHelp : '')} problem=${mistake || problem}>
    ${widget === 'json'
      ? html`<textarea class="input mono" rows=${Math.min(8, shown.split('\n').length + 1)} ...${shared}></textarea>`
      : html`<input class="input ${widget === 'list' ? 'mono' : ''}" type=${widget === 'secret' ? 'password' : 'text'} inputmode=${widget === 'number' ? 'decimal' : undefined} autocomplete="off" ...${shared} />`}
  <//>`;
}

/** @param {{ schema: any, value: any, problems?: Record<string, string>, onChange: (name: string, value: any) => void, skip?: string[] }} props */
export function SchemaForm({ schema, value, problems = {}, onChange, skip = [] }) {
  const required = new Set(schema?.required ?? []);
  const names = Object.keys(schema?.properties ?? {}).filter((name) => !skip.includes(name));
  const order = (/** @type {string} */ name) => schema.properties[name]['x-ui']?.order ?? 1000;
  const main = names.filter((name) => required.has(name) || value?.[name] !== undefined).sort((a, b) => order(a) - order(b));
  const rest = names.filter((name) => !main.includes(name)).sort((a, b) => order(a) - order(b));
  const field = (/** @type {string} */ name) => html`<${Property} key=${name} name=${name} schema=${schema.properties[name]} value=${value?.[name]} isRequired=${required.has(name)} problem=${problems[name]} onChange=${(/** @type {any} */ next) => onChange(name, next)} />`;

  return html`${main.map(field)}${rest.length > 0 && html`<details class="more-options"><summary>${words.moreOptions(rest.length)}</summary><div class="stack">${rest.map(field)}</div></details>`}`;
}
