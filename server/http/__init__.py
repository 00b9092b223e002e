"""Whether we are well, errors as HTTP, static pages, and the REST resources."""
