/** As little as can be: one buffer of places, one of colours, the map's own two shaders, and nothing else. */
import { FRAGMENT, VERTEX } from '../../../ui/src/plot/shaders';
import { OPACITY, PALETTE, SIZE_PX, rgb } from '../cloud.js';

export async function make(stage, { count, positions, classes }, { frame }) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1000, 800];
  stage.append(canvas);
  const gl = canvas.getContext('webgl2', { antialias: false, depth: true, premultipliedAlpha: true });
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, `#version 300 es\n${source}`);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  const colours = new Uint8Array(count * 4);
  const table = PALETTE.map(rgb);
  for (let row = 0; row < count; row++) colours.set([...table[classes[row]], 255], row * 4);
  const attribute = (name, values, size, type, normalised) => {
    const place = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, type, normalised, 0, 0);
  };
  attribute('start', positions, 2, gl.FLOAT, false);
  attribute('place', positions, 2, gl.FLOAT, false);
  attribute('colour', colours, 4, gl.UNSIGNED_BYTE, true);
  const of = (name) => gl.getUniformLocation(program, name);
  const matrix = of('matrix');
  const look = (x) => gl.uniformMatrix4fv(matrix, false, [0.8, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, 0, 0, 1]);
  for (const [name, value] of [['mixing', 1], ['size', SIZE_PX], ['sprite', SIZE_PX], ['alpha', OPACITY], ['faint', 0.15]])
    gl.uniform1f(of(name), value);
  gl.disable(gl.DEPTH_TEST);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.clearColor(0, 0, 0, 0);
  const draw = () => {
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.drawArrays(gl.POINTS, 0, count);
  };
  const ask = (x) => (look(x), requestAnimationFrame(draw));
  return {
    first: () => (ask(0), frame()),
    still: async () => ask(0),
    move: async (step) => ask(Math.sin(step / 3) * 0.05),
  };
}
