/** The whole screen for the page, and back. */

export function startFullscreen() {
  if (!document.fullscreenElement) toggleFullscreen()
}

export function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen()
  else document.documentElement.requestFullscreen?.()?.catch(() => {}) // a key of seconds ago
}
