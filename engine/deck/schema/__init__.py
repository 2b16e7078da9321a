"""What may be written, as typed models: in fences, in frontmatter, in the files of content/."""
