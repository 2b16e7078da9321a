/** The style sheets of every view that shows slides, put together (SLIDE_SHEETS of
    engine/app/web_files.py). */

export const SLIDES = "joined/slides.css"
