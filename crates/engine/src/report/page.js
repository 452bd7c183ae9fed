// What a report's maps answer to: the pointer shows an item and its true neighbours, a group's button dims the rest.
'use strict';
const REACH_PX = 14;
const card = document.getElementById('card');
const make = (tag, text, parent) => {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  parent.append(node);
  return node;
};

for (const map of document.querySelectorAll('.map')) {
  const svg = map.querySelector('svg');
  const items = JSON.parse(map.querySelector('script').textContent);
  const marks = [...svg.querySelectorAll(':scope > circle:not(.ring), :scope > image')];
  const frames = [...svg.querySelectorAll(':scope > rect.frame')];
  const ring = svg.querySelector('.ring');
  const lines = svg.querySelector('.lines');
  let shown = -1;

  const hide = () => {
    shown = -1;
    card.hidden = true;
    lines.replaceChildren();
    ring.setAttribute('cx', -20);
    ring.setAttribute('cy', -20);
  };

  const show = (index) => {
    shown = index;
    const item = items[index];
    ring.setAttribute('cx', item.at[0]);
    ring.setAttribute('cy', item.at[1]);
    lines.replaceChildren();
    card.replaceChildren();
    if (marks[index]?.tagName === 'image') make('img', '', card).src = marks[index].getAttribute('href');
    make('b', item.title, card);
    if (item.text) make('p', item.text, card);
    make('p', item.source, card);
    if (item.near.length) {
      const list = make('ul', '', card);
      for (const [other, similarity] of item.near) {
        const row = make('li', '', list);
        make('span', items[other].title, row);
        make('span', similarity.toFixed(2), row);
        const line = document.createElementNS(svg.namespaceURI, 'line');
        const [x1, y1, x2, y2] = [...item.at, ...items[other].at];
        for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(name, value);
        lines.append(line);
      }
    }
    card.hidden = false;
  };

  svg.addEventListener('pointerleave', hide);
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    let [best, nearest] = [REACH_PX * scale, -1];
    items.forEach(({ at }, index) => {
      const distance = Math.hypot(at[0] - x, at[1] - y);
      if (distance < best) [best, nearest] = [distance, index];
    });
    if (nearest < 0) return hide();
    if (nearest !== shown) show(nearest);
    const [width, height] = [card.offsetWidth, card.offsetHeight];
    card.style.left = `${Math.max(8, event.clientX + 16 + width > innerWidth ? event.clientX - 16 - width : event.clientX + 16)}px`;
    card.style.top = `${Math.max(8, Math.min(event.clientY + 16, innerHeight - height - 8))}px`;
  });

  const buttons = [...map.querySelectorAll('[data-class]')];
  for (const button of buttons) {
    button.addEventListener('click', () => {
      const on = button.getAttribute('aria-pressed') !== 'true';
      for (const other of buttons) other.setAttribute('aria-pressed', String(on && other === button));
      const chosen = on ? Number(button.dataset.class) : null;
      const dim = (index) => chosen !== null && items[index].class !== chosen;
      marks.forEach((mark, index) => mark.classList.toggle('dim', dim(index)));
      if (frames.length === marks.length) frames.forEach((frame, index) => frame.classList.toggle('dim', dim(index)));
    });
  }
}
