// code.js - the JSON editor: CodeMirror in a shadow root, so that its styles are adopted sheets (our CSP allows no others).
import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { HighlightStyle, bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const colors = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-key)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: 'var(--code-punctuation)' },
]);
const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text-default)', backgroundColor: 'var(--surface-sunken)', fontSize: '12px' },
  '.cm-scroller': { fontFamily: 'var(--font-code)', lineHeight: '18px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': { caretColor: 'var(--text-strong)' },
  '.cm-cursor': { borderLeftColor: 'var(--text-strong)' },
  '.cm-gutters': { backgroundColor: 'var(--surface-sunken)', color: 'var(--text-muted)', borderRight: '1px solid var(--line-subtle)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--code-line-active)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--code-selection)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--code-selection)', outline: 'none' },
  '.cm-tooltip, .cm-panels': { backgroundColor: 'var(--surface-raised)', color: 'var(--text-default)', border: '1px solid var(--line-default)' },
  '.cm-panel input, .cm-panel button': { backgroundColor: 'var(--surface-panel)', color: 'var(--text-strong)', border: '1px solid var(--line-field)', backgroundImage: 'none' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--surface-hover)', border: '0', color: 'var(--text-muted)' },
  '.cm-searchMatch': { backgroundColor: 'var(--state-warning-soft)' },
});

/**
 * @param {HTMLElement} host
 * @param {{ source: string, label: string, onChange: (source: string) => void, isReadOnly?: boolean, onSave: () => void, onUndo: () => void, onRedo: () => void }} options
 */
export function makeCode(host, options) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const writable = new Compartment();
  let isSetting = false;

  root.replaceChildren();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.source,
      extensions: [
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of('  '),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        search({ top: true }),
        json(),
        syntaxHighlighting(colors),
        look,
        writable.of(EditorState.readOnly.of(Boolean(options.isReadOnly))),
        EditorView.contentAttributes.of({ 'aria-label': options.label, tabindex: '0' }),
        keymap.of([
          { key: 'Mod-s', run: () => (options.onSave(), true) },
          { key: 'Mod-z', run: () => (options.onUndo(), true) },
          { key: 'Mod-y', run: () => (options.onRedo(), true) },
          { key: 'Mod-Shift-z', run: () => (options.onRedo(), true) },
          ...closeBracketsKeymap,
          ...searchKeymap,
          ...foldKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !isSetting) options.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });

  return {
    /** Shows another text; the cursor stays where it can. @param {string} source */
    set(source) {
      const now = view.state.doc.toString();

      if (now === source) return;
      let begin = 0;
      let end = 0;
      const most = Math.min(now.length, source.length);

      while (begin < most && now[begin] === source[begin]) begin++;
      while (end < most - begin && now[now.length - 1 - end] === source[source.length - 1 - end]) end++;
      isSetting = true;
      view.dispatch({ changes: { from: begin, to: now.length - end, insert: source.slice(begin, source.length - end) } });
      isSetting = false;
    },
    /** @param {{ line: number, column: number, message: string, severity: string }[]} problems */
    mark(problems) {
      const { doc } = view.state;
      const at = (/** @type {number} */ line, /** @type {number} */ column) => {
        const row = doc.line(Math.max(1, Math.min(doc.lines, line)));

        return Math.min(row.to, row.from + Math.max(0, column - 1));
      };

      view.dispatch(
        setDiagnostics(
          view.state,
          problems.map((problem) => {
            const from = at(problem.line, problem.column);

            return { from, to: Math.max(from, Math.min(doc.lineAt(from).to, from + 1)), severity: problem.severity === 'error' ? 'error' : 'warning', message: problem.message };
          }),
        ),
      );
    },
    /** @param {number} line @param {number} column */
    go(line, column) {
      const row = view.state.doc.line(Math.max(1, Math.min(view.state.doc.lines, line)));

      view.dispatch({ selection: { anchor: Math.min(row.to, row.from + Math.max(0, column - 1)) }, effects: EditorView.scrollIntoView(row.from, { y: 'center' }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
