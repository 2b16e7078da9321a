/** Quizzes: pick a choice, see whether it was right, and why. The answer is a step of the slide. */

/**
 * Listen to every quiz in `root` until `signal` aborts.
 * @param {HTMLElement} root
 * @param {{reveal: (why: HTMLElement) => void, announce: (text: string) => void}} view how the
 *   answer is brought to light where the quiz stands, and how a screen reader hears of it
 */
export function listenQuizzes(root, view, signal) {
  root.addEventListener(
    "click",
    (event) => {
      const choice = event.target.closest?.(".quiz-choice")
      if (choice) pick(choice, view)
    },
    { signal },
  )
}

function pick(choice, view) {
  const quiz = choice.closest(".quiz")
  const why = quiz.querySelector(".quiz-why")
  for (const other of quiz.querySelectorAll(".quiz-choice")) {
    other.setAttribute("aria-pressed", String(other === choice))
  }
  const isRight = choice.hasAttribute("data-right")
  let verdict = why.querySelector(".quiz-verdict")
  if (!verdict) {
    verdict = document.createElement("span")
    verdict.className = "quiz-verdict"
    why.prepend(verdict, " ")
  }
  verdict.dataset.right = String(isRight)
  verdict.textContent = isRight ? "Right." : "Not quite."
  view.reveal(why)
  view.announce(`${verdict.textContent} ${why.textContent.replace(verdict.textContent, "").trim()}`)
}
