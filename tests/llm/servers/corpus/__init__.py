"""Replies of all known servers that refuse or fail, as servers.md and engines.md have them."""

from tests.llm.servers.corpus.base import KnownReply
from tests.llm.servers.corpus.clouds import OPENAI, OPENROUTER, OTHER_CLOUDS
from tests.llm.servers.corpus.llama_cpp import LLAMA_CPP_PYTHON, LLAMA_SERVER
from tests.llm.servers.corpus.lm_studio import LM_STUDIO
from tests.llm.servers.corpus.ollama import OLLAMA
from tests.llm.servers.corpus.others import GATEWAYS, KOBOLDCPP, LOCALAI, TEXTGEN, TGI, TRANSFORMERS
from tests.llm.servers.corpus.vllm import SGLANG, VLLM

CORPUS: dict[str, tuple[KnownReply, ...]] = {
    "ollama": OLLAMA,
    "vllm": VLLM,
    "sglang": SGLANG,
    "lmstudio": LM_STUDIO,
    "llamacpp": LLAMA_SERVER,
    "llama-cpp-python": LLAMA_CPP_PYTHON,
    "textgen": TEXTGEN,
    "koboldcpp": KOBOLDCPP,
    "localai": LOCALAI,
    "tgi": TGI,
    "transformers": TRANSFORMERS,
    "openai": OPENAI,
    "openrouter": OPENROUTER,
    "other clouds": OTHER_CLOUDS,
    "gateways": GATEWAYS,
}
REPLIES = [(server, reply) for server, replies in CORPUS.items() for reply in replies]
