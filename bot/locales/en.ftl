### What the bot says, in English. Plain text: Telegram's formatting is added in code where there is any.

## What this language calls itself

language-name = English

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
command-chats = Earlier conversations
command-model = Which model answers you
command-retry = Answer the last question again
command-stop = Stop the answer that is being written
command-improve = Word a question better
command-export = This conversation as a file
command-privacy = What is kept of you, and where it goes
command-forget = Delete everything that is kept of you
command-settings = Language and appearance
command-quiet = Be silent in this group, or speak again
command-system = Who I am for you
command-stats = Figures of each model
command-models = Servers and models
command-detect = Find out what the models can do
command-errors = What failed, and what to do
command-people = Who writes to the bot
command-health = How the bot itself does
command-why = Which model answered last, and why

## Conversation

dialog-new = A new conversation. What was said before no longer counts.
dialog-nothing-to-retry = There is no question to answer again.
dialog-nothing-to-stop = There is no answer to stop.
chats-title = Our conversations here. The marked one is open; press one to see more.
chats-none = There is no conversation here yet.
chats-card =
    { $title }

    { $number ->
        [one] One message
       *[other] { $messages } messages
    }, the last { $ago } ago.
chats-take-up = Go on with this one
chats-taken-up = We go on with this conversation.
chats-delete = Delete…
chats-delete-sure = Delete it for good
chats-keep = Keep it
chats-deleted = Deleted.
chats-back = ‹ All
chats-gone = This conversation is gone.
stop-button = Stop
answer-loading = Loading { $model }…
answer-loading-for = Loading { $model }… { $time }
answer-thinking = Thinking…
answer-thinking-for = Thinking… { $time }
answer-thought = Thought for { $time }
answer-in-file = { $number ->
    [one] The whole code, { $lines } line, is in the file { $name }.
   *[other] The whole code, { $lines } lines, is in the file { $name }.
}
answer-stopped = Stopped.
answer-cut-off = The answer reached the length limit. Press “Continue” for the rest.
answer-button-again = Again
answer-button-continue = Continue
answer-button-shorter = Shorter
answer-button-other = Another model
answer-button-cloud = Ask the cloud
answer-wish-continue = Go on exactly where you stopped. Repeat nothing, and do not begin anew.
answer-wish-shorter = Say the same much shorter.
answer-not-last = We have gone on since: this works for the last answer only.
answer-no-other = No other model can answer right now.
answer-question-cut = Your message is too long for this model: it has read the beginning and the end only. Ask about shorter parts of it, one at a time.
answer-forgotten = We have been talking for long: { $number ->
    [one] our first message no longer reaches
   *[other] our first { $messages } messages no longer reach
} the model word for word. I keep the gist of what fits; /new begins afresh.
answer-queued = All servers are at work. You are number { $place } in the queue…
answer-queued-for = All servers are at work. You are number { $place } in the queue: about { $time }…
answer-replaced = The answer broke off. Another try is being written…
late-apology =
    Sorry, I was away: you wrote this { $time } ago. It may not matter to you any more, so I have not answered yet.
late-answer = Answer it now
late-gone = There is nothing left to answer.
answer-given-up = I tried to answer this message { $attempts } times and was interrupted each time, so I leave it. Please send it again, or ask differently.
unknown-command = I do not know this command. /help lists those that I do.
unsupported-message = I cannot read this. I understand text, photos, files (PDF, Word, text, CSV, code), voice messages, places, contacts and polls.
internal-error = Something broke on my side. If you report it, give this number: { $reference }

## What is sent besides text

said-location = A place: { $place }
said-venue = A place: { $title }, { $address } ({ $place })
said-contact = A contact: { $name }, { $phone }
said-poll =
    A poll: { $question }
    { $options }
said-photo = What is in this picture?
said-file = What is in this file? Sum it up briefly.
photo-unseen = None of my models sees pictures, so I cannot look at this one. Tell me in words what is in it.
photo-unseen-offer = None of my models sees pictures. I can answer what you wrote with it, without having seen it.
photo-words-only = Answer my words only
photo-gone = I no longer know which message this was about. Please write it once more.
photo-seen-by-other = Seen by { $model }: { $chosen }, which you have chosen, does not see pictures. It goes on with your next message.
file-kinds = photos, PDF, Word (docx), plain text, tables as CSV, and program code
file-cut-pages = “{ $name }” is long: I have read the first { $pages } of its { $all } pages.
file-cut = “{ $name }” is long: I have read its beginning, { $characters } characters.
file-empty = “{ $name }” is empty.
file-too-large = “{ $name }” is too large: Telegram lets me fetch files of up to { $limit }. Please send a smaller one, or a part of it.
file-too-big-inside = “{ $name }” becomes far too large when it is unpacked, so I have not read it. Please send the part that matters.
file-too-many-pixels = “{ $name }” has too many pixels for me. Send it as a photo: Telegram then makes it smaller.
file-encrypted = “{ $name }” is locked with a password, so I cannot read it. Please send it without one.
file-no-text = There is no text in “{ $name }”: it is probably a scan. Send its pages as photos instead.
file-old-office = “{ $name }” is in an old format of Office. Save it as .docx or PDF and send that.
file-unknown-kind = I cannot read “{ $name }”. I can read { $kinds }.
file-broken = “{ $name }” is damaged or not what its name says, so I could not read it. Please send it again.
file-too-slow = “{ $name }” took too long to read, so I gave up. Please send a smaller part of it.
file-gone = Telegram no longer has “{ $name }”. Please send it again.
speech-not-configured = I cannot listen to recordings here. Please write it instead.
speech-unreachable = What writes speech down does not answer at the moment. Please write it, or try again later.
speech-too-slow = Writing this recording down took too long. Please send a shorter one, or write it.
speech-key-refused = What writes speech down refused our key. Whoever runs this bot has to look at it; until then, please write.
speech-not-there = The server that should write speech down cannot do it. Whoever runs this bot has to look at it; until then, please write.
speech-too-large = This recording is too long: I listen to { $limit } at most. Please send it in parts.
speech-busy = What writes speech down is too busy. Please try again in a minute.
speech-not-understood = The recording could not be read. Please record it anew, or write it.
speech-not-at-home = You want nothing of yours to go to a cloud, and recordings are written down in one. Please write it instead, or change that in /settings.
speech-broken = Writing the recording down failed. Please try again, or write it.
speech-nothing-said = I heard no words in this recording.
speech-setting = Settings: TRANSCRIPTION_API_BASE, TRANSCRIPTION_MODEL, TRANSCRIPTION_API_KEY.

## Who may come in

access-waiting = This bot is private. I have asked its owner to let you in, and will write to you when they do.
access-private = This bot is private. If you should have access, give its owner this number: { $id }
access-granted = You are in! Write me a message.
access-question =
    { $name } asks to use this bot.
    { $who }
access-allow = Allow
access-refuse = Refuse
access-was-allowed =
    { $name } may use the bot.
    { $who }
access-was-refused =
    { $name } may not use the bot.
    { $who }
access-blocked = The owner of this bot has closed your access. I can not answer you any more.
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
failure-blind = None of my models sees pictures.
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
failure-budget-day = The money for cloud models is used up for today, and no model at home can answer now.
failure-budget-month = The money for cloud models is used up for this month, and no model at home can answer now.
failure-paused = The owner has paused the models. Please try again later.
failure-at-home = You want nothing of yours to go to a cloud, and no model at home can answer now. You can change that in /settings.
failure-retry-in = It may work again in { $time }.
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

notice-server-down =
    { $server } has not answered for { $time }. { $model } is not asked until it is back; the other models answer if there are any.
notice-model-failing =
    { $model } at { $server } has been failing for { $time }, although the server is there. /errors says how.
notice-back = { $model } at { $server } works again, after { $time }.
notice-setting-mended = { $model } at { $server } can be used again.
notice-budget-nearly =
    { $span ->
        [day] Today
       *[month] This month
    } the cloud has cost { $spent } of the { $cap } that you allow.
notice-budget-spent =
    The { $cap } that the cloud may cost { $span ->
        [day] a day
       *[month] a month
    } are spent. Only models without a price are asked now; that ends in { $time }. To change it: { $span ->
        [day] CLOUD_BUDGET_DAY
       *[month] CLOUD_BUDGET_MONTH
    }.
notice-budget-fresh =
    { $span ->
        [day] A new day
       *[month] A new month
    } has begun, and the cloud may be asked again.
notice-budget-changed = The budget for the cloud has been changed, and the cloud may be asked again.
notice-invited =
    { $name } has come by an invitation and may use the bot.
    { $who }
notice-disk = The disk of the database has only { $free } left. When it is full, I can store nothing and answer nobody.
notice-disk-well = The disk of the database has room again: { $free }.
notice-database = The database can not be written: { $reason }. I try again by myself; messages wait meanwhile.
notice-conflict =
    { $other ->
        [webhook] A webhook is set for my token, so that no messages reach me. Set WEBHOOK_URL to use it, or have it deleted: domovoy doctor says how.
       *[other] Another program fetches messages with my token, so that some of them never reach me. Stop it, or give it a token of its own.
    }
notice-database-well = The database can be written again.

## The settings file, told to admins

notice-settings-applied =
    The settings have changed. From now on:
    { $lines }
notice-settings-right-again = The settings file is right again. Nothing has changed.
notice-settings-at-start = { $names }: takes effect at the next start.
notice-settings-wrong =
    The settings file has a fault. I take nothing from it and go on as before.
    { $lines }
notice-settings-gone = The settings file is gone. I go on as before; the next start would find none.
notice-settings-hidden = { $names }: stands in the environment as well, which wins over the settings file.
fault = • { $variable }: { $allowed }
fault-line = • line { $line }, { $variable }: { $allowed }
change-more =
    { $count ->
        [one] • and one more
       *[other] • and { $count } more
    }
change-primary = • { $model } at { $server } answers first.
change-primary-of-server = • The first suitable model of { $server } answers first.
change-primary-by-name = • { $model } answers first, wherever it is found on this machine.
change-primary-found = • What is found on this machine answers first.
change-fallbacks = • When it can not, these do, in this order: { $models }.
change-fallbacks-none = • There are no fallback models any more.
change-model = • { $variable }: { $model } at { $server }.
change-model-none = • { $variable }: none any more.
change-key = • { $name }: another key.
change-fields = • { $variable }: changed { $fields }.
change-access = • { $access ->
        [open] Everybody may use the bot.
        [allowlist] Only who is named in ALLOWED_IDS may use the bot.
       *[approve] An admin decides who may use the bot.
    }
change-admins-added = • New admins: { $ids }.
change-admins-removed = • No longer an admin by the settings: { $ids }.
change-allowed-added = • May use the bot: { $ids }.
change-allowed-removed = • No longer named in ALLOWED_IDS: { $ids }.
change-value = • { $name }: { $before } → { $now }

## /stats

stats-title-24h = The last 24 hours
stats-title-7d = The last 7 days
stats-title-30d = The last 30 days
stats-title-all = Since the beginning
stats-empty = Nobody has asked a model anything in this time.
stats-usage = Like this: /stats, /stats 7d, /stats model 30d, /stats export. Periods: { $periods }
stats-unknown-model = I have no figures of exactly one model of this name. There are figures of:
stats-gone = I have no figures of this model any more.
stats-exported = { $number ->
    [one] One request, as it was kept.
   *[other] { $number } requests, each as it was kept.
}
stats-column-requests = Asked
stats-column-success = OK%
stats-more-models = … and { $number ->
    [one] one model more
   *[other] { $number } models more
}
stats-sums = { $number ->
    [one] One request
   *[other] { $requests } requests
}; { $read } tokens read, { $written } written.
stats-sums-fallbacks = Another model stepped in { $number ->
    [one] once.
   *[other] { $number } times.
}
stats-sums-cost = Spent: { $cost }.
stats-times = Seconds that so many percent stay below:
stats-whole-answer = Answer
stats-first-token = First word
stats-failures = Failed: { $kinds }
stats-last-failure = Last failure: { $kind }, { $ago } ago
stats-requests = Requests
stats-stopped = Stopped
stats-success = Success
stats-average = On average
stats-speed = Tokens a second
stats-tokens-in = Tokens read
stats-tokens-cached = … from cache
stats-tokens-out = Tokens written
stats-cost = Spent
stats-taken = Stepped in
stats-given = Was replaced
stats-hedges = Asked as second
stats-button-24h = 24 h
stats-button-7d = 7 d
stats-button-30d = 30 d
stats-button-all = All
stats-button-all-tasks = All tasks
stats-button-all-models = ‹ All models
task-chat = Answers
task-classification = Sorting
task-augmentation = Summaries
task-probe = Probes
chart-latency = Seconds until an answer is whole
chart-requests = Requests
chart-answered = answered
chart-failed = failed
chart-share = Share of each model
chart-nothing = no requests in this time
chart-others = all others

## Kinds of failure in two or three words

kind-transport = connection broke
kind-connect-timeout = no connection in time
kind-first-token-timeout = no beginning in time
kind-stall = fell silent
kind-rate-limit = too many requests
kind-quota = account used up
kind-overload = too busy
kind-server-error = fault of the server
kind-auth = key refused
kind-model-missing = no such model
kind-model-loading = still loading
kind-context-overflow = too long
kind-content-filter = content refused
kind-bad-request = request refused
kind-cancelled = stopped
kind-invalid-output = empty answer

## /errors

errors-title = Failures: { $period }
errors-none = Nothing has failed.
errors-usage = For how long? /errors and one of: { $periods }
errors-more = … and { $number ->
    [one] one kind more
   *[other] { $number } kinds more
}, further back.
errors-once = { $ago } ago
errors-when = the first { $first } ago, the last { $last } ago
remedy-transport = See whether the server runs and can be reached from here. If it ended in the middle, its own log says why: mostly it had too little memory.
remedy-connect-timeout = The machine is off or a firewall swallows the connection. Check { $prefix }API_BASE.
remedy-first-token-timeout = The model needs longer than TIMEOUT_SECONDS to load or to read. Keep it loaded ({ $prefix }KEEP_ALIVE), take a smaller one, or raise TIMEOUT_SECONDS.
remedy-stall = The server stopped in the middle. Look at its log and at the memory of its graphics card.
remedy-rate-limit = The provider lets fewer requests through. Take a larger plan, or add FALLBACK_MODELS.
remedy-quota = Top up the account, or set another key: { $prefix }API_KEY.
remedy-overload = The server has more to do than it can. Let it work on more at once, or add FALLBACK_MODELS.
remedy-server-error = The server has a fault of its own. Its log says which; an update may help.
remedy-auth = The server refuses the key. Check { $prefix }API_KEY.
remedy-model-missing = The server does not have the model. Compare the name with /models, or download the model there.
remedy-model-loading = Nothing, if it was after a start. If it comes again and again, keep the model loaded: { $prefix }KEEP_ALIVE.
remedy-context-overflow = Give the model a larger context on its server, or add a model with one to FALLBACK_MODELS.
remedy-content-filter = The provider refuses such questions. A model of your own does not.
remedy-bad-request = The server does not take a request of this form. Is it up to date? If so, tell those who make this bot.
remedy-invalid-output = The model gives empty answers. Another model, or a newer version of the server, may help.

## What is checked: domovoy doctor, /health and the log of the start

checkup-well = All checks are well.
checkup-amiss = Broken: { $broken }. To be looked at: { $warnings }.
checkup-subject-settings = Settings
checkup-subject-telegram = Telegram
checkup-subject-models = Models
checkup-subject-database = Database
checkup-subject-disk = Disk
checkup-subject-clock = Clock
checkup-subject-ports = Ports

checkup-settings-good = The settings are right ({ $number } set, the rest as usual).
checkup-settings-wrong = { $variable }{ $value ->
        [none] { "" }
       *[other] { " " }= { $value }
    }{ $line ->
        [0] { "" }
       *[other] { " " }(line { $line })
    }: { $allowed }
mend-settings-wrong = Change it in .env or in the environment. docs/configuration.md explains each setting.
checkup-settings-later = Set, but not in force in this version: { $names }.
mend-settings-later = Nothing has to be done; docs/configuration.md says what is in force.
checkup-settings-no-such = { $variable } in line { $line } of the file is no setting and is not read.
mend-settings-no-such = { $near ->
        [none] Take the line out, or look the name up in .env.example.
       *[other] Did you mean { $near }?
    }
checkup-settings-misspelt = { $variable } in the environment is no setting and is not read.
mend-settings-misspelt = Did you mean { $near }?
checkup-settings-open-file = Others on this machine can read { $file }, and there are secrets in it.
mend-settings-open-file = chmod 600 { $file }
checkup-settings-same-model = { $variable } is the same model on the same server as { $other }: { $model }. When one fails, the other does.
mend-settings-same-model = Give { $variable } another model or another server, or take it out.
checkup-webhook-no-https = WEBHOOK_URL does not begin with https://, and Telegram calls nothing else.
mend-webhook-no-https = Put a proxy with a certificate in front and set WEBHOOK_URL to its https:// address; or leave WEBHOOK_URL empty: then the bot asks Telegram itself.

checkup-telegram-good = { $server } knows the token: the bot is { $bot }.
checkup-telegram-page = No token: the bot runs on the page http://{ $host }:{ $port } of this machine.
checkup-telegram-token = { $server } does not know this BOT_TOKEN.
mend-telegram-token = Copy the token again: @BotFather, /mybots, your bot, API Token. A revoked token never works again.
checkup-telegram-away = { $server } can't be reached ({ $reason }).
mend-telegram-away = See whether this machine reaches the internet. Where Telegram is blocked, run a Bot API server of your own elsewhere and set TELEGRAM_API_BASE to it.
checkup-telegram-no-name = The name { $server } is not known here.
mend-telegram-no-name = See whether names are resolved on this machine (DNS), and whether TELEGRAM_API_BASE is spelt right.
checkup-telegram-tls = The certificate of { $server } is not to be trusted: something sits in between, or the clock is wrong.
mend-telegram-tls = Set the clock, and see which proxy or virus scanner opens the connections of this machine.
checkup-telegram-not-json = What answers at { $server } is not the Bot API: a proxy or a login page is in between.
mend-telegram-not-json = Open the address in a browser on this machine to see what answers. With TELEGRAM_API_BASE, see whether it leads to the Bot API server itself.
checkup-telegram-trouble = { $server } answers with an error (status { $status }).
mend-telegram-trouble = It is most likely not your fault; try again in some minutes.
checkup-telegram-old = The Bot API server { $server } is older than the bot and does not know { $methods }.
mend-telegram-old = The bot does without: answers come by edited messages. A newer telegram-bot-api brings them back.
checkup-telegram-webhook-set = Another program has told Telegram to send this bot's messages to { $host }.
mend-telegram-webhook-set = This bot takes them over when it starts. Where the other program is still wanted, give it a token of its own.
checkup-telegram-webhook-fails = Telegram could not deliver to WEBHOOK_URL within the last hour: { $reason }.
mend-telegram-webhook-fails = See whether WEBHOOK_URL is reached from the internet and leads to WEBHOOK_HOST and WEBHOOK_PORT.

checkup-model-good = { $model } on { $server } ({ $kind }), context { $context }.
checkup-model-cloud = { $model } in the cloud { $server }: the key is taken.
checkup-model-demo = No real model: the built-in demo answers.
mend-model-demo = Start a model server on this machine, or run: domovoy init
checkup-model-not-found = No server on this machine has the model that LLM_MODEL asks for: { $model }.
mend-model-not-found = Start its server, or set LLM_API_BASE to where it is.
checkup-model-away = Nothing answers at { $server }, where { $model } should be.
mend-model-away = { $start ->
        [none] Start the server, or change { $base_var }.
       *[other] Start it, usually with: { $start }. Or change { $base_var }.
    }
checkup-model-no-name = The name of the server { $server } is not known here.
mend-model-no-name = See whether { $base_var } is spelt right. In a container, localhost is the container itself.
checkup-model-tls = The certificate of { $server } is not to be trusted.
mend-model-tls = Use http:// in { $base_var } for a server of your own network, or give it a certificate that this machine knows.
checkup-model-loading = { $server } is still loading { $model }.
mend-model-loading = Wait a little; the bot notices by itself.
checkup-model-key = { $server } does not take the key for { $model }, or wants one.
mend-model-key = Set { $key_var } to a key of this server.
checkup-model-not-a-server = What answers at { $server } is no model server.
mend-model-not-a-server = Set { $base_var } to the address and port of the model server, such as http://127.0.0.1:11434/v1.
checkup-model-elsewhere = On this machine there is { $kind } at { $server }.
mend-model-elsewhere = If that is the one you mean: LLM_API_BASE={ $address }
checkup-model-missing = { $server } ({ $kind }) does not have { $model }; it has { $names }.
mend-model-missing = { $pull ->
        [none] Set { $model_var } to one of these.
       *[other] Set { $model_var } to one of these, or get it: { $pull }
    }
checkup-model-none = { $server } ({ $kind }) has no model to chat with.
mend-model-none = { $kind ->
        [ollama] Get one: ollama pull qwen3:8b
       *[other] Load a model in it.
    }
checkup-model-not-named = It is not said which model of { $server } is wanted.
mend-model-not-named = Set { $model_var }.
checkup-model-other-name = { $server } ({ $kind }) is asked for { $model } and answers with { $names }, the one that it has.
mend-model-other-name = Set { $model_var }={ $names }, so that the figures have the right name.
checkup-model-context-small = { $model } on { $server } reads only { $context } tokens: hardly more than a question and its answer.
mend-model-context-small = { $hint ->
        [none] Set { $context_var }={ $enough }, if the memory is enough for it.
       *[other] Start the server with more: { $hint }
    }
checkup-model-context-above = { $context_var } is { $wanted }, but { $server } reads only { $told } tokens of { $model }{ $silent ->
        [yes] , and drops the rest without a word.
       *[no] , and refuses what is longer.
    }
mend-model-context-above = { $hint ->
        [none] Set { $context_var }={ $told }, or take it out.
       *[other] Set { $context_var }={ $told }, or start the server with more: { $hint }
    }
checkup-model-silent-cut = { $server } ({ $kind }) drops the beginning of what is too long without a word, and does not tell how much { $model } reads.
mend-model-silent-cut = { $hint ->
        [none] Set { $context_var } to the length that the server was started with.
       *[other] Set { $context_var } to the length that the server was started with ({ $hint }).
    }
checkup-model-no-system = { $model } takes no system messages; the bot puts them before the first question.
mend-model-no-system = Nothing has to be done. Where a persona matters, another model keeps to it better.

checkup-speech-good = Speech is written down by { $server }.
checkup-speech-away = Nothing answers at { $server }, where speech should be written down.
mend-speech-away = Start that server, or change TRANSCRIPTION_API_BASE; empty, voice messages are politely declined.
checkup-speech-key = { $server } does not take the key for writing speech down, or wants one.
mend-speech-key = Set TRANSCRIPTION_API_KEY to a key of this server.

checkup-database-good = { $place } is sound (schema { $revision }).
checkup-database-in-use = { $place } is sound (schema { $revision }); a bot is at work with it.
checkup-database-new = { $place } is made at the first start.
checkup-database-older = { $place } is of an earlier version (schema { $revision }).
mend-database-older = Nothing has to be done: the next start copies it and brings it to { $known }.
checkup-database-too-new = { $place } was written by a newer version (schema { $revision }, this one knows up to { $known }).
mend-database-too-new = Install that version again, or go back to the copy that lies beside the file (….before-…).
checkup-database-locked = Another program holds { $place }: { $reason }.
mend-database-locked = Close what has it open (a database browser, a backup, a second bot); fuser or lsof names it.
checkup-database-broken = { $place } is damaged, or no database: { $reason }.
mend-database-broken = Stop the bot and put a backup in its place. What can be saved: sqlite3 FILE .recover. Set aside, it is made anew, empty.
checkup-database-read-only = { $place } can't be written by this user.
mend-database-read-only = Give it to the user that runs the bot (chown), or set DATABASE_URL to another place.
checkup-database-unusable = { $place } can't be used: { $reason }.
mend-database-unusable = Set DATABASE_URL to another place; for a server, see whether it runs and takes the user and password.
checkup-database-trouble = The database does not take what is written: { $reason }.
mend-database-trouble = See whether its disk is full or gone. domovoy doctor says more.

checkup-disk-good = { $free } free at { $place }.
checkup-disk-low = Only { $free } free at { $place }.
mend-disk-low = Make room; with less than 20 MB nothing is kept reliably.
checkup-disk-full = The disk of { $place } is full: { $free } free.
mend-disk-full = Make room now: without it messages are not kept and not answered.

checkup-clock-good = The clock is right.
checkup-clock-off = The clock of this machine is { $time } { $direction ->
        [ahead] ahead of
       *[behind] behind
    } that of { $server }.
mend-clock-off = Let the system set it: timedatectl set-ntp true
checkup-clock-far-off = The clock of this machine is wrong by { $time }: { $direction ->
        [ahead] ahead of
       *[behind] behind
    } that of { $server }.
mend-clock-far-off = Set it now (timedatectl set-ntp true): certificates, budgets and all figures go by it.

checkup-port-taken = Port { $port } on { $host } is taken by another program.
mend-port-taken = Set { $variable } to a free port, or stop the other program.
checkup-check-late = The check “{ $subject }” was not done within { $seconds } s.
mend-check-late = Something is reached that neither answers nor refuses, most likely through a firewall.
checkup-check-failed = The check “{ $subject }” itself failed ({ $reason }).
mend-check-failed = That is a fault of Domovoy: please report it with what the log says.

## /health

health-title = How I am
health-uptime = Running for
health-telegram = Telegram
health-telegram-well = answers ({ $time } ago)
health-telegram-away = silent for { $time } ({ $failures } tries)
health-telegram-never = has not answered yet
health-webhook = Messages waiting with Telegram
health-webhook-error = Trouble with the webhook
health-answers = Answers being written
health-updates = Messages waiting
health-rows = Figures waiting to be written
health-failing = { " " }– the database does not take them!
health-lag = Delay of my own work
health-lag-value = { $usual } ms, { $worst } ms at worst
health-memory = Memory
health-database = Database
health-disk = Free on its disk
health-jobs = What I do by myself
health-job-in = in { $time }
health-job-never = not any more
job-look-for-models = Look at the servers
job-detect-due = Find out what new models can do
job-detect-all = Find out anew what all can do
job-watch = Watch for trouble
job-remember = Keep what was learned of servers
job-forget-old-updates = Forget old updates
job-forget-old-attachments = Forget old pictures and files
job-add-up-figures = Add up figures
job-forget-old-figures = Forget old figures

## /improve

improve-usage = Write the question behind the command: /improve your question. Or reply with /improve to a message of your own.
improve-title = In better words:
improve-ask = Ask this
improve-gone = I can no longer read what is to be asked. Send /improve again.
press-not-yours = This button is for who asked for it.

## /export

export-question = The conversation of this chat as a file. Which one?
export-usage = Like this: /export md, or /export json. Or press:
export-md = Markdown, to read
export-json = JSON, for programs
export-all = Everything that is kept of you
export-all-private = Everything that is kept of you I only give in our private chat.
export-all-caption = Everything that is kept of you · { $conversations ->
    [one] one conversation
   *[other] { $conversations } conversations
} · { $messages ->
    [one] one message
   *[other] { $messages } messages
}
export-empty = Nothing has been said in this conversation yet.
export-gone = Send /export again.
export-caption = { $title } · { $number ->
    [one] one message
   *[other] { $number } messages
}
export-person = You
export-model = Answer
export-stopped = Stopped.
export-broken = The answer broke off here.
export-untitled = Conversation

## Limits of people

limit-minute = I answer you { $number ->
    [one] one message
   *[other] { $limit } messages
} a minute. This one I have not answered: please send it again in { $time }.
limit-day = { $number ->
    [one] Your one token
   *[other] Your { $limit } tokens
} for today are used up, so I have not answered this message. It goes on at { $at }, in { $time }. /privacy shows what you have used.
limit-none-minute = Messages a minute: no limit
limit-none-day = Tokens a day: no limit
limit-most-minute = Messages a minute: { $number ->
   *[other] { $limit }
}
limit-most-day = Tokens a day: { $number ->
   *[other] { $limit }
}

## /people

people-title =
    { $number ->
        [one] One person
       *[other] { $number } people
    }: { $in } may write, { $waiting } not let in yet, { $out } kept out
people-page = Page { $page } of { $pages }
people-line =
    { $name }
    { $state } · seen { $ago } ago
    { $use }
people-state-in = may write
people-state-waiting = not let in yet
people-state-out = kept out
people-state-admin = admin
people-came = Came { $ago } ago
people-seen = Wrote { $ago } ago
people-today = Today: { $number ->
    [one] one request
   *[other] { $requests } requests
}, { $tokens } tokens
people-month = This month: { $number ->
    [one] one request
   *[other] { $requests } requests
}, { $tokens } tokens
people-named = { $setting } in the settings names this person, so nobody can be kept out here. Change the settings for that.
people-button-invite = Invite…
people-button-block = Block
people-button-admin = Make admin
people-button-plain = No longer admin
people-button-limits = Limits…
people-button-back = ‹ Back
people-limit-minute = { $limit } a minute
people-limit-day = { $limit } a day
people-limit-usual = As in the settings
people-limit-none = No limit
people-limit-set = Set.
people-usage =
    I know nobody, or several people, of this name. Like this:
    /people name – or a part of it, @name or number
    /people name messages 5 – a minute
    /people name tokens 20000 – a day
    In the place of the number also: none, default
people-gone = Send /people again.
people-cannot-yourself = You can not do this to yourself. Ask another admin.
people-cannot-settings = This person is named in { $setting } in the settings, which come first. Take them out there.
people-cannot-admin = An admin can not be blocked. First take that away from them.
people-cannot-outside = Only who may write can become an admin.
people-cannot-allowlist = ACCESS is “allowlist”: only the settings let people in. Add the number to ALLOWED_IDS there.
people-was-allowed = May write now.
people-was-blocked = Blocked. They will be told once, when they write.
people-is-admin = Is an admin now.
people-is-plain = Is no longer an admin, and may still write.

## Invitations

invite-question = Who opens the link is let in at once. For how long is it to hold, and for how many people?
invite-button-1h-once = 1 hour, one person
invite-button-1h-several = 1 hour, up to { $number }
invite-button-1d-once = 1 day, one person
invite-button-1d-several = 1 day, up to { $number }
invite-button-7d-once = 7 days, one person
invite-button-7d-several = 7 days, up to { $number }
invite-lifetime-1h = one hour
invite-lifetime-1d = one day
invite-lifetime-7d = seven days
invite-link =
    { $number ->
        [one] An invitation for one person
       *[other] An invitation for up to { $number } people
    }, good for { $lifetime }:
    { $link }
invite-not-open = Everybody may use this bot, so nobody needs an invitation.
invite-not-allowlist = ACCESS is “allowlist”: only the settings let people in, so an invitation would open nothing.
invite-over = This invitation does not hold any more: it has expired or has been used. Please ask for a new one.

## /privacy and /forget

privacy-kept = I keep our conversations: { $conversations ->
    [one] one
   *[other] { $conversations }
} with { $messages ->
    [one] one message
   *[other] { $messages } messages
}, what was sent with them, and what you have chosen in /settings. In groups I keep what you say to me, and my answers. Besides that: your name and number, when you wrote last, and how much you use.
privacy-how-long = What was said, sent and chosen stays until you delete it with /forget; what you use is forgotten after two months. Figures of the models (times and numbers, no texts, no names) are kept for longer.
privacy-where = Your messages are read by language models:
privacy-demo = • only the built-in demo, within the bot itself
privacy-home = • on machines of this bot's owner: { $models }
privacy-cloud = • in a cloud, at another company: { $models }
privacy-speech-cloud = • what you say in voice messages and recordings is written down in a cloud, at another company
privacy-cloud-when = A model in a cloud is asked when none at home can answer, or when it was put first on purpose. Summaries of long conversations and titles can come from there as well.
privacy-at-home = By your choice in /settings, what you write goes to no cloud. In a group others ask too, and what all have said there goes with their questions.
privacy-no-cloud = None of them is in a cloud.
privacy-none-to-cloud = { $asked ->
    [0] Nothing of yours has been sent to a model in the last 30 days.
    [one] One message of yours was sent to a model in the last 30 days, and it did not go to a cloud.
   *[other] { $asked } messages of yours were sent to models in the last 30 days, none of them to a cloud.
}
privacy-to-cloud = Of { $asked ->
    [one] the one message
   *[other] the { $asked } messages
} of yours in the last 30 days { $number ->
    [one] one has
   *[other] { $number } have
} gone to a cloud.
privacy-last-to-cloud = The last one: { $at }, to { $model }
privacy-left = Left for today: { $tokens } tokens
privacy-rights = /export gives you all of it as a file, /forget deletes it. What stands in this chat is kept by Telegram: delete it there. Whoever runs this bot can read its database.
forget-question =
    This deletes everything that I keep of you: { $conversations ->
        [one] one conversation
       *[other] { $conversations } conversations
    } with { $messages ->
        [one] one message
       *[other] { $messages } messages
    }, what was sent with them, your reactions and your settings. In groups it deletes what you said to me and my answers to it; what others quoted of it stays with them. It can not be undone. An answer that is being written is stopped.

    What stays: your name and number, whether you may use this bot, your limits and what you have used today. What stands in this chat is kept by Telegram: delete it there.
forget-sure = Delete everything
forget-not = Keep it
forget-was-not = Nothing was deleted.
forget-under-way = Deleting…
forget-done = Deleted: { $conversations ->
    [one] one conversation
   *[other] { $conversations } conversations
} with { $messages ->
    [one] one message
   *[other] { $messages } messages
}, and all else that was kept of you. You may still use this bot.

## /why

why-nothing = There is no answer in this chat yet that I could explain.
why-nobody = No model could answer.
why-answered = { $model } answered
why-stopped = { $model } was answering when it was stopped
why-place-local = on a machine at home
why-place-cloud = in the cloud
why-first-choice = It is the first choice.
why-soonest = Of the servers with this model, its one would be done first.
why-of-task = It is the model for messages of this kind.
why-same-again = It was asked again: the first try had failed in a way that passes.
why-next = { $model } could not answer, and this is the next one.
why-larger-context = The conversation is too long for { $model }; this one holds more.
why-trial = It had failed before, and this question was to show whether it works again. It does.
why-hedge = { $model } took unusually long to begin, so this one was asked as well and was faster.
why-because-own-choice = You have chosen { $model }.
why-because-preferred = An admin has put { $model } first.
why-because-best = { $model } does best with such messages.
why-because-ahead = { $model } has done best with such messages so far.
why-because-tried = { $leader } has done best so far; { $model } was tried, since it may be better still.
why-because-stays = { $model } has the conversation in its memory, and the others are hardly better.
why-because-cloud = No model at home can serve this message.
why-because-last-resort = No model can serve this message well.
why-bar-paused = paused
why-bar-local-only = the message stays at home
why-bar-over-budget = the budget is spent
why-bar-vision = it sees no pictures
why-bar-json = it can not be held to JSON
why-bar-tools = it calls no functions
why-bar-context = the message is too long for it
why-bar-language = it does not speak this language
why-bar-resting = it has been failing
why-obstacle = Not { $model }: { $what }.
why-first = first word after { $time }
why-whole = whole answer after { $time }
why-waited = asked after { $time }
why-read = { $tokens } tokens read
why-cached = { $tokens } of them from its cache
why-written = { $tokens } written
why-speed = { $speed } a second
why-cost = cost { $cost }
why-tried = Also asked:
why-line = { $model }: { $what } after { $time }
why-was-whole = answered

## /models

models-title = Models
models-others = Also found on this machine:
models-nameless = no model
models-in-use = answers first
models-fallback = fallback
models-for-named = for “{ $name }”
models-for-classification = for sorting messages
models-for-augmentation = for summaries
models-for-chat = for talk
models-for-code = for code
models-for-translation = for translations
models-for-summary = for retelling
models-for-maths = for maths
models-for-vision = for pictures
models-for-long-document = for long documents
models-for-other = for everything that has no model of its own
models-paused = paused
models-local = at home
models-cloud = cloud
models-settings = Settings
models-source = Chosen as
models-source-configured = configured
models-source-found = found on this machine
models-source-demo = built-in demo
models-max-tokens = Longest answer, tokens
models-price = Price for a million tokens, read / written
models-first-token = First word, usually after
models-speed = Tokens a second
models-failures = Failures of the last 24 h
models-unknown = unknown
models-context = context { $context }
models-tokens = { $tokens } tokens
models-vision = sees images
models-thinking = thinks first
models-state-up = up
models-state-loading = loading a model
models-state-needs-key = wants a key
models-state-unreachable = not reachable
models-state-unknown = not looked at
models-breaker-open = failing
models-breaker-half-open = failed; the next question is the test
models-breaker-rate-limited = asks to wait
models-breaker-config-error = a setting is wrong
models-breaker-loading = loading
models-next-try = next try in { $time }
models-loaded = in memory
models-not-loaded = not in memory
models-in-flight = now { $number }
models-unasked = not asked for 24 h
models-today = 24 h: { $requests } asked, { $success }
models-median = usually { $time }
models-button-refresh = Look again
models-button-prefer = Ask this one first
models-button-pause = Pause
models-button-resume = Go on
models-button-probe = Try it now
models-button-detect = Find out what it can do
models-button-back = ‹ All models
models-known = Found out { $ago } ago
models-never-known = What it can do has not been found out yet; /detect does it.
models-gone = The settings have changed. Send /models again.
models-preferred = It is asked first now, until I am started again.
models-was-paused = It is not asked any more, until you let it or I am started again.
models-was-resumed = It is asked again.
models-probing = I ask it something short…
models-probe-failed = Tried just now, without an answer. { $reason }
models-probed = Tried just now: first word after { $first }, whole answer after { $whole }.
models-more = … and { $number ->
    [one] one model more
   *[other] { $number } models more
}; the buttons lead to each.

## /detect

detect-title = What { $model } can do
detect-done = What { $model } can do
detect-waiting = Waiting for a quiet moment of the server…
detect-asking = Question { $number } of about { $of }: { $topic }
detect-topic-instructions = does it do as it is told
detect-topic-system = does it heed the system text
detect-topic-json = can it be held to JSON
detect-topic-context = how much does it read
detect-topic-languages = which languages does it speak
detect-topic-tools = can it call functions
detect-topic-vision = does it see images
detect-topic-prefill = can it go on with an answer
detect-stopping = I stop.
detect-over = It is over already.
detect-stopped = Stopped after { $number ->
    [one] { $number } question
   *[other] { $number } questions
}. Nothing is lost: the next time I go on from there.
detect-unfinished = Not finished: { $reason } What I have seen is kept; I go on from there when the server answers.
detect-nothing = There is no model that I could ask. Send /models to see why.
detect-unknown-model = I have no such model. I have:
detect-column-value = value
detect-column-sure = sure
detect-asked = { $number ->
    [0] It did not have to be asked anything.
    [one] It took { $number } short question.
   *[other] It took { $number } short questions.
}
detect-skipped-cloud = It is in a cloud, so I asked it nothing: set DETECT_CLOUD=true if I may.
detect-skipped-budget = The budget for the cloud did not permit more questions.
detect-between = { $ability }: between { $low } and { $high }, judging by a few tasks.
detect-from-settings = From your settings: { $abilities }.
detect-from-server = Told by the server: { $abilities }.
detect-from-table = As is usual, not seen: { $abilities }.
detect-changed = Other than { $ago } ago:
detect-unchanged = Nothing is other than { $ago } ago.
detect-yes = yes
detect-no = no
detect-system-honoured = heeded
detect-system-ignored = ignored
detect-system-refused = refused
detect-thinking-none = no
detect-thinking-optional = if wanted
detect-thinking-always = always
detect-json-schema = by schema
detect-json-object = any object
detect-json-grammar = by grammar
detect-json-prompt = if asked
detect-json-none = no
ability-max-context = Context
ability-silent-truncation = Cuts silently
ability-system-role = System text
ability-json = JSON answers
ability-instruction-following = Does as told
ability-english = English
ability-russian = Russian
ability-thinking = Thinks
ability-vision = Sees images
ability-tools = Functions
ability-streaming = Streams
ability-stop-strings = Stop words
ability-prefill = Continues
ability-prefill-speed = Reads, tok/s
ability-decode-speed = Writes, tok/s
ability-load-seconds = Loads in

## Groups

group-greeting =
    Hello! I am Domovoy, the house spirit of language models. Call me by name – { $name } – and ask, or reply to one of my messages. /help says more, and admins of this group choose with /settings how I behave.

    { $open ->
        [yes] I answer everybody here.
       *[no] I answer those who may use me; who runs me can let in everybody here with /settings.
    }

    { $privacy }
group-help =
    Ask me by name: { $name } and your question{ $replies ->
        [yes] , or reply to one of my messages
       *[no] { "" }
    }. I look at nothing else that is said here. Everybody here talks with me in one conversation, in each topic in one of its own; I know who said what.{ $quiet ->
        [yes] { " " }Just now I am to be silent: an admin wakes me with /quiet.
       *[no] { "" }
    }

    { $commands }

    { $privacy }
group-privacy-on = What I get to see: Telegram shows me only commands, messages that name me and replies to mine. All else stays hidden from me (privacy mode is on).
group-privacy-off = What I get to see: Telegram shows me every message here (privacy mode is off, or I am an admin). What is not meant for me I drop unread, and no model sees it.
group-stranger = I do not know you, so I may not answer you here. Ask who runs this bot to let you in.
group-only-admins = Only the admins of this group can do that.
group-only-owner = Only who runs this bot can do that.
group-stop-not-yours = Only who asked, or an admin of the group, can stop this answer.
group-quiet-now = I am silent from now on. /quiet wakes me.
group-loud-now = I am here again. Call me by name.
group-settings-not-yours = Only the admins of this group choose how I behave here. Your own settings are in our private chat.
group-in-private = That is for our private chat: here everybody would see it.
group-open-private = To the private chat
group-nothing-said = Yes? Write your question behind { $name }.
group-settings =
    How I behave in “{ $title }”. Here I answer { $everybody ->
        [yes] everybody
       *[no] those who may use me anyhow
    }.
group-language-own = Everyone’s own
group-replies = Answer replies to my messages
group-reactions = 👀 while I work
group-everybody = Everybody here may use me
group-quiet = Be silent

## Inline mode

inline-title = Ask: { $question }
inline-hint = The answer comes into the message.
inline-asked = ❓ { $question }
inline-answer = Answer
inline-empty = Write your question behind my name
inline-stranger = This bot is private. Ask to be let in
inline-gone = I no longer know the question. Please ask it again.
inline-working = I am at it already.
inline-too-long = The rest does not fit into this message. Ask me in our private chat to read it all.

## /settings

settings-title = Settings. Each button shows what is set; press it to change it.
settings-language-set = I speak English with you from now on.
settings-model = Model: { $value }
settings-persona = Who I am: { $value }
settings-style = Answers: { $value }
settings-style-short = short
settings-style-normal = normal
settings-style-detailed = detailed
settings-creativity = Wording: { $value }
settings-creativity-low = exact
settings-creativity-normal = normal
settings-creativity-high = free
settings-thinking = Thoughts: { $value }
settings-thinking-on = shown
settings-thinking-off = hidden
settings-streaming = Live text: { $value }
settings-streaming-on = on
settings-streaming-off = off
settings-interrupts = New message: { $value }
settings-interrupts-on = stops the answer
settings-interrupts-off = waits
settings-reactions = My reactions: { $value }
settings-reactions-on = on
settings-reactions-off = off
settings-cloud = Cloud: { $value }
settings-cloud-on = when nothing at home can answer
settings-cloud-off = never
settings-back = ‹ Settings
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

## Units

unit-second = { $number } s
unit-minute = { $number } min
unit-hour = { $number } h
unit-day = { $number } d
unit-kb = { $number } kB
unit-mb = { $number } MB
unit-gb = { $number } GB
unit-tb = { $number } TB

## Whose answers a person wants

choice-title = Which model answers you
choice-now-automatic = Now: automatic. For each message I take the model that does best with such messages.
choice-now = Now: { $model }. When it can not answer, another one does, and I say so.
choice-now-away = Now: { $model }, which is not among my models at the moment. Until it is back, others answer.
choice-page = Page { $page } of { $pages }. Or send /model with a part of a name.
choice-automatic = Automatic
choice-demo = the built-in demo
choice-ready = ready
choice-loading = loading
choice-asleep = has to be loaded first
choice-failing = failing at the moment
choice-away = not reachable
choice-first = first word after { $time }
choice-speed = { $speed } tokens a second
choice-context = holds { $tokens } tokens
choice-gone = This model is not there any more.
choice-set = { $model } answers you from now on.
choice-set-automatic = From now on I choose the model for each message.
choice-none-of = None of my models is called “{ $name }”. /model shows all of them.
choice-several =
    { $number ->
        [one] { $number } model is called so.
       *[other] { $number } models are called so.
    } Which one do you mean?
    { $names }
answer-by-another = { $chosen } could not answer this; { $model } has.

## Who the bot is for a person

persona-title = Who I am for you:
persona-how = Choose below, or say it in your own words: /system You are a patient chess coach.
persona-set = From the next message on.
persona-unset = I am nobody special any more.
persona-too-long = That is too long: { $length } characters, and at most { $longest } fit.
persona-none = just an assistant
persona-own = in your own words
persona-teacher = Teacher
persona-teacher-text = You are a patient teacher. Explain step by step in plain words, check with a short question whether it was understood, and never give the solution of an exercise before the person has tried.
persona-programmer = Programmer
persona-programmer-text = You are an experienced programmer. Give working code first and a short explanation after it, name the assumptions you make, and point out errors and risks in code you are shown.
persona-editor = Editor
persona-editor-text = You are a careful editor. Improve the texts you are given: correct mistakes, make sentences clear and short, keep the meaning and the author's voice, and list the important changes.
persona-translator = Translator
persona-translator-text = You are a translator. Translate each text you are given: into English when it is in another language, into Russian when it is in English. Give only the translation, and keep formatting and tone.
persona-friend = Good friend
persona-friend-text = You are a good friend to talk to: warm, attentive and honest. Speak simply and briefly, ask back, and do not lecture.
