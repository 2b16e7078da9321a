/**
 * Options of which no two are alike: a second "yes" is "yes (2)".
 * @param {string[]} options
 */
export function unlike(options) {
  return options.map((option, k) => {
    const before = options.slice(0, k).filter((each) => each === option).length
    return before ? `${option} (${before + 1})` : option
  })
}
