"""`practicum new`: a working start for a course, a lecture, a slide, a simulation or a claim."""
