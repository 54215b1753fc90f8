// canvas_input.js - mouse, touch and keys on the canvas.

/** Follows pointers and keys until the element goes. @param {import('./canvas.js').Canvas} canvas */
export function listen(canvas) {
  const { svg } = canvas;
  /** @type {Map<number, [number, number]>} */
  const touches = new Map();
  /** @type {any} */
  let drag = null;

  svg.addEventListener('wheel', (event) => {
    event.preventDefault();
    if (event.ctrlKey || Math.abs(event.deltaY) > Math.abs(event.deltaX)) canvas.zoomBy(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), canvas.point(event));
    else canvas.look({ ...canvas.view, x: canvas.view.x - event.deltaX });
  }, { passive: false });
  svg.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const target = /** @type {Element} */ (event.target);
    const port = target.closest('[data-port]')?.getAttribute('data-port');
    const name = target.closest('[data-node]')?.getAttribute('data-node');
    const edge = target.closest('[data-edge]')?.getAttribute('data-edge');
    const frame = target.closest('[data-frame]')?.getAttribute('data-frame');

    touches.set(event.pointerId, canvas.point(event));
    drag = { port, name, edge, frame, from: canvas.point(event), view: canvas.view, place: name ? canvas.places[name] : null, isMoved: false };
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener('pointermove', (event) => {
    const old = touches.get(event.pointerId);

    if (!old || !drag) return;
    const at = canvas.point(event);

    if (touches.size === 2) {
      const other = /** @type {[number, number]} */ ([...touches].find(([id]) => id !== event.pointerId)?.[1]);
      const before = Math.hypot(old[0] - other[0], old[1] - other[1]);
      const after = Math.hypot(at[0] - other[0], at[1] - other[1]);

      touches.set(event.pointerId, at);
      if (before > 0) canvas.zoomBy(after / before, [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2]);
      drag.isMoved = true;
      return;
    }
    touches.set(event.pointerId, at);
    const [dx, dy] = [at[0] - drag.from[0], at[1] - drag.from[1]];

    if (!drag.isMoved && Math.hypot(dx, dy) < 4) return;
    drag.isMoved = true;
    if (drag.port && canvas.options.onConnect) canvas.drawLoose(drag.port, canvas.toWorld(at));
    else if (drag.name && canvas.options.onMove) canvas.moveNode(drag.name, [Math.round(drag.place[0] + dx / canvas.view.zoom), Math.round(drag.place[1] + dy / canvas.view.zoom)]);
    else canvas.look({ ...drag.view, x: drag.view.x + dx, y: drag.view.y + dy });
  });
  const up = (/** @type {PointerEvent} */ event) => {
    touches.delete(event.pointerId);
    if (!drag || touches.size > 0) return;
    const done = drag;

    drag = null;
    canvas.overLayer.replaceChildren();
    if (event.type === 'pointercancel') return;
    if (!done.isMoved) {
      const name = canvas.isCrowd ? canvas.nodeAt(canvas.toWorld(done.from)) : null;

      if (name) canvas.approach(name);
      if (done.frame) canvas.options.onFold?.(done.frame, false);
      else if (canvas.groupOf(done.name)) canvas.options.onFold?.(canvas.groupOf(done.name)?.key ?? '', true);
      else if (done.name) {
        canvas.select(done.name, { focus: true });
        canvas.options.onSelect?.(done.name);
      } else if (done.edge && canvas.options.onSelectEdge) {
        canvas.selectEdge(done.edge);
        canvas.options.onSelectEdge(done.edge);
      } else if (!name) {
        canvas.select(null);
        canvas.options.onSelect?.(null);
      }
    } else if (done.port && canvas.options.onConnect) {
      const target = canvas.nodeAt(canvas.toWorld(canvas.point(event)));

      if (target && target !== done.port) canvas.options.onConnect(done.port, target);
    } else if (done.name && canvas.options.onMove) canvas.options.onMove(done.name, canvas.places[done.name]);
  };

  svg.addEventListener('pointerup', up);
  svg.addEventListener('pointercancel', up);
  svg.addEventListener('dblclick', (event) => {
    const name = /** @type {Element} */ (event.target).closest('[data-node]')?.getAttribute('data-node');

    if (name) canvas.options.onOpen?.(name);
  });
  svg.addEventListener('focusin', (event) => {
    const name = /** @type {Element} */ (event.target).closest('[data-node]')?.getAttribute('data-node');

    if (name && name !== canvas.focused) {
      canvas.focused = name;
      canvas.mark();
    }
  });
  svg.addEventListener('keydown', (event) => onKey(canvas, event));
}

/** @param {import('./canvas.js').Canvas} canvas @param {KeyboardEvent} event */
function onKey(canvas, event) {
  const name = /** @type {Element} */ (event.target).closest?.('[data-node]')?.getAttribute('data-node');
  const next = name && event.key.startsWith('Arrow') && !event.altKey ? canvas.neighbour(name, event.key) : null;

  const frame = /** @type {Element} */ (event.target).closest?.('[data-frame]')?.getAttribute('data-frame');
  const isChoice = event.key === 'Enter' || event.key === ' ';

  if (event.ctrlKey || event.metaKey) return;
  if (isChoice && frame) canvas.options.onFold?.(frame, false);
  else if (isChoice && canvas.groupOf(name)) canvas.options.onFold?.(canvas.groupOf(name)?.key ?? '', true);
  else if (next) canvas.focus(next);
  else if (isChoice && name) {
    canvas.select(name);
    canvas.options.onSelect?.(name);
    canvas.options.onOpen?.(name);
  } else if (event.key === '+' || event.key === '=') canvas.zoomBy(1.25);
  else if (event.key === '-') canvas.zoomBy(0.8);
  else if (event.key === '0') canvas.zoomBy(1 / canvas.view.zoom);
  else if (event.key === 'f' || event.key === 'F') canvas.fit();
  else if (event.key === 'Escape' && (canvas.selected || canvas.selectedEdge)) {
    canvas.select(null);
    canvas.options.onSelect?.(null);
  } else if (!event.key.startsWith('Arrow') || !name) return;
  event.preventDefault();
}
