"""Pure simulations: numbers in, frames out. Nothing here knows of slides, browsers or servers."""
