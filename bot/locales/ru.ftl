### Что говорит бот, по-русски. Простой текст: разметку Telegram, где она есть, добавляет код.

## /start и /help

about-start =
    Здравствуйте, { $name }! Я Домовой – домашний дух ваших собственных языковых моделей.

    { $model }

    Напишите мне что угодно. Ответ появляется по мере того, как пишется; /stop прервёт его, /new начнёт новую беседу. Всё остальное – в /help.
about-model = Здесь отвечает { $model } на { $server }.
about-model-demo = Настоящая модель ещё не подключена, поэтому отвечает встроенная демонстрация: она показывает, что я умею, но не думает. Спросите её: «как подключить модель?»
about-model-none = Сейчас не может ответить ни одна модель: { $reason }
about-reason-not-looked-yet = я ещё ищу её.
about-reason-server-unreachable = сервер модели не отвечает; возможно, он не запущен.
about-reason-server-loading = сервер модели ещё загружается.
about-reason-server-needs-key = сервер модели требует ключ (LLM_API_KEY).
about-reason-not-a-model-server = то, что отвечает по адресу LLM_API_BASE, – не сервер моделей.
about-reason-no-chat-model = на сервере нет модели, с которой можно беседовать.
about-reason-model-not-named = в LLM_MODEL нужно указать, какую модель спрашивать.
about-reason-model-not-found = ни на одном сервере этого компьютера нет модели, указанной в LLM_MODEL.
about-reason-no-server-found = на этом компьютере не найден сервер моделей.
about-reason-bad-address = адрес в LLM_API_BASE нельзя использовать.
about-help =
    Напишите мне сообщение, и языковая модель ответит. Я помню нашу беседу, пока вы не начнёте новую.

    { $commands }

    { $model }
about-help-line = /{ $command } – { $description }

## Команды

command-start = Кто я и какая модель отвечает
command-help = Что я умею
command-new = Начать новую беседу
command-stop = Прервать ответ, который пишется
command-settings = Язык и вид ответов
command-stats = Показатели каждой модели
command-models = Серверы и модели

## Беседа

dialog-new = Новая беседа. Сказанное раньше больше не учитывается.
dialog-nothing-to-stop = Сейчас нет ответа, который можно прервать.
stop-button = Стоп
answer-thinking = Думаю…
answer-stopped = Прервано.
answer-cut-off = Ответ дошёл до предела длины. Напишите «продолжай», чтобы получить остальное.
answer-question-cut = Сообщение слишком длинное для этой модели: она прочла только начало и конец. Спросите о частях покороче, по одной за раз.
answer-replaced = Ответ оборвался. Пишу его заново…
answer-given-up = Я пытался ответить на это сообщение (попыток: { $attempts }), и каждый раз меня прерывали, поэтому оставляю его. Отправьте его ещё раз или спросите иначе.
unknown-command = Я не знаю такой команды. Те, что знаю, перечислены в /help.
unsupported-message = Пока я умею читать только текст. Напишите, пожалуйста, сообщением.
internal-error = У меня что-то сломалось. Если будете сообщать об этом, назовите номер: { $reference }

## Кого впускают

access-waiting = Это закрытый бот. Я попросил владельца впустить вас и напишу, когда он решит.
access-private = Это закрытый бот. Если у вас должен быть доступ, сообщите владельцу этот номер: { $id }
access-granted = Вас впустили! Напишите мне сообщение.
access-question =
    { $name } просит доступ к боту.
    { $username } · { $id }
access-allow = Впустить
access-refuse = Отказать
access-was-allowed =
    { $name }: доступ открыт.
    { $username } · { $id }
access-was-refused =
    { $name }: в доступе отказано.
    { $username } · { $id }
access-gone = Этого человека я больше не знаю.
access-person-unreachable = Доступ открыт, но написать этому человеку не удалось.
access-owner-accepted = Добро пожаловать! Теперь вы владелец и администратор этого бота. Ваши команды – в /help.

## Неудачи моделей, словами

failure-transport = Связь с сервером модели оборвалась. Попробуйте ещё раз.
failure-unreachable = Сервер модели не отвечает; возможно, он не запущен. Попробуйте позже или скажите тому, кто за него отвечает.
failure-stream-cut = Сервер модели оборвал ответ на середине. Попробуйте ещё раз.
failure-connect-timeout = Не удалось вовремя связаться с сервером модели. Попробуйте позже.
failure-first-token-timeout = Модель не начала отвечать вовремя. Возможно, она ещё загружается: попробуйте через минуту.
failure-stall = Модель замолчала посреди ответа. Попробуйте ещё раз.
failure-rate-limit = Сейчас к модели слишком много запросов. Попробуйте через минуту.
failure-quota = Средства у поставщика модели закончились. Владельцу нужно пополнить счёт, до тех пор я не смогу ответить.
failure-overload = Сервер модели сейчас перегружен. Попробуйте через минуту.
failure-server-error = На сервере модели произошла ошибка. Попробуйте ещё раз.
failure-auth = Сервер модели не принял наш ключ. Тому, кто запускает бота, нужно проверить LLM_API_KEY.
failure-model-missing = На сервере нет той модели, которую у него спросили. Тому, кто запускает бота, нужно проверить LLM_MODEL.
failure-model-loading = Модель загружается. Попробуйте через минуту.
failure-context-overflow = Это слишком длинно для модели. Отправьте текст короче или начните новую беседу: /new.
failure-content-filter = Поставщик модели отказывается отвечать на это.
failure-bad-request = Сервер модели не принял запрос. Может помочь новая беседа (/new).
failure-cancelled = Запрос был отменён. Попробуйте ещё раз.
failure-invalid-output = Модель дала пустой ответ. Попробуйте ещё раз или спросите иначе.
failure-thinking-spent-limit = Модель потратила весь предел длины на размышления, и на ответ ничего не осталось. Попросите о меньшем или увеличьте предел.
failure-no-model = Пока нет ни одной доступной модели. Я продолжаю искать; попробуйте через минуту.
failure-retry-in = Можно попробовать снова через { $seconds } с.
failure-tried = { $model } · { $server } · { $marks } · { $seconds } с
failure-details =
    { $model } · { $server } · { $marks }
    { $detail }

## Сообщения администраторам

notice-prompt-cut =
    { $model } на { $server } молча отбросила часть длинной беседы: отправлено около { $sent } токенов, сервер насчитал { $counted }. Дальше буду отправлять меньше. Чтобы помещалось больше, { $kind ->
        [ollama] задайте PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT (передаётся в Ollama как num_ctx) или OLLAMA_CONTEXT_LENGTH там, где работает Ollama.
        [textgen] загрузите модель в text-generation-webui с большим ctx-size и укажите его в PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT.
        [koboldcpp] запустите KoboldCpp с большим --contextsize.
        [lmstudio] загрузите модель в LM Studio с большей длиной контекста.
       *[other] увеличьте длину контекста на сервере.
    }

notice-setting =
    { $model } на { $server } использовать нельзя: { $kind ->
        [auth] ключ не принят. Проверьте { $prefix }API_KEY.
        [model_missing] на сервере нет этой модели. Проверьте { $prefix }{ $name }.
        [quota] кредит или квота исчерпаны. Пополните счёт или укажите другой ключ: { $prefix }API_KEY.
       *[other] по этому адресу нет сервера моделей. Проверьте { $prefix }API_BASE.
    }
    Продолжаю без неё и время от времени пробую снова.

## /stats

stats-title-24h = Последние 24 часа
stats-title-7d = Последние 7 дней
stats-title-30d = Последние 30 дней
stats-title-all = За всё время
stats-empty = За это время никто ни о чём не спрашивал модель.
stats-usage = За какое время? /stats и одно из: { $periods }
stats-requests = Запросов
stats-stopped = Прервано
stats-success = Успешно
stats-average = В среднем
stats-p95 = 95-й процентиль
stats-first-token = Первый токен
stats-tokens-in = Токенов на входе
stats-tokens-out = Токенов на выходе
stats-seconds = { $seconds } с

## /models

models-title = Модели
models-none = Сервер моделей не найден. Запустите его на этом компьютере (Ollama: ollama serve) или задайте LLM_API_BASE и LLM_MODEL.
models-in-use = отвечает
models-fallback = отвечает, когда первая не может
models-server = Сервер
models-context = Контекст
models-context-tokens = { $tokens } токенов
models-unknown = неизвестно
models-state = Состояние
models-state-up = отвечает
models-state-loading = загружает модель
models-state-needs-key = требует ключ
models-state-unreachable = недоступен
models-state-unknown = ещё не проверялась
models-source-configured = из настроек
models-source-found = найдена на этом компьютере
models-source-demo = встроенная демонстрация

## /settings

settings-title = Настройки: на каком языке я говорю с вами и как выглядят ответы.
settings-language-en = English
settings-language-ru = Русский
settings-language-set = Теперь я говорю с вами по-русски.
settings-rich-try = Попробовать расширенные сообщения
settings-rich-off = Выключить расширенные сообщения
settings-rich-question = Над этим сообщением должны быть видны заголовок, таблица и формула. Вы их видите?
settings-rich-seen = Да, вижу
settings-rich-not-seen = Нет, или там пусто
settings-rich-on = Расширенные сообщения включены: таблицы и формулы видны как есть.
settings-rich-is-off = Расширенные сообщения выключены: ответы приходят обычными сообщениями, которые видны в любом клиенте.
settings-rich-unknown = Этот сервер Telegram ещё не знает расширенных сообщений.
settings-rich-sample =
    ## Образец

    | Модель | Скорость |
    |:--|--:|
    | малая | быстро |
    | большая | медленно |

    $$E = mc^2$$
