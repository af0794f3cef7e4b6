"""The demo model's texts in English; several for one topic are taken in turn."""

from __future__ import annotations

from collections.abc import Mapping

from llm.demo.topics import Topic

_MENU = """\
- `formatting`: headings, lists, a quote, a table, code and a formula in one answer
- `table`, `code` or `formula`: each on its own
- `long`: an answer that does not fit into one message
- `connect`: how to connect a real model"""

_CONNECT = """\
## How to connect a real model

A model server that you start on this computer is found by itself, usually within half a minute. There is nothing to \
configure and nothing to restart: your next message goes to the real model.

### Ollama

```bash
ollama pull qwen3:8b
ollama serve
```

The download is about 5 GB. On a small computer take `qwen3:1.7b`. If `ollama serve` says that the address is already \
in use, Ollama is running and you are done.

### LM Studio

Download a model, open the *Developer* page and switch the server on, or run `lms server start`.

### Another computer, or a cloud

Three lines in the file `.env` say where the model is. Then start the bot again.

```ini
LLM_API_BASE=http://192.168.1.20:11434/v1
LLM_MODEL=qwen3:8b
LLM_API_KEY=
```

The key stays empty where the server asks for none. vLLM, llama-server, text-generation-webui, KoboldCpp and \
everything else that speaks the OpenAI interface are connected in the same way."""

_FORMATTING = """\
## What an answer can look like

This text was prepared, since I am only the demo. A real model writes in the same notation, and the bot shows it in \
the same way: **bold**, *italic*, ~~struck out~~ and `code in a line`.

### Lists

1. First comes the question.
2. Then the model thinks.
   - It reads the whole conversation.
   - It writes one piece of a word after another.
3. The answer appears while it is being written.

> A quotation stands apart from the text around it.

### A table

| Model | Parameters | Memory, 4 bits |
|:--|--:|--:|
| Small | 1.7 billion | about 1.5 GB |
| Medium | 8 billion | about 6 GB |
| Large | 32 billion | about 21 GB |

### Code

```python
def reading_time(text: str, words_per_minute: int = 200) -> float:
    \"\"\"Minutes that it takes to read a text.\"\"\"
    return len(text.split()) / words_per_minute
```

### A formula

The normal distribution, with mean $\\mu$ and standard deviation $\\sigma$:

$$f(x) = \\frac{1}{\\sigma\\sqrt{2\\pi}}\\, e^{-\\frac{(x-\\mu)^2}{2\\sigma^2}}$$

Write `connect` when you would like answers that were not prepared."""

_TABLE = """\
Here is a table: the servers that the bot looks for on this computer, and how each is usually started. It was \
prepared; the demo can't make one from your words.

| Server | Port | Command |
|:--|--:|:--|
| Ollama | 11434 | `ollama serve` |
| LM Studio | 1234 | `lms server start` |
| vLLM | 8000 | `vllm serve MODEL` |
| llama-server | 8080 | `llama-server -m MODEL.gguf` |
| KoboldCpp | 5001 | `koboldcpp --model MODEL.gguf` |
| text-generation-webui | 5000 | `python server.py --api` |"""

_CODE = """\
I can't write a program for you, since I am only the demo. But this is how code looks in an answer:

```python
from collections import Counter


def most_common_words(text: str, count: int = 3) -> list[str]:
    \"\"\"The words that occur most often, without regard to capital letters.\"\"\"
    words = (word.strip(".,;:!?") for word in text.lower().split())
    return [word for word, _ in Counter(filter(None, words)).most_common(count)]


print(most_common_words("To be, or not to be, that is the question."))
```

It prints:

```text
['to', 'be', 'or']
```

A real model writes code to order. `connect` tells how to get one."""

_FORMULA = """\
Formulas are written in LaTeX, in a line, like Euler's $e^{i\\pi} + 1 = 0$, or on a line of their own. This one is at \
the heart of every language model:

$$\\mathrm{Attention}(Q, K, V) = \\mathrm{softmax}\\left(\\frac{Q K^{\\top}}{\\sqrt{d_k}}\\right) V$$

and this one solves $ax^2 + bx + c = 0$:

$$x_{1,2} = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}$$

The demo only shows them. Solving is for a real model: write `connect`."""

_LONG = """\
# How a language model answers

This is a long text, so that you can see how an answer grows while it is written and how it is divided when it does \
not fit into one message. It was prepared in advance, as everything is that the demo says. You can also press Stop \
and see that the writing ends at once.

## 1. The message becomes numbers

A model does not see letters. The text is first cut into *tokens*: frequent words, parts of words, single signs. A \
short English word is usually one token, a rare name may be four or five. As a rule of thumb, a thousand tokens are \
about 750 English words; in Russian the same number of words takes roughly twice as many tokens, because most \
vocabularies were made mainly from English texts.

Each token is then replaced by a long row of numbers, a point in a space of several thousand dimensions. Words that \
are used in similar ways lie close together there. Everything that follows is arithmetic on these numbers.

## 2. The model reads the conversation

A model remembers nothing between two messages. Whoever talks to it sends the whole conversation again each time: the \
instructions, all earlier questions and answers, and the new question at the end. What fits in at once is called the \
*context*, and it is measured in tokens.

| Context, tokens | Roughly as much as |
|--:|:--|
| 4,096 | six pages of a book |
| 32,768 | fifty pages |
| 131,072 | a novel |

When a conversation outgrows the context, something has to be left out. Some servers refuse such a request. Others \
drop the oldest messages and say nothing about it, and the model seems to have forgotten how the conversation began.

Reading is quick, because all tokens of the prompt can be worked on side by side. Even so a long conversation makes \
itself felt: the time until the first word appears is mostly the time of reading. Good servers keep what they have \
already read, and then only the new message has to be worked through.

## 3. It writes one token at a time

Now the model calculates, for every token of its vocabulary, how well it would continue the text. The result is a \
list of probabilities. Suppose the text so far is *The kettle is on the*. The list might begin like this:

```text
stove    0.61
table    0.17
hob      0.09
fire     0.05
```

One token is drawn from the list, appended to the text, and the whole calculation starts again. That is why an answer \
arrives piece by piece: it really is made piece by piece, and nobody knows its end before it is written, the model \
least of all.

How the token is drawn can be adjusted. At *temperature* zero the first of the list is always taken: the same \
question then gets nearly always the same answer. Higher values let less probable words through. The text becomes \
livelier, and at some point it becomes nonsense. Values between 0.6 and 0.8 suit most conversations.

## 4. How fast it goes

To make one token, nearly all numbers of the model have to be fetched from memory once. So the speed of writing \
depends above all on how fast the memory is, and on how large the model is:

1. A model with 8 billion parameters, stored with 4 bits each, takes about 5 GB.
2. The memory of an ordinary computer delivers some 50 GB each second.
3. That allows about ten tokens a second, which is about twice as fast as most people read.

A graphics card has memory ten to twenty times as fast, and the model writes faster in the same measure. This is also \
why models are stored with fewer bits: half the bits mean half the memory and about twice the speed, at the price of \
a small loss in quality.

## 5. Why it can be wrong

The model was not trained to know things but to continue texts plausibly. Much of what is plausible is also true, and \
that is the astonishing part. But where the model knows nothing it does not fall silent: it continues plausibly there \
too. An invented book title looks exactly like a real one.

Some habits help:

- **Give it the material.** A question about a text that stands in the conversation is answered far more reliably \
than one from memory.
- **Ask for little at once.** Three small questions get better answers than one question with three parts.
- **Check what matters.** Numbers, quotations, names and laws first of all.

> Trust it as you would trust a well-read friend who is too polite ever to say: I don't know.

## 6. At home or in a cloud

The largest models need computers that fill a cabinet, and they are rented by the token. Those that fit on a desk \
have caught up remarkably: they translate, summarise, explain and write code, and for a great deal of daily work the \
difference is hard to notice. What you write to them does not leave your house, they cost nothing but electricity, \
and they work without the internet.

That is what this bot is for. If you have read this far, you have seen everything that the demo can do. Write \
`connect`, and the next answer can be a real one."""

TEXTS: Mapping[Topic, tuple[str, ...]] = {
    Topic.GREETING: (
        f"""\
Hello! Your message took the whole way: it was received, stored and passed to a model, and this answer came back as \
it was written. Only the model is missing: **I am the built-in demo**, a handful of prepared texts. I don't \
understand what you write.

Here is what I can show you. Just write the word:

{_MENU}""",
        "Hello again! I am still the demo, and no real model is connected yet. Write `connect`, and I will tell you "
        "how to change that, or `formatting` to see what answers can look like.",
        "Good to see you! There is still only me, the demo model. `connect` is the word that leads to better company.",
    ),
    Topic.THANKS: (
        "You are welcome! For a demo that is the best that can happen. When you are ready for a real model, write "
        "`connect`.",
        "My pleasure! It was all prepared, but it was prepared gladly.",
    ),
    Topic.FAREWELL: (
        "Goodbye! When you come back, perhaps a real model will answer: start one on this computer, and it is found "
        "by itself.",
        "See you! I will be here until a real model takes over.",
    ),
    Topic.ABOUT: (
        f"""\
I am **the built-in demo model**: no artificial intelligence, only some prepared texts and a list of words that I \
watch for. I am here because no model server was set up and none was found on this computer. Everything around me is \
real: the bot, the storage, the stream in which these words arrive.

You can write:

{_MENU}""",
        "I am the demo, and I fill in as long as no real model is connected. I can't answer questions. I can show "
        "what answers look like (`formatting`, `long`) and tell how to connect a model (`connect`).",
    ),
    Topic.CONNECT: (_CONNECT,),
    Topic.FORMATTING: (_FORMATTING,),
    Topic.TABLE: (_TABLE,),
    Topic.CODE: (_CODE,),
    Topic.FORMULA: (_FORMULA,),
    Topic.LONG: (_LONG,),
    Topic.SUM: (
        "I won't pretend to calculate: I am the demo model, and all that I say was written in advance. Small real "
        "models do sums by feel and are sometimes wrong, large ones are usually right. Write `connect` to get one.",
        "That would be a guess, and you deserve better. The demo can show a `formula`, but it can't work one out. "
        "`connect` tells how to get a model that tries.",
    ),
    Topic.PICTURE: (
        "Your picture arrived, but the demo model has no eyes. A model that can see will describe it to you, for "
        "example `gemma3` in Ollama. Write `connect` to learn how to set one up.",
    ),
    Topic.OTHER: (
        f"""\
I can't answer that: **I am the built-in demo model**, some prepared texts that stand in until a real model is \
connected. What you see is the real thing all the same: your message took the whole way through the bot, and these \
words come back as a stream, just as those of a real model would.

Write one of these words to see more:

{_MENU}""",
        """\
That is a question for a real model, and I am only the demo. The shortest way to a real answer is this:

```bash
ollama pull qwen3:8b
ollama serve
```

As soon as Ollama runs on this computer, the bot finds it by itself, and you can ask again. Write `connect` for other \
ways.""",
        "Here I have to pass: the demo doesn't understand questions, it only knows some words. `formatting` shows "
        "what answers can look like, `long` gives a long one, and `connect` tells how to get real ones.",
        """\
I would like to help, but I am a demo: I don't read what you write, I only look for a few words in it. A real model \
is three lines in `.env` away:

```ini
LLM_API_BASE=http://127.0.0.1:11434/v1
LLM_MODEL=qwen3:8b
LLM_API_KEY=
```

Or leave them empty and start a model server on this computer: it is found by itself.""",
    ),
}
