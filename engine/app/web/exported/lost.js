/** The page for an address that is none: leads to the nearest lecture, and to its nearest slide.
    `PLACES` stands above this text in the site's 404.html. */

{
  /** @type {{home: string, lectures: {slug: string, title: string, slides: [string, string][]}[]}} */
  const { home, lectures } = /** @type {any} */ (globalThis).PLACES
  const base = new URL(home || "./", location.href).href
  const words = decode(
    location.href
      .slice(base.length)
      .replace(/[?#].*$/, "")
      .replace(/\.html$/, ""),
  )
  const [page, below = ""] = words.split("/")
  const slide = new URLSearchParams(location.search).get("slide") ?? below

  for (const link of document.querySelectorAll("#pages a"))
    link.setAttribute("href", new URL(link.getAttribute("href") ?? "", base).href)

  const [lecture] = nearest(lectures, page, (one) => one.slug)
  const found = lecture && slide ? nearest(lecture.slides, slide, ([id]) => id)[0] : undefined
  const near = document.getElementById("near")
  if (lecture && near) {
    const link = document.createElement("a")
    const asked = found ? `?slide=${encodeURIComponent(found[0])}` : ""
    link.href = `${base}${encodeURIComponent(lecture.slug)}.html${asked}`
    link.textContent = found ? `${lecture.title}: ${found[1]}` : lecture.title
    near.replaceChildren("Perhaps you look for ", link, ". All lectures:")
  }

  /** @param {string} text */
  function decode(text) {
    try {
      return decodeURIComponent(text)
    } catch {
      return text
    }
  }

  /**
   * Those whose name is like a word, the nearest first; none that differs in more than half of it.
   * @template T @param {T[]} list @param {string} word @param {(one: T) => string} name
   */
  function nearest(list, word, name) {
    const measured = list.map((one) => ({ one, away: distance(name(one), word) }))
    const near = measured.filter(({ one, away }) => away <= name(one).length / 2)
    return near.sort((a, b) => a.away - b.away).map(({ one }) => one)
  }

  /** Letters to change, add or drop (Levenshtein). @param {string} a @param {string} b */
  function distance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, k) => k)
    for (let i = 1; i <= a.length; i += 1) {
      const next = [i]
      for (let j = 1; j <= b.length; j += 1)
        next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1])))
      row = next
    }
    return row[b.length]
  }
}
