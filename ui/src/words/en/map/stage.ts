/** What stands over the map itself: its axes, its card, and the parameters of a map that moves. */
import { count, duration, percent } from '../../../format';

export const map = {
  whatThereIs: 'What there is',
  models: 'Models',
  maps: 'Maps',
  map: 'Map',
  drawn: (method: string, n: number, model: string) => `${method} map of ${count(n)} items by ${model}`,
  drawnBetween: (ends: readonly string[], n: number, model: string) =>
    `Between ${ends.join(', ')} map of ${count(n)} items by ${model}`,
  component: (nth: number, share: number) =>
    `${['1st', '2nd', '3rd'][nth - 1]} component, ${percent(share)} of variance`,
  coming: 'The points of this map are on their way.',
  soon: 'The first points appear as soon as something is embedded.',
  noMap: 'There is no map yet. Embed the items with a model on the left.',
  alongAxes: 'Along axes',
  back: 'Back to the map',
};

export const mapCard = {
  thisMap: 'This map',
  dimensions: 'Dimensions',
  flat: '2-D',
  deep: '3-D',
  steer: 'Steer',
  steerNote: 'Change parameters while it moves',
  layout: 'Layout',
  iteration: (n: number, all: number) => `iteration ${count(n)} of ${count(all)}`,
  paused: 'Paused',
  left: (seconds: number) => `${duration(seconds)} left`,
  stop: 'Stop here',
  stopNote: 'Ends here: the layout is measured and kept as it is',
  ending: 'Ending',
  cancel: 'Cancel',
  cancelNote: 'Ends the whole job; the layout stays as it is, unmeasured',
  stopping: 'Stopping',
  trustworthiness: 'trustworthiness',
  continuity: 'continuity',
  kept: 'neighbours kept',
  ofVariance: 'of variance',
  steps: (n: number) => `${count(n)} steps`,
  stepsOf: (n: number, all: number) => `${count(n)} of ${count(all)} steps`,
  goOn: 'Go on',
  makesRest: (n: number) => `Makes the ${count(n)} steps that are left`,
  makesMore: 'Makes 250 more steps',
};

export const steer = {
  attraction: 'Attraction',
  attractionNote: 'More draws groups together, less lets them spread; counts at once',
  attractionAtOnce: 'Attraction counts at once; the others begin the run again.',
  perplexity: 'Perplexity',
  perplexityNote: 'About how many neighbours count; begins again from the layout as it is',
  distance: 'Min. distance',
  distanceNote: 'How near points may come to each other; counts at once',
  distanceAtOnce: 'Distance counts at once; the others begin the run again.',
  neighbours: 'Neighbours',
  neighboursNote: 'Few show the detail, many the whole; begins again from the layout as it is',
  seedNote: 'Another seed begins again from the principal components',
};
