/** How much closer a turn of the wheel or a pinch on a touch pad brings one, and how far it goes. Pure. */

/** Pixels that a turn stands for, whatever it is counted in. */
export function turned({ deltaX, deltaY, deltaMode }: WheelEvent): { dx: number; dy: number } {
  const unit = deltaMode === 1 ? 18 : deltaMode === 2 ? 400 : 1;
  return { dx: deltaX * unit, dy: deltaY * unit };
}

export function closerBy(event: WheelEvent): number {
  // A pinch on a touch pad arrives as a wheel with Control and small steps.
  const rate = event.ctrlKey ? 0.01 : 0.0016;
  const step = Math.max(-240, Math.min(240, turned(event).dy));
  return Math.exp(-step * rate);
}
