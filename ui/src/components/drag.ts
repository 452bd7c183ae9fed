/** Dragging on the page: what can be picked up, where it can be put, and the pointer between. Deliberately absent: the browser's own drag and drop, which files come by. */
import type { Attachment } from 'svelte/attachments';
import type { Place } from '../plot/props';
import type { Dragging, Load, Target } from '../state/dragging.svelte';

/** What is pressed for itself, or to choose words. */
const APART = ':is(input, select, textarea, .prose)';
/** So near to the edge of a list it scrolls, by so much a frame (px). */
const EDGE = 24;
const STEP = 6;

const targets = new WeakMap<Element, Target>();
const placeOf = ({ clientX, clientY }: PointerEvent): Place => ({ x: clientX, y: clientY });

/** Picks up what `pick` gives, when it is pressed and the pointer moves on. */
export const carries =
  (dragging: Dragging, pick: () => Load | null): Attachment<HTMLElement> =>
  (node) => {
    const press = (event: PointerEvent) => {
      // Fingers scroll.
      if (event.button !== 0 || event.pointerType === 'touch' || (event.target as Element).closest(APART)) return;
      dragging.press(pick, placeOf(event));
      follow(dragging, event.pointerId);
    };
    node.addEventListener('pointerdown', press);
    return () => node.removeEventListener('pointerdown', press);
  };

/** Takes what is dragged, and shows so while something is (`styles/base.css`). */
export const takes =
  (dragging: Dragging, target: Target): Attachment<HTMLElement> =>
  (node) => {
    targets.set(node, target);
    const here = dragging.over === target;
    if (dragging.deedOf(target)) node.dataset.takes = here ? 'here' : 'yes';
    else if (here) node.dataset.takes = 'opens';
    return () => {
      targets.delete(node);
      delete node.dataset.takes;
    };
  };

/** Follows a pointer until it is let go, also where what was picked up is in sight no more. */
function follow(dragging: Dragging, pointer: number): void {
  const off = new AbortController();
  const options = { signal: off.signal, capture: true };
  const { body } = document;
  let begun = false;
  /** The innermost one that does something. */
  const below = ({ x, y }: Place): Target | null => {
    for (let at = document.elementFromPoint(x, y); at; at = at.parentElement) {
      const target = targets.get(at);
      if (target && (target.open || dragging.deedOf(target))) return target;
    }
    return null;
  };
  const begin = () => {
    begun = true;
    // From here on nothing else hears of the pointer: no card, no hover.
    body.setPointerCapture(pointer);
    body.dataset.dragging = '';
    getSelection()?.removeAllRanges();
    requestAnimationFrame(scroll);
  };
  const scroll = () => {
    if (!dragging.load) return;
    const { x, y } = dragging.at;
    const list = document.elementFromPoint(x, y)?.closest('.scroll');
    const box = list?.getBoundingClientRect();
    if (list && box) list.scrollTop += y < box.top + EDGE ? -STEP : y > box.bottom - EDGE ? STEP : 0;
    requestAnimationFrame(scroll);
  };
  const end = () => {
    delete body.dataset.dragging;
    dragging.cancel();
  };
  const leave = () => {
    end();
    off.abort();
  };

  addEventListener(
    'pointermove',
    (event) => {
      if (event.pointerId !== pointer) return;
      dragging.move(placeOf(event), below);
      if (dragging.load && !begun) begin();
    },
    options,
  );
  addEventListener(
    'pointerup',
    (event) => {
      if (event.pointerId !== pointer) return;
      if (begun) swallowClick();
      // What is below may have scrolled.
      dragging.move(placeOf(event), below);
      void dragging.drop();
      leave();
    },
    options,
  );
  addEventListener('pointercancel', (event) => event.pointerId === pointer && leave(), options);
  addEventListener('blur', leave, { signal: off.signal });
  addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape' || !dragging.load) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      end();
    },
    options,
  );
}

/** The click that follows a drag is none. */
function swallowClick(): void {
  const swallow = (event: MouseEvent) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener('click', swallow, { capture: true });
  // It comes at once, or not at all.
  setTimeout(() => removeEventListener('click', swallow, { capture: true }));
}
