// What a report's maps answer to: drag and wheel look elsewhere, the pointer shows an item and its true neighbours, words
// and groups dim the rest. Everything is in the page; nothing is fetched.
'use strict';
const REACH_PX = 14;
const CLOSEST = 400;
// Above so many points dots are squares of whole pixels: nobody sees the difference, and they are drawn at once.
const MANY = 30_000;
// More pictures than this in sight are drawn as points.
const MOST_PICTURES = 300;
const card = document.getElementById('card');
const make = (tag, text, parent) => {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  parent.append(node);
  return node;
};
const held = (value, low, high) => Math.max(low, Math.min(high, value));
const plain = (text) => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

for (const map of document.querySelectorAll('.map')) {
  const { at, classes, items, labels, colours, width, height, radius } = JSON.parse(
    map.querySelector('script').textContent,
  );
  const count = items.length;
  const stage = map.querySelector('.stage');
  const canvas = map.querySelector('canvas');
  const pen = canvas.getContext('2d');
  const field = map.querySelector('input');
  const told = map.querySelector('.told');
  const buttons = [...map.querySelectorAll('[data-class]')];
  const pictures = items.map(({ picture }) => picture && Object.assign(new Image(), { src: picture }));
  const words = items.map(({ title, text, source }) => plain(`${title} ${text ?? ''} ${source}`));
  const chosen = new Set();
  let query = '';
  let lit = null;
  let view = { scale: 1, x: 0, y: 0 };
  let hovered = -1;
  let asked = false;
  let size = { width: 1, height: 1, ratio: 1 };

  // From the drawing's own pixels to those of the canvas on the screen.
  const fitted = () => {
    const scale = Math.min(size.width / width, size.height / height);
    return { scale, x: (size.width - width * scale) / 2, y: (size.height - height * scale) / 2 };
  };
  const placeX = (i) => at[2 * i] * view.scale + view.x;
  const placeY = (i) => at[2 * i + 1] * view.scale + view.y;
  const request = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };

  // Rows by place, for the pointer.
  const CELL = 8;
  const across = Math.ceil(width / CELL) + 1;
  const cells = new Map();
  for (let i = 0; i < count; i++) {
    const cell = Math.floor(at[2 * i + 1] / CELL) * across + Math.floor(at[2 * i] / CELL);
    if (cells.has(cell)) cells.get(cell).push(i);
    else cells.set(cell, [i]);
  }
  const nearest = (x, y) => {
    const [mx, my] = [(x - view.x) / view.scale, (y - view.y) / view.scale];
    const reach = REACH_PX / view.scale;
    let [best, found] = [reach, -1];
    for (let row = Math.floor((my - reach) / CELL); row <= Math.floor((my + reach) / CELL); row++)
      for (let column = Math.floor((mx - reach) / CELL); column <= Math.floor((mx + reach) / CELL); column++)
        for (const i of cells.get(row * across + column) ?? []) {
          const distance = Math.hypot(at[2 * i] - mx, at[2 * i + 1] - my);
          if (distance < best) [best, found] = [distance, i];
        }
    return found;
  };

  function draw() {
    const style = getComputedStyle(map);
    const token = (name) => style.getPropertyValue(name).trim();
    const grey = token('--unselected');
    const { ratio } = size;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, size.width, size.height);
    const closer = view.scale / fitted().scale;
    const r = radius * Math.min(2, Math.max(1, Math.sqrt(closer) * 0.8)) * Math.min(1.4, size.width / 760);
    const inSight = [];
    for (let i = 0; i < count; i++) {
      const [x, y] = [placeX(i), placeY(i)];
      if (x > -40 && x < size.width + 40 && y > -40 && y < size.height + 40) inSight.push(i);
    }
    const shown = inSight.filter((i) => pictures[i]);
    const asPictures = shown.length <= MOST_PICTURES;
    const side = held(0.5 * Math.sqrt((size.width * size.height) / Math.max(1, shown.length)), 22, 64);
    // What is dimmed lies below what is not.
    for (const layer of lit ? [0, 1] : [1]) {
      pen.globalAlpha = layer ? 0.85 : 0.15;
      let ink = '';
      for (const i of inSight) {
        if (lit && lit[i] !== layer) continue;
        const [x, y] = [placeX(i), placeY(i)];
        const colour = (layer && colours[classes[i]]) || grey;
        if (pictures[i] && asPictures && pictures[i].complete) {
          pen.drawImage(pictures[i], x - side / 2, y - side / 2, side, side);
          pen.strokeStyle = colour;
          pen.lineWidth = 1.5;
          pen.strokeRect(x - side / 2, y - side / 2, side, side);
          continue;
        }
        if (colour !== ink) pen.fillStyle = ink = colour;
        if (count > MANY) pen.fillRect(x - r, y - r, 2 * r, 2 * r);
        else {
          pen.beginPath();
          pen.arc(x, y, r, 0, 7);
          pen.fill();
        }
      }
    }
    pen.globalAlpha = 1;
    pen.font = `600 13px ${style.fontFamily}`;
    pen.textAlign = 'center';
    pen.lineJoin = 'round';
    for (const { x, y, text, class: of } of labels) {
      if (chosen.size && !chosen.has(of)) continue;
      const [left, top] = [x * view.scale + view.x, y * view.scale + view.y];
      pen.lineWidth = 4;
      pen.strokeStyle = token('--canvas');
      pen.strokeText(text, left, top);
      pen.fillStyle = token('--text');
      pen.fillText(text, left, top);
    }
    if (hovered >= 0) {
      const [x, y] = [placeX(hovered), placeY(hovered)];
      pen.strokeStyle = token('--query');
      pen.lineWidth = 1;
      pen.beginPath();
      for (const [other] of items[hovered].near) {
        pen.moveTo(x, y);
        pen.lineTo(placeX(other), placeY(other));
      }
      pen.stroke();
      pen.strokeStyle = token('--text');
      pen.lineWidth = 1.5;
      pen.beginPath();
      pen.arc(x, y, 8, 0, 7);
      pen.stroke();
    }
  }

  const look = (next) => {
    const home = fitted();
    const scale = held(next.scale, home.scale * 0.5, home.scale * CLOSEST);
    view = scale === next.scale ? next : { ...view };
    hide();
    request();
  };
  const zoom = (factor, x, y) =>
    look({ scale: view.scale * factor, x: x - (x - view.x) * factor, y: y - (y - view.y) * factor });
  const fit = () => look(fitted());

  function hide() {
    if (hovered < 0) return;
    hovered = -1;
    card.hidden = true;
    request();
  }

  function show(index, clientX, clientY) {
    if (index !== hovered) {
      hovered = index;
      const item = items[index];
      card.replaceChildren();
      if (item.picture) make('img', '', card).src = item.picture;
      make('b', item.title, card);
      if (item.text) make('p', item.text, card);
      make('p', item.source, card);
      if (item.near.length) {
        const list = make('ul', '', card);
        for (const [other, similarity] of item.near) {
          const row = make('li', '', list);
          make('span', items[other].title, row);
          make('span', similarity.toFixed(2), row);
        }
      }
      card.hidden = false;
      request();
    }
    const [wide, high] = [card.offsetWidth, card.offsetHeight];
    const left = clientX + 16 + wide > innerWidth ? clientX - 16 - wide : clientX + 16;
    card.style.left = `${Math.max(8, left)}px`;
    card.style.top = `${Math.max(8, Math.min(clientY + 16, innerHeight - high - 8))}px`;
  }

  // Words and groups together say what is in the light.
  function filter() {
    const any = query || chosen.size;
    lit = any ? new Uint8Array(count) : null;
    let found = 0;
    for (let i = 0; any && i < count; i++) {
      if ((chosen.size && !chosen.has(classes[i])) || (query && !words[i].includes(query))) continue;
      lit[i] = 1;
      found++;
    }
    told.textContent = any ? `${found.toLocaleString('en-GB')} of ${count.toLocaleString('en-GB')}` : '';
    request();
  }

  for (const button of buttons)
    button.addEventListener('click', () => {
      const of = Number(button.dataset.class);
      if (!chosen.delete(of)) chosen.add(of);
      button.setAttribute('aria-pressed', String(chosen.has(of)));
      filter();
    });
  field.addEventListener('input', () => {
    query = plain(field.value.trim());
    filter();
  });

  const down = new Map();
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, place(event));
  });
  canvas.addEventListener('pointermove', (event) => {
    const [x, y] = place(event);
    const before = down.get(event.pointerId);
    if (!before) {
      const index = nearest(x, y);
      if (index < 0) hide();
      else show(index, event.clientX, event.clientY);
      return;
    }
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const ratio = Math.hypot(x - other[0], y - other[1]) / (Math.hypot(before[0] - other[0], before[1] - other[1]) || 1);
      zoom(ratio, (x + other[0]) / 2, (y + other[1]) / 2);
    } else look({ ...view, x: view.x + x - before[0], y: view.y + y - before[1] });
    down.set(event.pointerId, [x, y]);
  });
  for (const name of ['pointerup', 'pointercancel'])
    canvas.addEventListener(name, (event) => down.delete(event.pointerId));
  canvas.addEventListener('pointerleave', hide);
  canvas.addEventListener('dblclick', fit);
  canvas.addEventListener(
    'wheel',
    (event) => {
      // A page that scrolls keeps the wheel until the map is meant: with Control, or once it was touched.
      if (!event.ctrlKey && document.activeElement !== canvas) return;
      event.preventDefault();
      zoom(Math.exp(-held(event.deltaY, -240, 240) * (event.ctrlKey ? 0.01 : 0.002)), ...place(event));
    },
    { passive: false },
  );
  canvas.addEventListener('keydown', (event) => {
    const [x, y] = [size.width / 2, size.height / 2];
    const act = {
      ArrowLeft: () => look({ ...view, x: view.x + 48 }),
      ArrowRight: () => look({ ...view, x: view.x - 48 }),
      ArrowUp: () => look({ ...view, y: view.y + 48 }),
      ArrowDown: () => look({ ...view, y: view.y - 48 }),
      '+': () => zoom(1.3, x, y),
      '=': () => zoom(1.3, x, y),
      '-': () => zoom(1 / 1.3, x, y),
      0: fit,
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
  map.querySelector('[data-do=closer]').addEventListener('click', () => zoom(1.5, size.width / 2, size.height / 2));
  map.querySelector('[data-do=farther]').addEventListener('click', () => zoom(1 / 1.5, size.width / 2, size.height / 2));
  map.querySelector('[data-do=all]').addEventListener('click', fit);

  new ResizeObserver(() => {
    const [wide, high, ratio] = [stage.clientWidth, stage.clientHeight, Math.min(2.5, devicePixelRatio || 1)];
    if (wide === size.width && high === size.height && ratio === size.ratio) return;
    const home = view.scale === 1 && size.width === 1 ? null : fitted();
    size = { width: wide, height: high, ratio };
    [canvas.width, canvas.height] = [Math.round(wide * ratio), Math.round(high * ratio)];
    const now = fitted();
    const closer = home ? view.scale / home.scale : 1;
    view = closer === 1 ? now : { ...view, scale: now.scale * closer };
    request();
  }).observe(stage);
  for (const picture of pictures) picture?.addEventListener('load', request);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', request);
}
