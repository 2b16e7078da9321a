/** Quizzes: pick a choice, see whether it was right, and why. The answer is a step of the slide. */

import { closest } from "../lib/dom.js"

/** @typedef {{reveal: (why: HTMLElement) => void, announce: (text: string) => void}} QuizView how
 *   the answer is brought to light where the quiz stands, and how a screen reader hears of it */

/**
 * Listen to every quiz in `root` until `signal` aborts.
 * @param {HTMLElement} root
 * @param {QuizView} view
 * @param {AbortSignal} signal
 */
export function listenQuizzes(root, view, signal) {
  root.addEventListener(
    "click",
    (event) => {
      const choice = closest(event, ".quiz-choice")
      if (choice) pick(choice, view)
    },
    { signal },
  )
}

/** @param {HTMLElement} choice @param {QuizView} view */
function pick(choice, view) {
  const quiz = choice.closest(".quiz")
  /** @type {HTMLElement | null | undefined} */
  const why = quiz?.querySelector(".quiz-why")
  if (!quiz || !why) return
  for (const other of quiz.querySelectorAll(".quiz-choice")) {
    other.setAttribute("aria-pressed", String(other === choice))
  }
  const isRight = choice.hasAttribute("data-right")
  /** @type {HTMLElement | null} */
  let verdict = why.querySelector(".quiz-verdict")
  if (!verdict) {
    verdict = document.createElement("span")
    verdict.className = "quiz-verdict"
    why.prepend(verdict, " ")
  }
  verdict.dataset.right = String(isRight)
  const words = isRight ? "Right." : "Not quite."
  verdict.textContent = words
  view.reveal(why)
  view.announce(`${words} ${spoken(why).replace(words, "").trim()}`)
}

/** What is said of a part: a formula once, as MathML has it. @param {HTMLElement} part */
function spoken(part) {
  const copy = /** @type {HTMLElement} */ (part.cloneNode(true))
  for (const again of copy.querySelectorAll(".katex-html, annotation")) again.remove()
  return copy.textContent ?? ""
}
