/**
 * A page with as many points as it is asked for (`?who=ours&points=1000000`), drawn by one of `who/`.
 *
 * Frames are asked for here: the page's own clock is taken away, so that a frame is drawn when it is measured and at no
 * other time, and is waited for by reading a pixel of it. What is drawn is counted, so that nobody wins by drawing less.
 */
import { cloud } from './cloud.js';

const asked = new URLSearchParams(location.search);
const waiting = new Map();
let next = 1;
window.requestAnimationFrame = (run) => (waiting.set(next, run), next++);
window.cancelAnimationFrame = (id) => waiting.delete(id);

let drawn = 0;
/** What was drawn into since a frame was last waited for. */
const contexts = new Set();
for (const kind of [WebGLRenderingContext, WebGL2RenderingContext])
  for (const [name, count, times] of [
    ['drawArrays', 2, null],
    ['drawElements', 1, null],
    ['drawArraysInstanced', 2, 3],
    ['drawElementsInstanced', 1, 4],
  ]) {
    const draw = kind.prototype[name];
    if (!draw) continue;
    kind.prototype[name] = function (...given) {
      contexts.add(this);
      // Instanced, a point is an instance, whatever its corners.
      drawn += times === null ? given[count] : given[times];
      return draw.apply(this, given);
    };
  }
const extension = WebGLRenderingContext.prototype.getExtension;
WebGLRenderingContext.prototype.getExtension = function (name) {
  const found = extension.call(this, name);
  if (name === 'ANGLE_instanced_arrays' && found && !found.counted) {
    const draw = found.drawArraysInstancedANGLE.bind(found);
    found.drawArraysInstancedANGLE = (...given) => {
      contexts.add(this);
      drawn += given[3];
      return draw(...given);
    };
    found.counted = true;
  }
  return found;
};

/** Whether a picture came that the processor drew: whose it is says of how many points. */
let painted = false;
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (...given) {
  contexts.add(this);
  painted = true;
  return put.apply(this, given);
};

const pixel = new Uint8Array(4);
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** Runs what waits for a frame now. */
function pump() {
  const runs = [...waiting.values()];
  waiting.clear();
  const now = performance.now();
  for (const run of runs) run(now);
}

/** Waits for the card: only reading does. */
function finish() {
  for (const context of contexts) {
    if (context instanceof CanvasRenderingContext2D) {
      context.getImageData(0, 0, 1, 1);
      continue;
    }
    const bound = context.getParameter(context.FRAMEBUFFER_BINDING);
    context.bindFramebuffer(context.FRAMEBUFFER, null);
    context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, pixel);
    context.bindFramebuffer(context.FRAMEBUFFER, bound);
  }
  contexts.clear();
}

/** Runs what waits for a frame; gives the milliseconds and the points, once something was drawn. */
async function frame() {
  for (let tries = 0; tries < 1000; tries++) {
    // A fence is only seen as passed by the next task.
    await turn();
    [drawn, painted] = [0, false];
    const began = performance.now();
    pump();
    if (painted) drawn = page.shown();
    if (drawn === 0) continue;
    finish();
    return { ms: performance.now() - began, points: drawn };
  }
  throw new Error('nothing was drawn');
}

const { make } = await import(`./who/${asked.get('who')}.js`);
const began = performance.now();
const page = await make(document.getElementById('stage'), cloud(Number(asked.get('points'))), { frame, turn, pump });
const first = await page.first();

window.bench = {
  first_ms: performance.now() - began,
  first,
  /** A whole frame of a picture that stands still. */
  async still() {
    await page.still();
    return frame();
  },
  /** A frame while the view moves. */
  async moving(step) {
    await page.move(step);
    return frame();
  },
  hover: page.hover,
};
