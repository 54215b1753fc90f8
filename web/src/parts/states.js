// states.js - loading, empty and failed: what a panel shows while it has nothing else.
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../app/api.js';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { Glyph, Icon } from './icon.js';

/** Grey bars after 150 ms, so that a quick answer doesn't flicker. @param {{ lines?: number }} props */
export function Skeleton({ lines = 4 }) {
  const [isShown, show] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => show(true), 150);

    return () => clearTimeout(timer);
  }, []);
  return html`<div class="skeleton ${isShown ? '' : 'skeleton--waiting'}" role="status" aria-label=${text.common.loading}>
    ${Array.from({ length: lines }, (_, i) => html`<span class="skeleton-line skeleton-line--${i % 3}"></span>`)}
  </div>`;
}

/** @param {{ title: string, detail?: any, children?: any, drawing?: any }} props */
export function Empty({ title, detail, children, drawing }) {
  return html`<div class="empty">
    ${drawing ?? html`<${Icon} name="tree" />`}
    <h2>${title}</h2>
    ${detail && html`<p>${detail}</p>`}
    ${children && html`<div class="button-row">${children}</div>`}
  </div>`;
}

/** @param {{ error: any, retry?: () => void }} props */
export function Failed({ error, retry }) {
  const isApi = error instanceof ApiError;

  return html`<div class="empty empty--failed" role="alert">
    <${Glyph} name="failed" tone="failed" />
    <h2>${isApi && error.status === 404 ? text.common.notFound : isApi && error.status === 403 ? text.common.notAllowed : text.common.failed}</h2>
    <p>${String(error?.message ?? error)}</p>
    ${isApi && error.requestId && html`<p class="muted mono">${error.code} · ${text.common.request} ${error.requestId}</p>`}
    <div class="button-row">
      ${isApi && error.status === 404 && html`<a class="button" href="/"><${Icon} name="back" />${text.common.allDags}</a>`}
      ${retry && html`<button class="button" type="button" onClick=${retry}><${Icon} name="restart" />${text.common.retry}</button>`}
    </div>
  </div>`;
}

/**
 * Fetches and shows; what was shown stays while it is fetched again.
 * @template T
 * @param {() => Promise<T>} fetcher
 * @param {any[]} inputs fetched again when one changes
 * @returns {{ data: T | null, error: any, isLoading: boolean, reload: () => void, setData: (data: T) => void }}
 */
export function useFetch(fetcher, inputs) {
  const [state, set] = useState(/** @type {{ data: T | null, error: any, isLoading: boolean }} */ ({ data: null, error: null, isLoading: true }));
  const [round, again] = useState(0);

  useEffect(() => {
    let isCurrent = true;

    fetcher().then(
      (data) => isCurrent && set({ data, error: null, isLoading: false }),
      (error) => isCurrent && set((old) => ({ data: error?.status === 0 ? old.data : null, error, isLoading: false })),
    );
    return () => {
      isCurrent = false;
    };
  }, [...inputs, round]);
  return { ...state, reload: () => again((n) => n + 1), setData: (data) => set({ data, error: null, isLoading: false }) };
}

/** The data, or what there is to say while there is none. @param {{ of: { data: any, error: any, reload: () => void }, lines?: number, children: (data: any) => any }} props */
export function Loaded({ of, lines, children }) {
  if (of.data) return children(of.data);
  return of.error ? html`<${Failed} error=${of.error} retry=${of.reload} />` : html`<${Skeleton} lines=${lines} />`;
}
