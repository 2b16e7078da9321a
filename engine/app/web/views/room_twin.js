/** One tab of a browser presents in a room: a duplicated tab has the same key, and would take every
    phone along with it. */

const WAIT = 300 // milliseconds in which another tab says that it presents already

/** @param {string} code of the room */
function channelOf(code) {
  try {
    return new BroadcastChannel(`practicum.presents.${code}`)
  } catch {
    return null // an older browser, or one that blocks site data
  }
}

/**
 * Whether another tab presents in this room.
 * @param {string} code
 * @returns {Promise<boolean>}
 */
export function isPresented(code) {
  const channel = channelOf(code)
  if (!channel) return Promise.resolve(false)
  return new Promise((resolve) => {
    const end = (/** @type {boolean} */ is) => {
      channel.close()
      resolve(is)
    }
    setTimeout(() => end(false), WAIT)
    channel.onmessage = ({ data }) => data === "taken" && end(true)
    channel.postMessage("asked")
  })
}

/**
 * Say so to other tabs that ask, from now on.
 * @param {string} code
 * @returns {() => void} stop
 */
export function present(code) {
  const channel = channelOf(code)
  if (!channel) return () => {}
  channel.onmessage = ({ data }) => data === "asked" && channel.postMessage("taken")
  return () => channel.close()
}
