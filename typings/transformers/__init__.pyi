# What we import from `transformers` itself, from where it is defined: the same types. Its own
# __init__ imports all of its 300 models, which took a quarter of the type checker's time.
# A name that is missing here is an error of the type checker: add its line.
from transformers.models.auto.configuration_auto import CONFIG_MAPPING as CONFIG_MAPPING
from transformers.models.auto.modeling_auto import AutoModelForCausalLM as AutoModelForCausalLM
from transformers.models.auto.tokenization_auto import AutoTokenizer as AutoTokenizer
from transformers.utils.quantization_config import GgufConfig as GgufConfig

__version__: str
