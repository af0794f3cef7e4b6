### What the bot says, in English. Plain text: Telegram's formatting is added in code where there is any.

## /start and /help

about-start =
    Hello, { $name }! I am Domovoy, the house spirit of your own language models.

    { $model }

    Write me anything. My answer appears as it is written; /stop ends it early, /new begins a new conversation. /help lists everything.
about-model = { $model } on { $server } answers here.
about-model-demo = No real model is connected yet, so a built-in demo answers: it shows what I can do, but it does not think. Ask it “how do I connect a model?”
about-model-none = No model can answer right now: { $reason }
about-reason-not-looked-yet = I am still looking for one.
about-reason-server-unreachable = the model server does not answer; perhaps it is not running.
about-reason-server-loading = the model server is still loading.
about-reason-server-needs-key = the model server wants a key (LLM_API_KEY).
about-reason-not-a-model-server = what answers at LLM_API_BASE is no model server.
about-reason-no-chat-model = the model server has no model to chat with.
about-reason-model-not-named = LLM_MODEL must say which model to ask.
about-reason-model-not-found = no server on this machine has the model that LLM_MODEL names.
about-reason-no-server-found = no model server was found on this machine.
about-reason-bad-address = LLM_API_BASE is no address that can be used.
about-help =
    Write me a message, and a language model answers. I remember our conversation until you begin a new one.

    { $commands }

    { $model }
about-help-line = /{ $command } – { $description }

## Commands

command-start = Who I am and which model answers
command-help = What I can do
command-new = Begin a new conversation
command-stop = Stop the answer that is being written
command-settings = Language and appearance
command-stats = Figures of each model
command-models = Servers and models

## Conversation

dialog-new = A new conversation. What was said before no longer counts.
dialog-nothing-to-stop = There is no answer to stop.
stop-button = Stop
answer-thinking = Thinking…
answer-stopped = Stopped.
answer-cut-off = The answer reached the length limit. Write “continue” for the rest.
answer-question-cut = Your message is too long for this model: it has read the beginning and the end only. Ask about shorter parts of it, one at a time.
answer-replaced = The answer broke off. Another try is being written…
answer-given-up = I tried to answer this message { $attempts } times and was interrupted each time, so I leave it. Please send it again, or ask differently.
unknown-command = I do not know this command. /help lists those that I do.
unsupported-message = I can only read text so far. Please write it as a message.
internal-error = Something broke on my side. If you report it, give this number: { $reference }

## Who may come in

access-waiting = This bot is private. I have asked its owner to let you in, and will write to you when they do.
access-private = This bot is private. If you should have access, give its owner this number: { $id }
access-granted = You are in! Write me a message.
access-question =
    { $name } asks to use this bot.
    { $username } · { $id }
access-allow = Allow
access-refuse = Refuse
access-was-allowed =
    { $name } may use the bot.
    { $username } · { $id }
access-was-refused =
    { $name } may not use the bot.
    { $username } · { $id }
access-gone = This person is no longer known to me.
access-person-unreachable = They are in, but I could not write to them.
access-owner-accepted = Welcome! You are the owner and admin of this bot now. /help shows your commands.

## Failures of models, in words

failure-transport = The connection to the model server broke. Please try again.
failure-unreachable = The model server does not answer; perhaps it is not running. Please try again later, or tell whoever runs it.
failure-stream-cut = The model server broke off in the middle of the answer. Please try again.
failure-connect-timeout = The model server could not be reached in time. Please try again later.
failure-first-token-timeout = The model did not begin to answer in time. It may still be loading: please try again in a minute.
failure-stall = The model fell silent in the middle of the answer. Please try again.
failure-rate-limit = The model gets too many requests at the moment. Please try again in a minute.
failure-quota = The account of the model's provider is used up. Its owner has to top it up; until then I cannot answer.
failure-overload = The model server is too busy at the moment. Please try again in a minute.
failure-server-error = The model server had a fault of its own. Please try again.
failure-auth = The model server refused our key. Whoever runs this bot has to check LLM_API_KEY.
failure-model-missing = The server does not have the model that it was asked for. Whoever runs this bot has to check LLM_MODEL.
failure-model-loading = The model is being loaded. Please try again in a minute.
failure-context-overflow = This is too long for the model. Send a shorter text, or begin a new conversation with /new.
failure-content-filter = The model's provider refuses to answer this.
failure-bad-request = The model server did not accept the request. A new conversation (/new) may help.
failure-cancelled = The request was cancelled. Please try again.
failure-invalid-output = The model gave an empty answer. Please try again or ask differently.
failure-thinking-spent-limit = The model spent its whole length limit on thinking and had nothing left for the answer. Ask for something smaller, or raise the limit.
failure-no-model = No model is available yet. I keep looking for one; please try again in a minute.
failure-retry-in = It may work again in { $seconds } s.
failure-tried = { $model } · { $server } · { $marks } · { $seconds } s
failure-details =
    { $model } · { $server } · { $marks }
    { $detail }

## Notices to admins

notice-prompt-cut =
    { $model } at { $server } has left out a part of a long conversation and did not say so: about { $sent } tokens were sent, it counted { $counted }. I send less from now on. To let it hold more, { $kind ->
        [ollama] set PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT (sent to Ollama as num_ctx), or OLLAMA_CONTEXT_LENGTH where Ollama runs.
        [textgen] load the model with a larger ctx-size in text-generation-webui, and set PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT to it.
        [koboldcpp] start KoboldCpp with a larger --contextsize.
        [lmstudio] load the model in LM Studio with a larger context length.
       *[other] raise the context length of the server.
    }

notice-setting =
    { $model } at { $server } can not be used: { $kind ->
        [auth] the key is refused. Check { $prefix }API_KEY.
        [model_missing] the server does not have this model. Check { $prefix }{ $name }.
        [quota] the credit or the quota is used up. Top it up, or take another key: { $prefix }API_KEY.
       *[other] the address does not lead to a model server. Check { $prefix }API_BASE.
    }
    I go on without it and try again from time to time.

## /stats

stats-title-24h = The last 24 hours
stats-title-7d = The last 7 days
stats-title-30d = The last 30 days
stats-title-all = Since the beginning
stats-empty = Nobody has asked a model anything in this time.
stats-usage = Which period? /stats and one of: { $periods }
stats-requests = Requests
stats-stopped = Stopped
stats-success = Success
stats-average = Average
stats-p95 = 95th percentile
stats-first-token = First token
stats-tokens-in = Tokens in
stats-tokens-out = Tokens out
stats-seconds = { $seconds } s

## /models

models-title = Models
models-none = No model server was found. Start one on this machine (Ollama: ollama serve), or set LLM_API_BASE and LLM_MODEL.
models-in-use = in use
models-fallback = answers when the first can not
models-server = Server
models-context = Context
models-context-tokens = { $tokens } tokens
models-unknown = unknown
models-state = State
models-state-up = answers
models-state-loading = loading a model
models-state-needs-key = wants a key
models-state-unreachable = not reachable
models-state-unknown = not looked at yet
models-source-configured = configured
models-source-found = found on this machine
models-source-demo = built-in demo

## /settings

settings-title = Settings: the language that I speak with you, and how answers look.
settings-language-en = English
settings-language-ru = Русский
settings-language-set = I speak English with you from now on.
settings-rich-try = Try rich messages
settings-rich-off = Switch rich messages off
settings-rich-question = Above this message you should see a heading, a table and a formula. Do you?
settings-rich-seen = Yes, I see them
settings-rich-not-seen = No, or it is empty
settings-rich-on = Rich messages are on: tables and formulas show as such.
settings-rich-is-off = Rich messages are off: answers come as classic messages, which every client shows.
settings-rich-unknown = This Telegram server does not know rich messages yet.
settings-rich-sample =
    ## A sample

    | Model | Speed |
    |:--|--:|
    | small | fast |
    | large | slow |

    $$E = mc^2$$
