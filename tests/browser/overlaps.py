"""A script that runs in the page: which parts of a slide its claim marks lie over."""

OVERLAPS = """section => {
  const box = (part) => {
    const words = document.createRange() // a zone of the footer is wider than its words
    words.selectNodeContents(part)
    return (part.closest(".colloquium-footer") ? words : part).getBoundingClientRect()
  }
  const apart = (a, b) => a.right <= b.left + 0.5 || b.right <= a.left + 0.5
    || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5
  const texts = [".colloquium-footer-left", ".colloquium-footer-center", ".colloquium-footer-right",
    ".colloquium-slide-meta", ".colloquium-slide-footnote", ".slide-content > *", ".slide-title"]
  const parts = [...section.querySelectorAll(texts.join(","))].filter((part) => part.textContent.trim())
  const faults = []
  for (const mark of section.querySelectorAll("[data-claim]")) {
    if (box(mark).left < 0 || box(mark).right > innerWidth) faults.push("outside")
    for (const part of parts) if (!apart(box(mark), box(part))) faults.push(part.className || part.tagName)
  }
  return faults
}"""
