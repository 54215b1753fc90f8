// editor.js - the editor: canvas and JSON on one draft, forms from the server's schemas, its validation at the place.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { call, get, path, post } from '../app/api.js';
import { html } from '../app/html.js';
import { go, guard, place, setQuery } from '../app/router.js';
import { text } from '../app/text.js';
import { complain, tell, warn } from '../app/toast.js';
import { add, connect, copied, disconnect, nodeOfPointer, paste, removeNode } from '../editor/changes.js';
import { Draft, write } from '../editor/draft.js';
import { Palette } from '../editor/palette.js';
import { Properties } from '../editor/properties.js';
import { openSave } from '../editor/save.js';
import { Canvas } from '../graph/canvas.js';
import { layoutOf } from '../graph/layout.js';
import { modelOfDefinition } from '../graph/model.js';
import { openDialog } from '../parts/dialog.js';
import { Segmented } from '../parts/field.js';
import { Glyph, Icon } from '../parts/icon.js';
import { Failed, Skeleton, useFetch } from '../parts/states.js';
import { CanvasTools, likedDirection, saveLayout, withMoved } from './dag_graph.js';

const words = text.editor;
const VALIDATE_MS = 300;
const BLANK = { name: 'new_dag', subscribers: [], publishers: [], calculators: [], transformers: [], nodes: [], edges: [] };

/** @typedef {{ pointer: string, line: number, column: number, code: string, message: string, severity: string, suggestion?: string | null }} Problem */

/** @param {{ name?: string }} props */
export default function Editor({ name }) {
  const loaded = useFetch(async () => {
    const [definition, components, layout] = await Promise.all([
      name ? call('GET', path`/dags/${name}`) : Promise.resolve({ text: firstText(), etag: '' }),
      get('/components'),
      name ? get(path`/dags/${name}/layout`).catch(() => ({})) : Promise.resolve({}),
    ]);

    return { definition, components: components.items, layout: layout ?? {} };
  }, [name]);

  if (!loaded.data) return html`<main id="main" class="page">${loaded.error ? html`<${Failed} error=${loaded.error} retry=${loaded.reload} />` : html`<${Skeleton} lines=${10} />`}</main>`;
  return html`<${Desk} name=${name ?? null} ...${loaded.data} />`;
}

/** What a new draft begins with: an uploaded file, or a blank definition. */
function firstText() {
  const upload = place.value.query.get('from') === 'upload' ? JSON.parse(sessionStorage.getItem('dagd.upload') ?? 'null') : null;

  return upload?.text ?? write(BLANK);
}

/** @param {{ name: string | null, definition: { text: string, etag: string }, components: any[], layout: any }} props */
function Desk({ name, definition, components, layout }) {
  const draft = useMemo(() => new Draft(name ?? '*new*', definition.text, { base: definition.text, revision: definition.etag }), [name]);
  const [problems, setProblems] = useState(/** @type {Problem[]} */ ([]));
  const [selected, setSelected] = useState(/** @type {string[]} */ ([]));
  const [edge, setEdge] = useState(/** @type {string | null} */ (null));
  const [isReady, setReady] = useState(false);
  const code = useRef(/** @type {any} */ (null));
  const palette = useRef(/** @type {HTMLInputElement | null} */ (null));
  const view = place.value.query.get('view') ?? 'graph';
  const source = draft.source.value;
  const { doc, problem } = draft.parsed.value;
  const isFrozen = doc === null;
  const shown = draft.good;
  const node = selected.length === 1 ? selected[0] : null;
  const errors = problems.filter((one) => one.severity !== 'warning' && one.severity !== 'note');
  const select = (/** @type {string | null} */ which) => {
    setEdge(null);
    setSelected(which ? [which] : []);
  };

  useEffect(() => {
    guard.isDirty = () => draft.isDirty.peek();
    guard.ask = () => confirm(words.leave);
    if (place.value.query.get('from') === 'upload' && !name) draft.base.value = write(BLANK);
    return () => {
      guard.isDirty = null;
      draft.close();
    };
  }, [draft]);
  useEffect(() => {
    const control = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const reply = await post('/validate', source, { signal: control.signal });

        setProblems(reply.problems);
        setReady(true);
      } catch (error) {
        const more = /** @type {any} */ (error).errors;

        if (more?.length) setProblems(more);
        else if (!control.signal.aborted) setReady(false);
      }
    }, VALIDATE_MS);

    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [source]);
  const save = () => {
    if (openDialog.value) return;
    if (errors.length) {
      goTo(errors[0]);
      warn(words.firstProblem, errors[0].message);
      return;
    }
    openSave({
      draft,
      name,
      onSaved: (saved, etag) => {
        draft.settle(draft.source.peek(), etag);
        guard.isDirty = null;
        go(`/dags/${saved}`);
      },
    });
  };
  const goTo = (/** @type {Problem} */ one) => {
    const which = nodeOfPointer(shown, one.pointer);

    if (which) select(which);
    if (view !== 'graph') code.current?.go(one.line, one.column);
  };
  const addComponent = (/** @type {any} */ component) => {
    let made = '';

    if (isFrozen) return;
    draft.change((copy) => {
      made = add(copy, component);
      if (made && node && component.kind !== 'subscriber') connect(copy, node, made);
    });
    if (made) select(made);
    else tell(words.added(component.type));
  };
  const removeSelected = () => {
    if (isFrozen) return;
    if (edge) {
      const line = shown.edges.find((/** @type {any} */ one) => `${one.from_node}_to_${one.to_node}` === edge);

      if (line) draft.change((copy) => disconnect(copy, line.from_node, line.to_node));
    } else if (selected.length) draft.change((copy) => selected.forEach((which) => removeNode(copy, which)));
    select(null);
  };

  useEffect(() => {
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      const isTyping = /** @type {Element} */ (event.target).closest('input, textarea, select, .editor-text') !== null;
      const isCommand = event.ctrlKey || event.metaKey;

      if (openDialog.value) return;
      if (isCommand && event.key === 's') save();
      else if (isTyping) return;
      else if (isCommand && event.key === 'z' && !event.shiftKey) draft.undo();
      else if (isCommand && (event.key === 'y' || (event.key === 'z' && event.shiftKey))) draft.redo();
      else if (isCommand && event.key === 'c' && selected.length && !String(getSelection())) navigator.clipboard.writeText(JSON.stringify(copied(shown, selected), null, 2)).then(() => tell(text.common.copied));
      else if (isCommand && event.key === 'a') setSelected(shown.nodes.map((/** @type {any} */ one) => one.name));
      else if (event.key === 'Delete' || event.key === 'Backspace') removeSelected();
      else if (event.key.toLowerCase() === 'a' && !isCommand) palette.current?.focus();
      else return;
      event.preventDefault();
    };
    const onPaste = (/** @type {ClipboardEvent} */ event) => {
      if (/** @type {Element} */ (event.target).closest?.('input, textarea, .editor-text') || isFrozen) return;
      try {
        const clip = JSON.parse(event.clipboardData?.getData('text') ?? '');
        /** @type {string[]} */
        let names = [];

        if (clip.dagd !== 'nodes') return;
        draft.change((copy) => (names = paste(copy, clip)));
        setSelected(names);
      } catch {
        warn(words.noNodes);
      }
    };

    document.addEventListener('keydown', onKey);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('paste', onPaste);
    };
  });

  return html`<main id="main" class="editor">
    <header class="editor-head">
      <a class="crumb" href=${name ? `/dags/${name}` : '/'}>${name ?? text.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
      <h1 class="truncate">${name ? words.title : words.newTitle}</h1>
      <span class="muted hide-phone">${draft.isDirty.value ? words.unsaved : words.same}</span>
      <span class="spacer"></span>
      <${Segmented} label=${words.views} value=${view} onInput=${(/** @type {string} */ next) => setQuery({ view: next })} options=${['graph', 'json', 'both'].map((value) => ({ value, label: words.viewNames[value] }))} />
      <div class="button-row">
        <button class="button button--icon" type="button" aria-label=${words.undo} disabled=${draft.steps.value >= 0 && draft.past.length === 0} onClick=${() => draft.undo()}><${Icon} name="undo" /></button>
        <button class="button button--icon" type="button" aria-label=${words.redo} disabled=${draft.steps.value >= 0 && draft.future.length === 0} onClick=${() => draft.redo()}><${Icon} name="redo" /></button>
        <button class="button button--primary" type="button" disabled=${!draft.isDirty.value && name !== null} onClick=${save}><${Icon} name="check" />${text.common.save}</button>
      </div>
    </header>
    ${draft.isRestored && draft.isDirty.value && html`<div class="banner banner--waiting" role="status"><${Glyph} name="waiting" tone="waiting" />${draft.isBehind ? words.restoredOld : words.restored}<span class="spacer"></span><button class="button button--small" type="button" onClick=${() => draft.settle(definition.text, definition.etag)}>${words.throwAway}</button></div>`}
    <div class="editor-body editor-body--${view}">
      <${Palette} components=${components} onAdd=${addComponent} inputRef=${palette} />
      <div class="editor-work">
        ${view !== 'json' && html`<${Board} draft=${draft} doc=${shown} name=${name} layout=${layout} problems=${problems} components=${components} isFrozen=${isFrozen} frozenBy=${problem} selected=${selected} edge=${edge} onSelect=${select} onSelectMany=${setSelected} onSelectEdge=${(/** @type {string} */ which) => { setSelected([]); setEdge(which); }} onAdd=${addComponent} />`}
        ${view !== 'graph' && html`<${CodePane} draft=${draft} problems=${problems} code=${code} onSave=${save} />`}
      </div>
      <aside class="editor-side" aria-label=${words.properties}><${Properties} draft=${draft} doc=${shown} node=${node} edge=${edge} components=${components} problems=${problems} onSelect=${select} /></aside>
    </div>
    <${ProblemList} problems=${problems} isReady=${isReady} onOpen=${goTo} />
  </main>`;
}

/** @param {any} props */
function Board({ draft, doc, name, layout, problems, components, isFrozen, frozenBy, selected, edge, onSelect, onSelectEdge, onAdd }) {
  const svg = useRef(/** @type {SVGSVGElement | null} */ (null));
  const canvas = useRef(/** @type {Canvas | null} */ (null));
  const moved = useRef(/** @type {any} */ ({ LR: {}, TB: {}, ...layout }));
  const [direction, setDirection] = useState(likedDirection());
  const [view, setView] = useState({ zoom: 1 });
  const isNarrow = place.value.query.get('view') === 'both';
  const handlers = useRef(/** @type {any} */ ({}));
  const model = useMemo(() => {
    const made = modelOfDefinition(doc);
    const bad = new Set(problems.filter((/** @type {any} */ one) => one.severity === 'error').map((/** @type {any} */ one) => nodeOfPointer(doc, one.pointer)));

    for (const node of made.nodes) node.mark = bad.has(node.name) ? 'problem' : '';
    return made;
  }, [doc, problems]);

  handlers.current = { onSelect, onSelectEdge, draft, direction, name };
  useEffect(() => {
    const now = () => handlers.current;
    const made = new Canvas(/** @type {SVGSVGElement} */ (svg.current), {
      isEditor: true,
      onSelect: (which) => now().onSelect(which),
      onSelectEdge: (which) => now().onSelectEdge(which),
      onConnect: (from, to) => now().draft.change((/** @type {any} */ copy) => connect(copy, from, to)),
      onMove: (which, at) => {
        moved.current[now().direction] = { ...moved.current[now().direction], [which]: at };
        if (now().name) saveLayout(now().name, moved.current).catch((error) => complain(words.layoutNotKept, error));
      },
      onView: setView,
    });

    canvas.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => setDirection(isNarrow ? 'TB' : likedDirection()), [isNarrow]);
  useEffect(() => {
    let isCurrent = true;
    const made = /** @type {Canvas} */ (canvas.current);

    layoutOf(model.nodes, model.edges, direction, made.size).then(({ places }) => {
      if (!isCurrent) return;
      made.draw(model, withMoved(moved.current, direction, { ...places }), direction);
      made.select(selected[0] ?? null);
    });
    return () => {
      isCurrent = false;
    };
  }, [model, direction]);
  useEffect(() => {
    if (edge) canvas.current?.selectEdge(edge);
    else canvas.current?.select(selected[0] ?? null, { reveal: true });
  }, [selected, edge]);
  const drop = (/** @type {DragEvent} */ event) => {
    const [kind, type] = (event.dataTransfer?.getData('application/x-dagd-component') ?? '').split(' ');
    const component = components.find((/** @type {any} */ one) => one.kind === kind && one.type === type);

    event.preventDefault();
    if (component) onAdd(component);
  };

  return html`<div class="canvas ${isFrozen ? 'canvas--frozen' : ''}" onDragOver=${(/** @type {Event} */ event) => event.preventDefault()} onDrop=${drop}>
    <svg class="graph" ref=${svg} role="group" aria-label=${text.graph.of(doc.name ?? '')}></svg>
    ${isFrozen && html`<p class="note note--warning frozen-note" role="status"><${Glyph} name="warning" tone="warning" />${words.frozen(frozenBy)}</p>`}
    ${model.nodes.length === 0 && html`<p class="board-hint muted">${words.boardHint}</p>`}
    <${CanvasTools} canvas=${canvas.current} zoom=${view.zoom} direction=${direction} onTurn=${() => setDirection(direction === 'LR' ? 'TB' : 'LR')} />
  </div>`;
}

/** @param {{ draft: Draft, problems: Problem[], code: any, onSave: () => void }} props */
function CodePane({ draft, problems, code, onSave }) {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [isThere, setThere] = useState(false);
  const save = useRef(onSave);

  save.current = onSave;
  useEffect(() => {
    let isCurrent = true;

    import('../editor/code.js').then(({ makeCode }) => {
      if (!isCurrent || !host.current) return;
      code.current = makeCode(host.current, {
        source: draft.source.peek(),
        label: words.json,
        onChange: (source) => draft.set(source, true),
        onSave: () => save.current(),
        onUndo: () => draft.undo(),
        onRedo: () => draft.redo(),
      });
      setThere(true);
    });
    return () => {
      isCurrent = false;
      code.current?.destroy();
      code.current = null;
    };
  }, [draft]);
  useEffect(() => code.current?.set(draft.source.value), [draft.source.value, isThere]);
  useEffect(() => code.current?.mark(problems), [problems, isThere]);
  return html`<div class="editor-text" ref=${host}></div>`;
}

/** @param {{ problems: Problem[], isReady: boolean, onOpen: (problem: Problem) => void }} props */
function ProblemList({ problems, isReady, onOpen }) {
  const shown = problems.filter((one) => one.severity !== 'note');

  return html`<section class="problems" aria-label=${words.problems}>
    <header class="row"><h2>${words.problems}</h2><span class="count-pill ${shown.length ? 'count-pill--failed' : ''}">${shown.length}</span>${shown.length === 0 && isReady && html`<span class="muted row"><${Glyph} name="done" tone="done" />${words.good}</span>`}</header>
    ${shown.length > 0 &&
    html`<ul>
      ${shown.map(
        (one) => html`<li key=${`${one.pointer} ${one.code}`}><button type="button" onClick=${() => onOpen(one)}>
          <${Glyph} name=${one.severity === 'warning' ? 'warning' : 'failed'} tone=${one.severity === 'warning' ? 'warning' : 'failed'} /><span>${one.message}${one.suggestion && html` <b>${words.suggestion(one.suggestion)}</b>`}</span>
          <span class="muted mono hide-phone">${one.pointer}</span><span class="muted">${words.line(one.line)}</span></button></li>`,
      )}
    </ul>`}
  </section>`;
}
