### Что говорит бот, по-русски. Простой текст: разметку Telegram, где она есть, добавляет код.

## Как язык называет себя сам

language-name = Русский

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
command-chats = Прежние беседы
command-model = Какая модель вам отвечает
command-retry = Ответить на последний вопрос ещё раз
command-stop = Прервать ответ, который пишется
command-improve = Сформулировать вопрос лучше
command-export = Эта беседа в виде файла
command-privacy = Что о вас хранится и куда уходит
command-forget = Удалить всё, что о вас хранится
command-settings = Язык и вид ответов
command-quiet = Молчать в этой группе или снова говорить
command-system = Кто я для вас
command-stats = Показатели каждой модели
command-models = Серверы и модели
command-detect = Узнать, что умеют модели
command-errors = Что не удалось и что с этим делать
command-people = Кто пишет боту
command-health = Как чувствует себя сам бот
command-why = Какая модель ответила и почему

## Беседа

dialog-new = Новая беседа. Сказанное раньше больше не учитывается.
dialog-nothing-to-retry = Нет вопроса, на который можно ответить ещё раз.
dialog-nothing-to-stop = Сейчас нет ответа, который можно прервать.
chats-title = Наши беседы здесь. Открытая отмечена; нажмите на любую, чтобы узнать больше.
chats-none = Здесь ещё нет бесед.
chats-card =
    { $title }

    { $number ->
        [one] { $messages } сообщение
        [few] { $messages } сообщения
       *[many] { $messages } сообщений
    }, последнее { $ago } назад.
chats-take-up = Продолжить эту
chats-taken-up = Продолжаем эту беседу.
chats-delete = Удалить…
chats-delete-sure = Удалить навсегда
chats-keep = Оставить
chats-deleted = Удалено.
chats-back = ‹ Все
chats-gone = Этой беседы больше нет.
stop-button = Стоп
answer-loading = Загружается { $model }…
answer-loading-for = Загружается { $model }… { $time }
answer-thinking = Думаю…
answer-thinking-for = Думаю… { $time }
answer-thought = Размышления: { $time }
answer-in-file = { $number ->
    [one] Весь код, { $lines } строка, — в файле { $name }.
    [few] Весь код, { $lines } строки, — в файле { $name }.
   *[many] Весь код, { $lines } строк, — в файле { $name }.
}
answer-stopped = Прервано.
answer-cut-off = Ответ дошёл до предела длины. Нажмите «Дальше», чтобы получить остальное.
answer-button-again = Ещё раз
answer-button-continue = Дальше
answer-button-shorter = Короче
answer-button-other = Другая модель
answer-button-cloud = Спросить облако
answer-wish-continue = Продолжай ровно с того места, где остановился. Ничего не повторяй и не начинай заново.
answer-wish-shorter = Скажи то же самое гораздо короче.
answer-not-last = Беседа уже ушла дальше: это работает только с последним ответом.
answer-no-other = Сейчас нет другой модели, которая могла бы ответить.
answer-question-cut = Сообщение слишком длинное для этой модели: она прочла только начало и конец. Спросите о частях покороче, по одной за раз.
answer-forgotten = Беседа стала длинной: { $number ->
    [one] { $messages } первое сообщение уже не попадает
    [few] { $messages } первых сообщения уже не попадают
   *[many] { $messages } первых сообщений уже не попадают
} к модели дословно. Суть я помню, насколько она помещается; /new – новая беседа.
answer-queued = Все серверы заняты. Вы в очереди под номером { $place }…
answer-queued-for = Все серверы заняты. Вы в очереди под номером { $place }: примерно { $time }…
answer-replaced = Ответ оборвался. Пишу его заново…
late-apology =
    Простите, меня не было: вы писали это { $time } назад. Может быть, это уже не важно, поэтому я пока не отвечаю.
late-answer = Ответить сейчас
late-gone = Отвечать уже не на что.
answer-given-up = Я пытался ответить на это сообщение (попыток: { $attempts }), и каждый раз меня прерывали, поэтому оставляю его. Отправьте его ещё раз или спросите иначе.
unknown-command = Я не знаю такой команды. Те, что знаю, перечислены в /help.
unsupported-message = Это я прочитать не умею. Я понимаю текст, фотографии, файлы (PDF, Word, текст, CSV, код), голосовые, места, контакты и опросы.
internal-error = У меня что-то сломалось. Если будете сообщать об этом, назовите номер: { $reference }

## Что присылают кроме текста

said-location = Место: { $place }
said-venue = Место: { $title }, { $address } ({ $place })
said-contact = Контакт: { $name }, { $phone }
said-poll =
    Опрос: { $question }
    { $options }
said-photo = Что на этой картинке?
said-file = Что в этом файле? Перескажи коротко.
photo-unseen = Ни одна из моих моделей не видит картинок, и на эту я посмотреть не могу. Опишите словами, что там.
photo-unseen-offer = Ни одна из моих моделей не видит картинок. Могу ответить на то, что вы написали, не видя её.
photo-words-only = Ответить только на слова
photo-gone = Я уже не знаю, о каком сообщении речь. Напишите, пожалуйста, ещё раз.
photo-seen-by-other = Смотрела { $model }: выбранная вами { $chosen } не видит картинок. На следующее сообщение ответит снова она.
file-kinds = фотографии, PDF, Word (docx), простой текст, таблицы CSV и код программ
file-cut-pages = Файл «{ $name }» длинный: прочитано страниц с начала – { $pages } из { $all }.
file-cut = Файл «{ $name }» длинный: прочитано только начало, знаков – { $characters }.
file-empty = Файл «{ $name }» пуст.
file-too-large = Файл «{ $name }» слишком велик: Telegram отдаёт мне файлы до { $limit }. Пришлите файл поменьше или его часть.
file-too-big-inside = Файл «{ $name }» при распаковке становится огромным, поэтому я не стал его читать. Пришлите нужную часть.
file-too-many-pixels = В «{ $name }» слишком много пикселей. Отправьте как фотографию – Telegram её уменьшит.
file-encrypted = Файл «{ $name }» закрыт паролем, прочитать его нельзя. Пришлите, пожалуйста, без пароля.
file-no-text = В «{ $name }» нет текста: похоже, это скан. Пришлите страницы фотографиями.
file-old-office = Файл «{ $name }» – в старом формате Office. Сохраните его как .docx или PDF и пришлите.
file-unknown-kind = Файл «{ $name }» я прочитать не умею. Я читаю { $kinds }.
file-broken = Файл «{ $name }» повреждён, или внутри не то, что обещает имя. Пришлите, пожалуйста, ещё раз.
file-too-slow = Чтение «{ $name }» заняло слишком много времени, я его прервал. Пришлите часть поменьше.
file-gone = У Telegram больше нет файла «{ $name }». Пришлите его ещё раз.
speech-not-configured = Слушать записи я здесь не умею. Напишите, пожалуйста, текстом.
speech-unreachable = То, что записывает речь текстом, сейчас не отвечает. Напишите или попробуйте позже.
speech-too-slow = Перевод записи в текст занял слишком много времени. Пришлите запись короче или напишите.
speech-key-refused = То, что записывает речь текстом, не приняло наш ключ. Владельцу бота нужно это исправить; пока напишите, пожалуйста.
speech-not-there = Сервер, который должен записывать речь текстом, этого не умеет. Владельцу бота нужно это исправить; пока напишите, пожалуйста.
speech-too-large = Запись слишком длинная: я слушаю не больше { $limit }. Пришлите её по частям.
speech-busy = То, что записывает речь текстом, перегружено. Попробуйте через минуту.
speech-not-understood = Запись не удалось прочитать. Запишите ещё раз или напишите.
speech-not-at-home = По вашему выбору ничто не уходит в облако, а записи речи расшифровывает облако. Напишите, пожалуйста, текстом или измените это в /settings.
speech-broken = Перевести запись в текст не получилось. Попробуйте ещё раз или напишите.
speech-nothing-said = Слов в этой записи я не услышал.
speech-setting = Настройки: TRANSCRIPTION_API_BASE, TRANSCRIPTION_MODEL, TRANSCRIPTION_API_KEY.

## Кого впускают

access-waiting = Это закрытый бот. Я попросил владельца впустить вас и напишу, когда он решит.
access-private = Это закрытый бот. Если у вас должен быть доступ, сообщите владельцу этот номер: { $id }
access-granted = Вас впустили! Напишите мне сообщение.
access-question =
    { $name } просит доступ к боту.
    { $who }
access-allow = Впустить
access-refuse = Отказать
access-was-allowed =
    { $name }: доступ открыт.
    { $who }
access-was-refused =
    { $name }: в доступе отказано.
    { $who }
access-blocked = Владелец этого бота закрыл вам доступ. Больше я не могу вам отвечать.
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
failure-blind = Ни одна из моих моделей не видит картинок.
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
failure-budget-day = Деньги на облачные модели на сегодня закончились, а домашние модели сейчас ответить не могут.
failure-budget-month = Деньги на облачные модели в этом месяце закончились, а домашние модели сейчас ответить не могут.
failure-paused = Владелец приостановил модели. Попробуйте позже.
failure-at-home = По вашему выбору ничто из написанного не уходит в облако, а дома сейчас ни одна модель не может ответить. Изменить это можно в /settings.
failure-retry-in = Можно попробовать снова через { $time }.
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

notice-server-down =
    { $server } не отвечает уже { $time }. Пока он не вернётся, { $model } не спрашивают; отвечают другие модели, если они есть.
notice-model-failing =
    { $model } на { $server } ошибается уже { $time }, хотя сервер на месте. Подробности в /errors.
notice-back = { $model } на { $server } снова работает, прошло { $time }.
notice-setting-mended = { $model } на { $server } снова можно использовать.
notice-budget-nearly =
    { $span ->
        [day] Сегодня
       *[month] В этом месяце
    } облако стоило { $spent } из разрешённых { $cap }.
notice-budget-spent =
    Разрешённые облаку { $cap } { $span ->
        [day] в день
       *[month] в месяц
    } потрачены. Теперь спрашиваются только модели без цены; это закончится через { $time }. Изменить: { $span ->
        [day] CLOUD_BUDGET_DAY
       *[month] CLOUD_BUDGET_MONTH
    }.
notice-budget-fresh =
    Начался { $span ->
        [day] новый день
       *[month] новый месяц
    }, облако снова можно спрашивать.
notice-budget-changed = Бюджет облака изменён, облако снова можно спрашивать.
notice-invited =
    { $name } теперь может пользоваться ботом по приглашению.
    { $who }
notice-disk = На диске базы данных осталось только { $free }. Когда он заполнится, я не смогу ничего записать и никому ответить.
notice-disk-well = На диске базы данных снова есть место: { $free }.
notice-database = База данных не записывается: { $reason }. Я пробую снова сам, сообщения пока ждут.
notice-conflict =
    { $other ->
        [webhook] Для моего токена задан webhook, поэтому сообщения до меня не доходят. Задайте WEBHOOK_URL, чтобы работать через него, или удалите его: domovoy doctor скажет как.
       *[other] Другая программа забирает сообщения с моим токеном, и часть их до меня не доходит. Остановите её или дайте ей свой токен.
    }
notice-database-well = База данных снова записывается.

## Файл настроек, для администраторов

notice-settings-applied =
    Настройки изменились. Теперь:
    { $lines }
notice-settings-right-again = Файл настроек снова в порядке. Ничего не изменилось.
notice-settings-at-start = { $names }: вступит в силу при следующем запуске.
notice-settings-wrong =
    В файле настроек ошибка. Я ничего из него не беру и работаю как раньше.
    { $lines }
notice-settings-gone = Файла настроек больше нет. Я работаю как раньше, но при следующем запуске их не найду.
notice-settings-hidden = { $names }: есть и в переменных окружения, а они важнее файла настроек.
fault = • { $variable }: { $allowed }
fault-line = • строка { $line }, { $variable }: { $allowed }
change-more = • и ещё { $count }
change-primary = • Первой отвечает { $model } на { $server }.
change-primary-of-server = • Первой отвечает первая подходящая модель сервера { $server }.
change-primary-by-name = • Первой отвечает { $model }, где бы она ни нашлась на этой машине.
change-primary-found = • Первой отвечает то, что найдётся на этой машине.
change-fallbacks = • Если она не может, отвечают по порядку: { $models }.
change-fallbacks-none = • Запасных моделей больше нет.
change-model = • { $variable }: { $model } на { $server }.
change-model-none = • { $variable }: больше нет.
change-key = • { $name }: другой ключ.
change-fields = • { $variable }: изменено { $fields }.
change-access = • { $access ->
        [open] Ботом может пользоваться каждый.
        [allowlist] Ботом могут пользоваться только названные в ALLOWED_IDS.
       *[approve] Кто может пользоваться ботом, решает администратор.
    }
change-admins-added = • Новые администраторы: { $ids }.
change-admins-removed = • Больше не администраторы по настройкам: { $ids }.
change-allowed-added = • Могут пользоваться ботом: { $ids }.
change-allowed-removed = • Больше не названы в ALLOWED_IDS: { $ids }.
change-value = • { $name }: { $before } → { $now }

## /stats

stats-title-24h = Последние 24 часа
stats-title-7d = Последние 7 дней
stats-title-30d = Последние 30 дней
stats-title-all = За всё время
stats-empty = За это время никто ни о чём не спрашивал модель.
stats-usage = Вот так: /stats, /stats 7d, /stats модель 30d, /stats export. Сроки: { $periods }
stats-unknown-model = Под это имя не подходит ровно одна модель. Показатели есть у этих:
stats-gone = Показателей этой модели у меня больше нет.
stats-exported = { $number ->
    [one] { $number } запрос, как он записан.
    [few] { $number } запроса, каждый – как записан.
   *[many] { $number } запросов, каждый – как записан.
}
stats-column-requests = Запр.
stats-column-success = Усп.%
stats-more-models = … и ещё { $number ->
    [one] { $number } модель
    [few] { $number } модели
   *[many] { $number } моделей
}
stats-sums = { $number ->
    [one] { $requests } запрос
    [few] { $requests } запроса
   *[many] { $requests } запросов
}; прочитано токенов: { $read }, написано: { $written }.
stats-sums-fallbacks = Замен другой моделью: { $number }.
stats-sums-cost = Потрачено: { $cost }.
stats-times = За сколько секунд успевает такая доля:
stats-whole-answer = Ответ
stats-first-token = Начало
stats-failures = Ошибки: { $kinds }
stats-last-failure = Последняя ошибка: { $kind }, { $ago } назад
stats-requests = Запросов
stats-stopped = Прервано
stats-success = Успешно
stats-average = В среднем
stats-speed = Токенов в секунду
stats-tokens-in = Прочитано токенов
stats-tokens-cached = … из кэша
stats-tokens-out = Написано токенов
stats-cost = Потрачено
stats-taken = Заменяла других
stats-given = Была заменена
stats-hedges = Спрошена второй
stats-button-24h = 24 ч
stats-button-7d = 7 д
stats-button-30d = 30 д
stats-button-all = Всё
stats-button-all-tasks = Все задачи
stats-button-all-models = ‹ Все модели
task-chat = Ответы
task-classification = Разбор
task-augmentation = Сводки
task-probe = Пробы
chart-latency = Через сколько секунд ответ готов
chart-requests = Запросы
chart-answered = с ответом
chart-failed = с ошибкой
chart-share = Доля каждой модели
chart-nothing = за это время запросов не было
chart-others = все остальные

## Виды ошибок в двух-трёх словах

kind-transport = связь оборвалась
kind-connect-timeout = нет соединения
kind-first-token-timeout = не начала вовремя
kind-stall = замолчала
kind-rate-limit = слишком много запросов
kind-quota = счёт исчерпан
kind-overload = перегружена
kind-server-error = ошибка сервера
kind-auth = ключ не принят
kind-model-missing = нет такой модели
kind-model-loading = ещё загружается
kind-context-overflow = слишком длинно
kind-content-filter = отказ по содержанию
kind-bad-request = запрос не принят
kind-cancelled = прервано
kind-invalid-output = пустой ответ

## /errors

errors-title = Ошибки: { $period }
errors-none = Ошибок не было.
errors-usage = За какое время? /errors и одно из: { $periods }
errors-more = … и ещё { $number ->
    [one] { $number } вид
    [few] { $number } вида
   *[many] { $number } видов
}, более давних.
errors-once = { $ago } назад
errors-when = первая { $first } назад, последняя { $last } назад
remedy-transport = Проверьте, запущен ли сервер и доступен ли он отсюда. Если он оборвал ответ, причина в его журнале: чаще всего не хватило памяти.
remedy-connect-timeout = Компьютер выключен, или соединение глотает сетевой экран. Проверьте { $prefix }API_BASE.
remedy-first-token-timeout = Модель загружается или читает дольше TIMEOUT_SECONDS. Держите её загруженной ({ $prefix }KEEP_ALIVE), возьмите поменьше или увеличьте TIMEOUT_SECONDS.
remedy-stall = Сервер остановился на середине. Посмотрите его журнал и память видеокарты.
remedy-rate-limit = Поставщик пропускает меньше запросов. Возьмите тариф побольше или добавьте FALLBACK_MODELS.
remedy-quota = Пополните счёт или укажите другой ключ: { $prefix }API_KEY.
remedy-overload = Серверу дают больше, чем он успевает. Разрешите ему больше запросов сразу или добавьте FALLBACK_MODELS.
remedy-server-error = Ошибка внутри сервера. Подробности в его журнале; может помочь обновление.
remedy-auth = Сервер не принимает ключ. Проверьте { $prefix }API_KEY.
remedy-model-missing = На сервере нет этой модели. Сверьте имя с /models или скачайте её туда.
remedy-model-loading = После запуска – ничего. Если повторяется, держите модель загруженной: { $prefix }KEEP_ALIVE.
remedy-context-overflow = Дайте модели больший контекст на её сервере или добавьте в FALLBACK_MODELS модель с большим.
remedy-content-filter = Поставщик отказывается отвечать на такое. Своя модель не отказывается.
remedy-bad-request = Сервер не понимает запрос такого вида. Он обновлён? Если да, сообщите тем, кто делает этого бота.
remedy-invalid-output = Модель даёт пустые ответы. Может помочь другая модель или новая версия сервера.

## Что проверяется: domovoy doctor, /health и журнал при запуске

checkup-well = Все проверки пройдены.
checkup-amiss = Сломано: { $broken }. Стоит посмотреть: { $warnings }.
checkup-subject-settings = Настройки
checkup-subject-telegram = Телеграм
checkup-subject-models = Модели
checkup-subject-database = База данных
checkup-subject-disk = Диск
checkup-subject-clock = Часы
checkup-subject-ports = Порты

checkup-settings-good = Настройки верны (задано: { $number }, остальные обычные).
checkup-settings-wrong = Настройка { $variable }{ $value ->
        [none] { "" }
       *[other] { " " }= { $value }
    }{ $line ->
        [0] { "" }
       *[other] { " " }(строка { $line })
    }: { $allowed }
mend-settings-wrong = Исправьте в .env или в окружении. Каждая настройка описана в docs/configuration.md.
checkup-settings-later = Задано, но в этой версии ещё не действует: { $names }.
mend-settings-later = Делать ничего не нужно; что действует, сказано в docs/configuration.md.
checkup-settings-no-such = { $variable } в строке { $line } файла – не настройка и не читается.
mend-settings-no-such = { $near ->
        [none] Уберите строку или найдите название в .env.example.
       *[other] Может быть, { $near }?
    }
checkup-settings-misspelt = { $variable } в окружении – не настройка и не читается.
mend-settings-misspelt = Может быть, { $near }?
checkup-settings-open-file = Файл { $file } могут читать другие на этой машине, а в нём секреты.
mend-settings-open-file = Выполните: chmod 600 { $file }
checkup-settings-same-model = { $variable } – та же модель на том же сервере, что и { $other }: { $model }. Откажет одна – откажет и другая.
mend-settings-same-model = Задайте в { $variable } другую модель или другой сервер либо уберите её.
checkup-webhook-no-https = WEBHOOK_URL начинается не с https://, а по другому адресу Телеграм не обратится.
mend-webhook-no-https = Поставьте впереди прокси с сертификатом и задайте в WEBHOOK_URL его адрес с https://. Или оставьте WEBHOOK_URL пустым: тогда бот сам спрашивает Телеграм.

checkup-telegram-good = { $server } знает токен: это бот { $bot }.
checkup-telegram-page = Токена нет: бот работает на странице http://{ $host }:{ $port } этой машины.
checkup-telegram-token = { $server } не знает такого BOT_TOKEN.
mend-telegram-token = Скопируйте токен ещё раз: @BotFather, /mybots, ваш бот, API Token. Отозванный токен больше не заработает.
checkup-telegram-away = До { $server } не достучаться ({ $reason }).
mend-telegram-away = Проверьте, есть ли на этой машине интернет. Где Телеграм закрыт, поставьте свой сервер Bot API в другом месте и задайте его в TELEGRAM_API_BASE.
checkup-telegram-no-name = Имя { $server } здесь неизвестно.
mend-telegram-no-name = Проверьте, работает ли на этой машине DNS и верно ли написан TELEGRAM_API_BASE.
checkup-telegram-tls = Сертификату { $server } нельзя доверять: кто-то сидит посередине, или часы неверны.
mend-telegram-tls = Поставьте часы и посмотрите, какой прокси или антивирус вскрывает соединения этой машины.
checkup-telegram-not-json = По адресу { $server } отвечает не Bot API: посередине прокси или страница входа.
mend-telegram-not-json = Откройте адрес в браузере на этой машине и посмотрите, кто отвечает. Если задан TELEGRAM_API_BASE, он должен вести прямо на сервер Bot API.
checkup-telegram-trouble = { $server } отвечает ошибкой (статус { $status }).
mend-telegram-trouble = Скорее всего, это не у вас; попробуйте через несколько минут.
checkup-telegram-old = Сервер Bot API { $server } старее бота и не знает { $methods }.
mend-telegram-old = Бот обойдётся: ответы приходят правками сообщений. Новый telegram-bot-api вернёт остальное.
checkup-telegram-webhook-set = Другая программа велела Телеграму слать сообщения этого бота на { $host }.
mend-telegram-webhook-set = При запуске бот заберёт их себе. Если та программа нужна, дайте ей свой токен.
checkup-telegram-webhook-fails = За последний час Телеграм не смог доставить сообщение на WEBHOOK_URL: { $reason }.
mend-telegram-webhook-fails = Проверьте, доступен ли WEBHOOK_URL из интернета и ведёт ли он на WEBHOOK_HOST и WEBHOOK_PORT.

checkup-model-good = { $model } на { $server } ({ $kind }), контекст { $context }.
checkup-model-cloud = { $model } в облаке { $server }: ключ принят.
checkup-model-demo = Настоящей модели нет: отвечает встроенная демонстрация.
mend-model-demo = Запустите на этой машине сервер моделей или выполните: domovoy init
checkup-model-not-found = Ни на одном сервере этой машины нет модели из LLM_MODEL: { $model }.
mend-model-not-found = Запустите её сервер или задайте его адрес в LLM_API_BASE.
checkup-model-away = По адресу { $server }, где должна быть { $model }, никто не отвечает.
mend-model-away = { $start ->
        [none] Запустите сервер или измените { $base_var }.
       *[other] Запустите его, обычно так: { $start }. Или измените { $base_var }.
    }
checkup-model-no-name = Имя сервера { $server } здесь неизвестно.
mend-model-no-name = Проверьте, верно ли написан { $base_var }. В контейнере localhost – это сам контейнер.
checkup-model-tls = Сертификату { $server } нельзя доверять.
mend-model-tls = Для сервера своей сети укажите в { $base_var } адрес с http:// или дайте серверу сертификат, который знает эта машина.
checkup-model-loading = { $server } ещё загружает { $model }.
mend-model-loading = Подождите немного; бот заметит сам.
checkup-model-key = { $server } не принимает ключ для { $model } или требует его.
mend-model-key = Задайте в { $key_var } ключ этого сервера.
checkup-model-not-a-server = По адресу { $server } отвечает не сервер моделей.
mend-model-not-a-server = Задайте в { $base_var } адрес и порт сервера моделей, например http://127.0.0.1:11434/v1.
checkup-model-elsewhere = На этой машине есть { $kind } по адресу { $server }.
mend-model-elsewhere = Если нужен он: LLM_API_BASE={ $address }
checkup-model-missing = На { $server } ({ $kind }) нет { $model }; есть { $names }.
mend-model-missing = { $pull ->
        [none] Задайте в { $model_var } одну из них.
       *[other] Задайте в { $model_var } одну из них или получите её: { $pull }
    }
checkup-model-none = На { $server } ({ $kind }) нет модели для разговора.
mend-model-none = { $kind ->
        [ollama] Получите её: ollama pull qwen3:8b
       *[other] Загрузите в него модель.
    }
checkup-model-not-named = Не сказано, какая модель на { $server } нужна.
mend-model-not-named = Задайте { $model_var }.
checkup-model-other-name = У { $server } ({ $kind }) просят { $model }, а отвечает { $names }: другой у него нет.
mend-model-other-name = Задайте { $model_var }={ $names }, чтобы имя в показателях было верным.
checkup-model-context-small = { $model } на { $server } читает всего { $context } токенов: едва хватит на вопрос с ответом.
mend-model-context-small = { $hint ->
        [none] Задайте { $context_var }={ $enough }, если памяти хватит.
       *[other] Запустите сервер с бо́льшим: { $hint }
    }
checkup-model-context-above = { $context_var } – { $wanted }, но { $server } читает у { $model } всего { $told } токенов{ $silent ->
        [yes] , а остальное молча отбрасывает.
       *[no] , а более длинное не принимает.
    }
mend-model-context-above = { $hint ->
        [none] Задайте { $context_var }={ $told } или уберите её.
       *[other] Задайте { $context_var }={ $told } или запустите сервер с бо́льшим: { $hint }
    }
checkup-model-silent-cut = { $server } ({ $kind }) молча отбрасывает начало слишком длинного и не говорит, сколько читает { $model }.
mend-model-silent-cut = { $hint ->
        [none] Задайте в { $context_var } длину, с которой запущен сервер.
       *[other] Задайте в { $context_var } длину, с которой запущен сервер ({ $hint }).
    }
checkup-model-no-system = { $model } не понимает системных сообщений; бот ставит их перед первым вопросом.
mend-model-no-system = Делать ничего не нужно. Если важна роль, другая модель держится её лучше.

checkup-speech-good = Речь записывает { $server }.
checkup-speech-away = По адресу { $server }, где должна записываться речь, никто не отвечает.
mend-speech-away = Запустите этот сервер или измените TRANSCRIPTION_API_BASE; если оставить пустым, от голосовых сообщений бот вежливо откажется.
checkup-speech-key = { $server } не принимает ключ для записи речи или требует его.
mend-speech-key = Задайте в TRANSCRIPTION_API_KEY ключ этого сервера.

checkup-database-good = { $place } в порядке (схема { $revision }).
checkup-database-in-use = { $place } в порядке (схема { $revision }); с ней работает бот.
checkup-database-new = { $place } появится при первом запуске.
checkup-database-older = { $place } от прежней версии (схема { $revision }).
mend-database-older = Делать ничего не нужно: при запуске бот скопирует её и доведёт до { $known }.
checkup-database-too-new = { $place } записана более новой версией (схема { $revision }, эта знает до { $known }).
mend-database-too-new = Поставьте снова ту версию или вернитесь к копии рядом с файлом (….before-…).
checkup-database-locked = { $place } держит другая программа: { $reason }.
mend-database-locked = Закройте то, что её открыло (просмотр базы, резервное копирование, второй бот); fuser или lsof назовут программу.
checkup-database-broken = { $place } повреждена или не база данных: { $reason }.
mend-database-broken = Остановите бота и верните резервную копию. Что можно спасти: sqlite3 FILE .recover. Если убрать файл, он появится заново, пустым.
checkup-database-read-only = В { $place } этот пользователь писать не может.
mend-database-read-only = Отдайте её пользователю, от которого работает бот (chown), или задайте другое место в DATABASE_URL.
checkup-database-unusable = { $place } использовать нельзя: { $reason }.
mend-database-unusable = Задайте другое место в DATABASE_URL; если это сервер, проверьте, работает ли он и верны ли имя и пароль.
checkup-database-trouble = База данных не принимает записи: { $reason }.
mend-database-trouble = Проверьте, не полон ли и на месте ли её диск. Подробнее скажет domovoy doctor.

checkup-disk-good = Свободно { $free } в { $place }.
checkup-disk-low = Свободно всего { $free } в { $place }.
mend-disk-low = Освободите место; когда меньше 20 МБ, надёжно ничего не сохранить.
checkup-disk-full = Диск с { $place } полон: свободно { $free }.
mend-disk-full = Освободите место сейчас: без него сообщения не сохраняются и остаются без ответа.

checkup-clock-good = Часы верны.
checkup-clock-off = Часы этой машины { $direction ->
        [ahead] спешат
       *[behind] отстают
    } на { $time } (по часам { $server }).
mend-clock-off = Пусть их ставит система: timedatectl set-ntp true
checkup-clock-far-off = Часы этой машины неверны: { $direction ->
        [ahead] спешат
       *[behind] отстают
    } на { $time } (по часам { $server }).
mend-clock-far-off = Поставьте их сейчас (timedatectl set-ntp true): по ним живут сертификаты, бюджеты и все показатели.

checkup-port-taken = Порт { $port } на { $host } занят другой программой.
mend-port-taken = Задайте в { $variable } свободный порт или остановите ту программу.
checkup-check-late = Проверка «{ $subject }» не уложилась в { $seconds } с.
mend-check-late = Что-то не отвечает и не отказывает, скорее всего из-за межсетевого экрана.
checkup-check-failed = Не удалась сама проверка «{ $subject }» ({ $reason }).
mend-check-failed = Это ошибка Домового: сообщите о ней вместе с тем, что в журнале.

## /health

health-title = Как я себя чувствую
health-uptime = Работаю
health-telegram = Телеграм
health-telegram-well = отвечает ({ $time } назад)
health-telegram-away = молчит { $time } (попыток: { $failures })
health-telegram-never = ещё не отвечал
health-webhook = Ждёт сообщений в Телеграме
health-webhook-error = Неполадка вебхука
health-answers = Пишется ответов
health-updates = Ждёт сообщений
health-rows = Ждёт записи показателей
health-failing = { " " }– база данных их не принимает!
health-lag = Задержка в моей работе
health-lag-value = { $usual } мс, самое большее { $worst } мс
health-memory = Память
health-database = База данных
health-disk = Свободно на её диске
health-jobs = Что я делаю сам
health-job-in = через { $time }
health-job-never = больше никогда
job-look-for-models = Смотрю на серверы
job-detect-due = Выясняю, что умеют новые модели
job-detect-all = Заново выясняю, что умеют все
job-watch = Слежу за неполадками
job-remember = Сохраняю, что узнал о серверах
job-forget-old-updates = Забываю старые обновления
job-forget-old-attachments = Забываю старые картинки и файлы
job-add-up-figures = Складываю показатели
job-forget-old-figures = Забываю старые показатели

## /improve

improve-usage = Напишите вопрос после команды: /improve ваш вопрос. Или ответьте командой /improve на своё сообщение.
improve-title = Лучшими словами:
improve-ask = Спросить так
improve-gone = Я больше не могу прочесть, что спросить. Отправьте /improve ещё раз.
press-not-yours = Эта кнопка для того, кто о ней просил.

## /export

export-question = Беседа этого чата в виде файла. Какого?
export-usage = Вот так: /export md или /export json. Или нажмите:
export-md = Markdown, читать
export-json = JSON, программам
export-all = Всё, что о вас хранится
export-all-private = Всё, что о вас хранится, я отдаю только в нашем личном чате.
export-all-caption = Всё, что о вас хранится · { $conversations ->
    [one] { $conversations } беседа
    [few] { $conversations } беседы
   *[other] { $conversations } бесед
} · { $messages ->
    [one] { $messages } сообщение
    [few] { $messages } сообщения
   *[other] { $messages } сообщений
}
export-empty = В этой беседе ещё ничего не сказано.
export-gone = Отправьте /export ещё раз.
export-caption = { $title } · { $number ->
    [one] { $number } сообщение
    [few] { $number } сообщения
   *[many] { $number } сообщений
}
export-person = Вы
export-model = Ответ
export-stopped = Прервано.
export-broken = Здесь ответ оборвался.
export-untitled = Беседа

## Ограничения для людей

limit-minute = Я отвечаю вам на { $number ->
    [one] { $limit } сообщение
    [few] { $limit } сообщения
   *[other] { $limit } сообщений
} в минуту. На это я не ответил: пожалуйста, отправьте его ещё раз через { $time }.
limit-day = На сегодня ваши токены ({ $limit }) { $number ->
   *[other] закончились
}, поэтому на это сообщение я не ответил. Продолжим в { $at }, через { $time }. Сколько потрачено, показывает /privacy.
limit-none-minute = Сообщений в минуту: без ограничения
limit-none-day = Токенов в день: без ограничения
limit-most-minute = Сообщений в минуту: { $number ->
   *[other] { $limit }
}
limit-most-day = Токенов в день: { $number ->
   *[other] { $limit }
}

## /people

people-title =
    { $number ->
        [one] { $number } человек
        [few] { $number } человека
       *[other] { $number } человек
    }: могут писать – { $in }, ещё не впущены – { $waiting }, доступ закрыт – { $out }
people-page = Страница { $page } из { $pages }
people-line =
    { $name }
    { $state } · { $ago } назад
    { $use }
people-state-in = может писать
people-state-waiting = ещё не впущен
people-state-out = доступ закрыт
people-state-admin = администратор
people-came = Первое сообщение: { $ago } назад
people-seen = Последнее сообщение: { $ago } назад
people-today = Сегодня: { $number ->
    [one] { $requests } запрос
    [few] { $requests } запроса
   *[other] { $requests } запросов
}, токенов: { $tokens }
people-month = В этом месяце: { $number ->
    [one] { $requests } запрос
    [few] { $requests } запроса
   *[other] { $requests } запросов
}, токенов: { $tokens }
people-named = Этот человек назван в { $setting } в настройках, поэтому закрыть ему доступ здесь нельзя. Для этого измените настройки.
people-button-invite = Пригласить…
people-button-block = Закрыть доступ
people-button-admin = В администраторы
people-button-plain = Больше не администратор
people-button-limits = Ограничения…
people-button-back = ‹ Назад
people-limit-minute = { $limit } в минуту
people-limit-day = { $limit } в день
people-limit-usual = Как в настройках
people-limit-none = Без ограничения
people-limit-set = Готово.
people-usage =
    Никого или сразу нескольких людей с таким именем. Вот так:
    /people имя – или часть имени, @имя, номер
    /people имя messages 5 – сообщений в минуту
    /people имя tokens 20000 – токенов в день
    Вместо числа можно: none (без ограничения), default (как в настройках)
people-gone = Отправьте /people ещё раз.
people-cannot-yourself = С самим собой этого сделать нельзя. Попросите другого администратора.
people-cannot-settings = Этот человек назван в { $setting } в настройках, а они главнее. Уберите его оттуда.
people-cannot-admin = Администратору нельзя закрыть доступ. Сначала снимите с него эти права.
people-cannot-outside = Администратором может стать только тот, кто может писать.
people-cannot-allowlist = ACCESS – «allowlist»: впускают только настройки. Добавьте номер в ALLOWED_IDS.
people-was-allowed = Теперь может писать.
people-was-blocked = Доступ закрыт. Человек узнает об этом один раз, когда напишет.
people-is-admin = Теперь администратор.
people-is-plain = Больше не администратор, но писать может.

## Приглашения

invite-question = Кто откроет ссылку, сразу сможет писать боту. Сколько ей действовать и для скольких людей?
invite-button-1h-once = 1 час, один человек
invite-button-1h-several = 1 час, до { $number }
invite-button-1d-once = 1 день, один человек
invite-button-1d-several = 1 день, до { $number }
invite-button-7d-once = 7 дней, один человек
invite-button-7d-several = 7 дней, до { $number }
invite-lifetime-1h = один час
invite-lifetime-1d = один день
invite-lifetime-7d = семь дней
invite-link =
    { $number ->
        [1] Приглашение для одного человека
       *[other] Приглашение, до { $number } человек
    }, действует { $lifetime }:
    { $link }
invite-not-open = Этим ботом может пользоваться каждый, приглашение никому не нужно.
invite-not-allowlist = ACCESS – «allowlist»: впускают только настройки, и приглашение ничего не откроет.
invite-over = Это приглашение больше не действует: его срок вышел или им уже воспользовались. Попросите новое.

## /privacy и /forget

privacy-kept = Я храню наши беседы ({ $conversations }), в них { $messages ->
    [one] { $messages } сообщение
    [few] { $messages } сообщения
   *[other] { $messages } сообщений
}, всё, что вы к ним приложили, и то, что вы выбрали в /settings. В группах я храню то, что вы мне говорите, и мои ответы. Ещё ваше имя и номер, когда вы писали в последний раз и сколько вы тратите.
privacy-how-long = Сказанное, присланное и выбранное хранится, пока вы не удалите его командой /forget; сколько вы тратите, я забываю через два месяца. Показатели моделей (время и числа, без текстов и имён) хранятся дольше.
privacy-where = Ваши сообщения читают языковые модели:
privacy-demo = • только встроенная демонстрация, внутри самого бота
privacy-home = • на машинах владельца этого бота: { $models }
privacy-cloud = • в облаке, у другой компании: { $models }
privacy-speech-cloud = • сказанное голосом и в записях переводит в текст облако, другая компания
privacy-cloud-when = Облачную модель я спрашиваю, когда ни одна домашняя не может ответить или когда её нарочно поставили первой. Краткое содержание длинных бесед и заголовки тоже могут писаться там.
privacy-at-home = По вашему выбору в /settings то, что вы пишете, не уходит ни в какое облако. В группе спрашивают и другие, и с их вопросами уходит всё сказанное там.
privacy-no-cloud = Облачных среди них нет.
privacy-none-to-cloud = { $asked ->
    [0] За последние 30 дней ни одно ваше сообщение не уходило к моделям.
    [one] За последние 30 дней к моделям ушло { $asked } ваше сообщение, в облако – ни одного.
    [few] За последние 30 дней к моделям ушли { $asked } ваших сообщения, в облако – ни одного.
   *[other] За последние 30 дней к моделям ушли { $asked } ваших сообщений, в облако – ни одного.
}
privacy-to-cloud = Ваших сообщений к моделям за последние 30 дней: { $asked ->
   *[other] { $asked }
}, из них в облако: { $number ->
   *[other] { $number }
}.
privacy-last-to-cloud = Последнее: { $at }, модель { $model }
privacy-left = Осталось на сегодня токенов: { $tokens }
privacy-rights = /export отдаст вам всё это файлом, /forget – удалит. То, что стоит в этом чате, хранит Telegram: удалить это можно там. База данных бота доступна тому, кто его держит.
forget-question =
    Я удалю всё, что о вас хранится: беседы ({ $conversations }), в них { $messages ->
        [one] { $messages } сообщение
        [few] { $messages } сообщения
       *[other] { $messages } сообщений
    }, всё, что вы приложили, ваши оценки и настройки. В группах я удалю то, что вы мне сказали, и мои ответы на это; что из этого процитировали другие, останется у них. Вернуть это будет нельзя. Ответ, который пишется сейчас, прервётся.

    Что останется: ваше имя и номер, есть ли у вас доступ, ваши ограничения и то, что вы потратили сегодня. То, что стоит в этом чате, хранит Telegram: удалить это можно там.
forget-sure = Удалить всё
forget-not = Оставить
forget-was-not = Ничего не удалено.
forget-under-way = Удаляю…
forget-done = Удалено: беседы ({ $conversations }), в них { $messages ->
    [one] { $messages } сообщение
    [few] { $messages } сообщения
   *[other] { $messages } сообщений
}, и всё остальное, что о вас хранилось. Пользоваться ботом вы можете и дальше.

## /why

why-nothing = В этой беседе ещё нет ответа, который я мог бы объяснить.
why-nobody = Ни одна модель не смогла ответить.
why-answered = Ответила { $model }
why-stopped = Отвечала { $model }, и её прервали
why-place-local = на домашнем компьютере
why-place-cloud = в облаке
why-first-choice = Она отвечает первой.
why-soonest = Из серверов с этой моделью её сервер освободился бы раньше всех.
why-of-task = Эта модель – для сообщений такого рода.
why-same-again = Её спросили ещё раз: первая попытка сорвалась по причине, которая проходит.
why-next = { $model } не смогла ответить, а эта – следующая.
why-larger-context = Для { $model } беседа слишком длинная, в эту помещается больше.
why-trial = Раньше она ошибалась, и этот вопрос показал, что она снова работает.
why-hedge = { $model } необычно долго не начинала, поэтому спросили и эту, и она успела раньше.
why-because-own-choice = Вы выбрали { $model }.
why-because-preferred = Администратор поставил { $model } первой.
why-because-best = { $model } лучше всех справляется с такими сообщениями.
why-because-ahead = Пока { $model } лучше всех справлялась с такими сообщениями.
why-because-tried = Пока лучше всех была { $leader }; { $model } спросили на пробу: вдруг она ещё лучше.
why-because-stays = Беседа уже в памяти у { $model }, а другие едва ли лучше.
why-because-cloud = Ни одна домашняя модель не может ответить на это сообщение.
why-because-last-resort = Ни одна модель не справится с этим сообщением хорошо.
why-bar-paused = приостановлена
why-bar-local-only = сообщение остаётся дома
why-bar-over-budget = бюджет исчерпан
why-bar-vision = не видит картинок
why-bar-json = не держится JSON
why-bar-tools = не вызывает функций
why-bar-context = сообщение для неё слишком длинное
why-bar-language = не говорит на этом языке
why-bar-resting = в последнее время ошибалась
why-obstacle = Не { $model }: { $what }.
why-first = первое слово через { $time }
why-whole = весь ответ через { $time }
why-waited = спрошена через { $time }
why-read = прочитано токенов: { $tokens }
why-cached = из них из кэша: { $tokens }
why-written = написано: { $tokens }
why-speed = { $speed } в секунду
why-cost = стоило { $cost }
why-tried = Спрошены ещё:
why-line = { $model }: { $what } через { $time }
why-was-whole = ответила

## /models

models-title = Модели
models-others = Ещё найдены на этом компьютере:
models-nameless = без модели
models-in-use = отвечает первой
models-fallback = запасная
models-for-named = для «{ $name }»
models-for-classification = для разбора сообщений
models-for-augmentation = для сводок
models-for-chat = для бесед
models-for-code = для кода
models-for-translation = для переводов
models-for-summary = для пересказов
models-for-maths = для математики
models-for-vision = для картинок
models-for-long-document = для длинных документов
models-for-other = для всего, у чего нет своей модели
models-paused = приостановлена
models-local = дома
models-cloud = облако
models-settings = Настройки
models-source = Откуда взята
models-source-configured = из настроек
models-source-found = найдена на этом компьютере
models-source-demo = встроенная демонстрация
models-max-tokens = Самый длинный ответ, токенов
models-price = Цена за миллион токенов, прочитать / написать
models-first-token = Первое слово обычно через
models-speed = Токенов в секунду
models-failures = Ошибки за 24 ч
models-unknown = неизвестен
models-context = контекст { $context }
models-tokens = { $tokens } токенов
models-vision = видит картинки
models-thinking = сначала думает
models-state-up = работает
models-state-loading = загружает модель
models-state-needs-key = требует ключ
models-state-unreachable = недоступна
models-state-unknown = не проверялась
models-breaker-open = ошибается
models-breaker-half-open = ошибалась; следующий вопрос проверит
models-breaker-rate-limited = просит подождать
models-breaker-config-error = ошибка в настройке
models-breaker-loading = загружается
models-next-try = следующая попытка через { $time }
models-loaded = в памяти
models-not-loaded = не в памяти
models-in-flight = сейчас { $number }
models-unasked = за 24 ч не спрашивали
models-today = за 24 ч: { $requests } запр., { $success }
models-median = обычно { $time }
models-button-refresh = Обновить
models-button-prefer = Спрашивать первой
models-button-pause = Приостановить
models-button-resume = Возобновить
models-button-probe = Попробовать сейчас
models-button-detect = Узнать, что она умеет
models-button-back = ‹ Все модели
models-known = Выяснено { $ago } назад
models-never-known = Что она умеет, ещё не выяснялось; это делает /detect.
models-gone = Настройки изменились. Отправьте /models ещё раз.
models-preferred = Теперь её спрашивают первой – до следующего запуска.
models-was-paused = Её больше не спрашивают, пока вы не разрешите или меня не запустят заново.
models-was-resumed = Её снова спрашивают.
models-probing = Спрашиваю её что-нибудь короткое…
models-probe-failed = Попробовал только что, ответа нет. { $reason }
models-probed = Попробовал только что: первое слово через { $first }, весь ответ через { $whole }.
models-more = … и ещё { $number ->
    [one] { $number } модель
    [few] { $number } модели
   *[many] { $number } моделей
}; к каждой ведёт кнопка.

## /detect

detect-title = Что умеет { $model }
detect-done = Что умеет { $model }
detect-waiting = Жду, пока сервер освободится…
detect-asking = Вопрос { $number } примерно из { $of }: { $topic }
detect-topic-instructions = делает ли она то, что велено
detect-topic-system = слушается ли системного текста
detect-topic-json = держится ли JSON
detect-topic-context = сколько она читает
detect-topic-languages = на каких языках говорит
detect-topic-tools = умеет ли вызывать функции
detect-topic-vision = видит ли картинки
detect-topic-prefill = может ли продолжить ответ
detect-stopping = Останавливаюсь.
detect-over = Уже всё.
detect-stopped = Остановлено, задано { $number ->
    [one] { $number } вопрос
    [few] { $number } вопроса
   *[many] { $number } вопросов
}. Ничего не потеряно: в следующий раз продолжу с этого места.
detect-unfinished = Не закончено: { $reason } Что я увидел, сохранено; продолжу с этого места, когда сервер ответит.
detect-nothing = Сейчас некого спросить. Отправьте /models, чтобы увидеть почему.
detect-unknown-model = Такой модели у меня нет. Есть:
detect-column-value = значение
detect-column-sure = верно
detect-asked = { $number ->
    [0] Спрашивать ничего не пришлось.
    [one] Понадобился { $number } короткий вопрос.
    [few] Понадобилось { $number } коротких вопроса.
   *[many] Понадобилось { $number } коротких вопросов.
}
detect-skipped-cloud = Она в облаке, поэтому я ни о чём её не спрашивал: разрешите это через DETECT_CLOUD=true.
detect-skipped-budget = Бюджет на облако не позволил спросить больше.
detect-between = { $ability }: от { $low } до { $high }, судя по немногим заданиям.
detect-from-settings = Из ваших настроек: { $abilities }.
detect-from-server = Сообщил сервер: { $abilities }.
detect-from-table = Как обычно бывает, не проверено: { $abilities }.
detect-changed = Иначе, чем { $ago } назад:
detect-unchanged = Всё как { $ago } назад.
detect-yes = да
detect-no = нет
detect-system-honoured = слушается
detect-system-ignored = не слышит
detect-system-refused = отвергает
detect-thinking-none = нет
detect-thinking-optional = по желанию
detect-thinking-always = всегда
detect-json-schema = по схеме
detect-json-object = любой объект
detect-json-grammar = по грамматике
detect-json-prompt = по просьбе
detect-json-none = нет
ability-max-context = Контекст
ability-silent-truncation = Режет молча
ability-system-role = Сист. текст
ability-json = Ответ в JSON
ability-instruction-following = Послушание
ability-english = Английский
ability-russian = Русский
ability-thinking = Рассуждает
ability-vision = Картинки
ability-tools = Функции
ability-streaming = По частям
ability-stop-strings = Стоп-слова
ability-prefill = Продолжает
ability-prefill-speed = Читает, т/с
ability-decode-speed = Пишет, т/с
ability-load-seconds = Загрузка

## Группы

group-greeting =
    Здравствуйте! Я Домовой – домашний дух языковых моделей. Позовите меня по имени – { $name } – и спросите или ответьте на моё сообщение. Подробнее – в /help; как мне себя вести, админы группы выбирают в /settings.

    { $open ->
        [yes] Отвечаю всем.
       *[no] Отвечаю тем, кому можно мной пользоваться; мой владелец может в /settings впустить всех.
    }

    { $privacy }
group-help =
    Спросите меня по имени: { $name } и ваш вопрос{ $replies ->
        [yes] , или ответьте на моё сообщение
       *[no] { "" }
    }. На всё остальное, что здесь пишут, я не смотрю. Беседа со мной здесь общая, в каждой теме – своя; я знаю, кто что сказал.{ $quiet ->
        [yes] { " " }Сейчас меня попросили молчать: админ разбудит меня командой /quiet.
       *[no] { "" }
    }

    { $commands }

    { $privacy }
group-privacy-on = Что мне видно: Telegram показывает мне только команды, сообщения с моим именем и ответы на мои. Всё остальное от меня скрыто (режим приватности включён).
group-privacy-off = Что мне видно: Telegram показывает мне все сообщения группы (режим приватности выключен, или я админ). Что не для меня, я выбрасываю не читая, и ни одна модель этого не видит.
group-stranger = Я вас не знаю и не могу вам здесь отвечать. Попросите того, кому принадлежит этот бот, вас впустить.
group-only-admins = Это могут только админы группы.
group-only-owner = Это может только тот, кому принадлежит бот.
group-stop-not-yours = Прервать этот ответ может тот, кто спросил, или админ группы.
group-quiet-now = Молчу. Разбудить меня – /quiet.
group-loud-now = Я снова здесь. Зовите меня по имени.
group-settings-not-yours = Как мне здесь себя вести, выбирают админы группы. Ваши собственные настройки – в нашем личном чате.
group-in-private = Это – для нашего личного чата: здесь увидят все.
group-open-private = В личный чат
group-nothing-said = Да? Напишите вопрос после { $name }.
group-settings =
    Как я веду себя в «{ $title }». Здесь я отвечаю { $everybody ->
        [yes] всем
       *[no] тем, кому можно мной пользоваться
    }.
group-language-own = Как у каждого
group-replies = Отвечать на ответы мне
group-reactions = 👀, пока я работаю
group-everybody = Мной могут пользоваться все здесь
group-quiet = Молчать

## Встроенный режим

inline-title = Спросить: { $question }
inline-hint = Ответ появится в самом сообщении.
inline-asked = ❓ { $question }
inline-answer = Ответить
inline-empty = Напишите вопрос после моего имени
inline-stranger = Бот закрытый. Попросите вас впустить
inline-gone = Я уже не помню этот вопрос. Задайте его, пожалуйста, ещё раз.
inline-working = Я уже отвечаю.
inline-too-long = Остальное в это сообщение не помещается. Чтобы прочесть всё, спросите меня в личном чате.

## /settings

settings-title = Настройки. На каждой кнопке – что выбрано; нажмите, чтобы изменить.
settings-language-set = Теперь я говорю с вами по-русски.
settings-model = Модель: { $value }
settings-persona = Кто я: { $value }
settings-style = Ответы: { $value }
settings-style-short = короткие
settings-style-normal = обычные
settings-style-detailed = подробные
settings-creativity = Слог: { $value }
settings-creativity-low = точный
settings-creativity-normal = обычный
settings-creativity-high = свободный
settings-thinking = Мысли: { $value }
settings-thinking-on = видны
settings-thinking-off = скрыты
settings-streaming = Ответ на ходу: { $value }
settings-streaming-on = да
settings-streaming-off = нет
settings-interrupts = Новый вопрос: { $value }
settings-interrupts-on = прерывает
settings-interrupts-off = ждёт
settings-reactions = Мои реакции: { $value }
settings-reactions-on = да
settings-reactions-off = нет
settings-cloud = Облако: { $value }
settings-cloud-on = когда дома никто не может
settings-cloud-off = никогда
settings-back = ‹ Настройки
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

## Единицы

unit-second = { $number } с
unit-minute = { $number } мин
unit-hour = { $number } ч
unit-day = { $number } д
unit-kb = { $number } КБ
unit-mb = { $number } МБ
unit-gb = { $number } ГБ
unit-tb = { $number } ТБ

## Whose answers a person wants

choice-title = Какая модель вам отвечает
choice-now-automatic = Сейчас: автоматически. Для каждого сообщения я беру модель, которая лучше всех справляется с такими.
choice-now = Сейчас: { $model }. Если она не сможет ответить, ответит другая, и я об этом скажу.
choice-now-away = Сейчас: { $model }, но её пока нет среди моих моделей. До её возвращения отвечают другие.
choice-page = Страница { $page } из { $pages }. Или отправьте /model и часть названия.
choice-automatic = Автоматически
choice-demo = встроенный пример
choice-ready = готова
choice-loading = загружается
choice-asleep = сначала её надо загрузить
choice-failing = сейчас не справляется
choice-away = недоступна
choice-first = первое слово через { $time }
choice-speed = { $speed } токенов в секунду
choice-context = вмещает { $tokens } токенов
choice-gone = Этой модели больше нет.
choice-set = Теперь вам отвечает { $model }.
choice-set-automatic = Теперь модель для каждого сообщения выбираю я.
choice-none-of = Ни одна из моих моделей не называется «{ $name }». Все они – в /model.
choice-several =
    { $number ->
        [one] Так называется { $number } модель.
        [few] Так называются { $number } модели.
       *[many] Так называются { $number } моделей.
    } Какую вы имеете в виду?
    { $names }
answer-by-another = { $chosen } не смогла ответить, вместо неё ответила { $model }.

## Who the bot is for a person

persona-title = Кто я для вас:
persona-how = Выберите ниже или скажите своими словами: /system Ты терпеливый тренер по шахматам.
persona-set = Со следующего сообщения.
persona-unset = Теперь я снова просто помощник.
persona-too-long = Это слишком длинно: { $length } символов, а помещается не больше { $longest }.
persona-none = просто помощник
persona-own = вашими словами
persona-teacher = Учитель
persona-teacher-text = Ты терпеливый учитель. Объясняй по шагам и простыми словами, коротким вопросом проверяй, всё ли понятно, и не давай решение задачи, пока человек не попробовал сам.
persona-programmer = Программист
persona-programmer-text = Ты опытный программист. Сначала дай работающий код, потом короткое объяснение, называй свои допущения и указывай на ошибки и риски в коде, который тебе показали.
persona-editor = Редактор
persona-editor-text = Ты внимательный редактор. Улучшай тексты, которые тебе дают: исправляй ошибки, делай фразы ясными и короткими, сохраняй смысл и голос автора и перечисляй важные правки.
persona-translator = Переводчик
persona-translator-text = Ты переводчик. Переводи каждый текст: на русский, если он на другом языке, и на английский, если он на русском. Давай только перевод, сохраняй оформление и тон.
persona-friend = Хороший друг
persona-friend-text = Ты хороший друг, с которым можно поговорить: тёплый, внимательный и честный. Говори просто и коротко, спрашивай и не поучай.
