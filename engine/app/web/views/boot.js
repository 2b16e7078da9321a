/** What a page shows when Streamlit cannot reach its server: the lecture, or a sentence.

    Some networks let no WebSocket through, and Streamlit's pages stay white then. A lecture needs
    none but for its runs. This waits for Streamlit first, and steps in on an empty page alone. */

const PATIENCE = 8000 // ms
const SENTENCE =
  "This page needs a live connection (a WebSocket) to its server, and has none. It keeps trying."
const base = new URL("../../../../", import.meta.url).pathname

setTimeout(begin, PATIENCE)

async function begin() {
  if (isThere() || isComing()) return
  if (!(await openLecture())) say()
}

/** Whether Streamlit has drawn the page. */
function isThere() {
  return (
    document.querySelector(
      ".practicum, [data-testid=stMain] [data-testid=stElementContainer]" +
        ":not(:has([data-testid=stAppSkeleton]))",
    ) !== null
  )
}

/** Whether the page opens its lecture itself, for as long as it takes: joined/page.js. */
function isComing() {
  return document.querySelector("meta[name=practicum-lecture]") !== null
}

/**
 * Open the lecture of this address without Streamlit.
 * @returns {Promise<boolean>} whether it is one
 */
async function openLecture() {
  const slug = decodeURIComponent(location.pathname.slice(base.length))
  const deck = `${base}api/decks/${encodeURIComponent(slug)}/newest.json`
  try {
    const answer = slug ? await fetch(deck, { method: "HEAD" }) : null
    if (!answer?.ok) return false
    const web = `${base}api/web/${answer.headers.get("x-web-hash")}/`
    const { use } = await import(`${web}joined/views/stage.js`)
    if (isThere()) return true
    const place = document.body.appendChild(document.createElement("main"))
    place.id = "without-streamlit" // the page's component, should it come, leaves it to this
    const scope = decodeURIComponent(answer.headers.get("x-deck-scope") ?? slug)
    use("views/stage.js").open(place, {
      component: { data: { slug, scope, base, web, deck, start: "" }, setStateValue() {} },
    })
    return true
  } catch (error) {
    console.info("the lecture cannot be shown without Streamlit", error)
    return false
  }
}

function say() {
  const note = document.createElement("p")
  note.setAttribute("role", "status")
  note.className = "no-connection"
  const place = document.getElementById("first-slide") ? "auto 10vw 3vh" : "30vh 10vw auto"
  note.style.cssText = `position:fixed;inset:${place};z-index:999990;font:18px/1.5 system-ui,sans-serif`
  note.textContent = SENTENCE
  document.body.append(note)
  const timer = setInterval(() => {
    if (!isThere()) return
    clearInterval(timer)
    note.remove()
  }, 500)
}
