### Слова сторінок і листів українською. Звертання: ви.

## Dates

month = { $month ->
    [1] січня
    [2] лютого
    [3] березня
    [4] квітня
    [5] травня
    [6] червня
    [7] липня
    [8] серпня
    [9] вересня
    [10] жовтня
    [11] листопада
   *[12] грудня
}
date_of = { $day } { month } { $year } р.

## Every page

skip = Перейти до тексту
write_to_us = Написати нам
to_home = На головну сторінку
error = Помилка
problem = Щось не так
nameless = цю розсилку
test_link = Це посилання з пробного листа. Посилання читача робить те, що сказано на сторінці; це нічого не змінює.

## Issues

read_on_web = Читати на сайті
links = Посилання
notes = Примітки
image = Зображення
reason = Ви отримали цей лист, бо адреса { $address } підписана на «{ $newsletter }» з { $date }
unsubscribe = Відписатися
change_preferences = Змінити налаштування або зробити паузу
forwarded = Вам переслали цей лист? Підпишіться

## Mails of the system

mail_or_open = Якщо кнопка не працює, відкрийте цю адресу:
mail_entered = Ви отримали цей лист, бо цю адресу ввели на сторінці підписки на «{ $newsletter }».
mail_confirm_subject = Підтвердьте підписку на «{ $newsletter }»
mail_confirm_lead = Хтось, сподіваємося, що ви, попросив надсилати «{ $newsletter }» на цю адресу. Натисніть кнопку, щоб підтвердити.
mail_confirm_button = Підтвердити підписку
mail_confirm_ignore = Якщо це були не ви, нічого не робіть: більше листів від нас не буде.
mail_already_subject = Ви вже отримуєте «{ $newsletter }»
mail_already_lead = Хтось, сподіваємося, що ви, попросив надсилати «{ $newsletter }» на цю адресу. Ви вже підписані, тож нічого не змінилося.
mail_already_change = Змінити налаштування або відписатися
mail_already_ignore = Якщо це були не ви, нічого не робіть.

## Home

home = Розсилки
home_lead = Усі надходять електронною поштою. Відписатися можна одним натисканням.

## Signup

signup_lead = Отримуйте «{ $newsletter }» електронною поштою, безкоштовно.
email_label = Електронна пошта
email_hint = Лише для розсилки й ні для чого іншого.
name_label = Ім’я (необов’язково)
name_hint = Як розсилці до вас звертатися.
trap_label = Залиште це поле порожнім
subscribe = Підписатися
subscribe_again = Підписатися знову
signup_small_print = Ви отримаєте лист із посиланням для підтвердження. У кожному випуску є посилання для відписки: одне натискання, жодних запитань.
address_empty = Введіть адресу електронної пошти
address_too_long = Введіть коротшу адресу: таких довгих не буває
address_wrong = Введіть адресу в правильному вигляді, наприклад name@example.com
check_heading = Перевірте пошту
check_text = Ми надіслали посилання на вказану адресу. Відкрийте його й натисніть кнопку — і «{ $newsletter }» надходитиме до вас. Посилання діє { $days ->
    [one] { $days } день
    [few] { $days } дні
   *[many] { $days } днів
}.
check_nothing_there = За кілька хвилин листа все ще немає? Спершу загляньте до папки «Спам». Щоб не засмічувати пошту, на одну адресу ми надсилаємо не більше одного такого листа на день.

## Confirming

confirm_heading = Підтвердьте підписку на «{ $newsletter }»
confirm_text = Натисніть кнопку, і наступний випуск «{ $newsletter }» надійде на цю адресу.
confirm_button = Підтвердити підписку
confirm_ignore = Якщо ви про це не просили, закрийте сторінку: нічого не буде надіслано.
confirmed_heading = Вітаємо у «{ $newsletter }»
confirmed_text = Підписку підтверджено. Наступний випуск надійде на цю адресу.
confirmed_contacts = Щоб листи не потрапляли до спаму, додайте { $address } до контактів.
already_heading = Ви підписані
already_text = На цю адресу надходить «{ $newsletter }». Більше нічого робити не треба.
stale_heading = Це посилання застаріло
stale_text = Ним не скористалися вчасно, або відтоді щось змінилося. Нове надійде поштою.
stale_button = Надіслати нове посилання

## Leaving

leave_heading = Відписатися від «{ $newsletter }»?
leave_text = Це подіє одразу.
leave_button = Відписатися
leave_pause = Краще пауза на 4 тижні
left_heading = Вас відписано
left_text = Готово. «{ $newsletter }» більше не надходить на цю адресу, навіть прощального листа не буде.
absent_heading = Ви не підписані
absent_text = На цю адресу випуски не надсилаються.
one_click_done = Підписку скасовано.

## Preferences

preferences_heading = Ваша підписка на «{ $newsletter }»
preferences_active = Ви отримуєте кожен випуск.
preferences_pending = Підписку ще не підтверджено. Посилання — у листі, який ви отримали.
preferences_paused = Пауза почалася.
preferences_paused_until = Пауза до { $date } До цього дня випуски не надсилаються.
preferences_paused_open = Пауза. Випуски не надсилаються, доки ви її не закінчите.
preferences_resumed = Паузу закінчено.
pause_heading = Зробити паузу
pause_text = У цей час випуски не надсилаються. Потім усе продовжиться само.
pause_longer_heading = Продовжити паузу
pause_longer_text = Рахуючи від сьогодні.
pause_four_weeks = Пауза на 4 тижні
pause_three_months = Пауза на 3 місяці
resume_heading = Продовжити
resume_text = Наступний випуск знову надійде.
resume_button = Закінчити паузу
go_heading = Відписатися
go_text = Повернутися можна будь-коли.
rename_heading = Ім’я
rename_label = Нове ім’я
rename_button = Зберегти ім’я
rename_hint = Ім’я, яке ми маємо, починається на «{ $initial }». Щоб видалити його, залиште поле порожнім.
rename_hint_none = Ім’я не збережено.
rename_saved = Ім’я збережено.
rename_removed = Ім’я видалено.

## Troubles

trouble_not_found = Такої сторінки немає
trouble_not_found_text = Можливо, в адресі помилка або сторінки вже немає.
trouble_link = Це посилання не працює
trouble_link_text = Перевірте, що в адресному рядку все посилання з листа, до останньої літери.
trouble_not_understood = Запит не зрозуміло
trouble_method_text = Цю адресу так не використовують.
trouble_unreadable_text = Надіслане не схоже на жодну форму цього сайту.
trouble_too_large = Це задовге
trouble_too_large_text = Надіслане більше за будь-яку форму цього сайту.
trouble_too_many = Зачекайте трохи
trouble_too_many_text = З вашої мережі надійшло багато запитів. Спробуйте знову за годину.
trouble_busy = Спробуйте ще раз за хвилину
trouble_busy_text = Сервер зараз не може нічого зберегти. Нічого не змінилося.
trouble_broken = Щось пішло не так
trouble_broken_text = Помилка на нашому боці, ми про неї знаємо.
