/** The one function of perfect-freehand that we use. */

/** @returns the outline of a stroke through `points`, which a fill closes; lengths as in `points` */
export function getStroke(
  points: [x: number, y: number][],
  options?: {
    size?: number
    thinning?: number
    smoothing?: number
    streamline?: number
    simulatePressure?: boolean
    last?: boolean
  },
): [x: number, y: number][]
