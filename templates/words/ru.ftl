### Слова страниц и писем по-русски. Обращение: вы.

## Dates

month = { $month ->
    [1] января
    [2] февраля
    [3] марта
    [4] апреля
    [5] мая
    [6] июня
    [7] июля
    [8] августа
    [9] сентября
    [10] октября
    [11] ноября
   *[12] декабря
}
date_of = { $day } { month } { $year } г.

## Every page

skip = Перейти к тексту
write_to_us = Написать нам
to_home = На главную страницу
error = Ошибка
problem = Что-то не так
nameless = эту рассылку
test_link = Эта ссылка из пробного письма. Ссылка читателя делает то, что сказано на странице; эта ничего не меняет.

## Issues

read_on_web = Читать на сайте
links = Ссылки
notes = Примечания
image = Изображение
reason = Вы получили это письмо, потому что адрес { $address } подписан на «{ $newsletter }» с { $date }
unsubscribe = Отписаться
change_preferences = Изменить настройки или сделать паузу
forwarded = Вам переслали это письмо? Подпишитесь

## Mails of the system

mail_or_open = Если кнопка не работает, откройте этот адрес:
mail_entered = Вы получили это письмо, потому что этот адрес ввели на странице подписки на «{ $newsletter }».
mail_confirm_subject = Подтвердите подписку на «{ $newsletter }»
mail_confirm_lead = Кто-то, надеемся, что вы, попросил присылать «{ $newsletter }» на этот адрес. Нажмите кнопку, чтобы подтвердить.
mail_confirm_button = Подтвердить подписку
mail_confirm_ignore = Если это были не вы, ничего не делайте: больше писем от нас не будет.
mail_already_subject = Вы уже получаете «{ $newsletter }»
mail_already_lead = Кто-то, надеемся, что вы, попросил присылать «{ $newsletter }» на этот адрес. Вы уже подписаны, поэтому ничего не изменилось.
mail_already_change = Изменить настройки или отписаться
mail_already_ignore = Если это были не вы, ничего не делайте.

## Home

home = Рассылки
home_lead = Все приходят по электронной почте. Отписаться можно одним нажатием.

## Signup

signup_lead = Получайте «{ $newsletter }» по электронной почте, бесплатно.
email_label = Электронная почта
email_hint = Только для рассылки и ни для чего другого.
name_label = Имя (необязательно)
name_hint = Как рассылке к вам обращаться.
trap_label = Оставьте это поле пустым
subscribe = Подписаться
subscribe_again = Подписаться снова
signup_small_print = Вы получите письмо со ссылкой для подтверждения. В каждом выпуске есть ссылка для отписки: одно нажатие, никаких вопросов.
address_empty = Введите адрес электронной почты
address_too_long = Введите адрес короче: таких длинных не бывает
address_wrong = Введите адрес в правильном виде, например name@example.com
check_heading = Проверьте почту
check_text = Мы отправили ссылку на указанный адрес. Откройте её и нажмите кнопку — и «{ $newsletter }» будет приходить к вам. Ссылка действует { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[many] { $days } дней
}.
check_nothing_there = Через несколько минут письма всё ещё нет? Сначала загляните в папку «Спам». Чтобы не засорять почту, на один адрес мы отправляем не больше одного такого письма в день.

## Confirming

confirm_heading = Подтвердите подписку на «{ $newsletter }»
confirm_text = Нажмите кнопку, и следующий выпуск «{ $newsletter }» придёт на этот адрес.
confirm_button = Подтвердить подписку
confirm_ignore = Если вы об этом не просили, закройте страницу: ничего отправлено не будет.
confirmed_heading = Добро пожаловать в «{ $newsletter }»
confirmed_text = Подписка подтверждена. Следующий выпуск придёт на этот адрес.
confirmed_contacts = Чтобы письма не попадали в спам, добавьте { $address } в контакты.
already_heading = Вы подписаны
already_text = На этот адрес приходит «{ $newsletter }». Больше ничего делать не нужно.
stale_heading = Эта ссылка устарела
stale_text = Ею не воспользовались вовремя, или с тех пор что-то изменилось. Новая придёт по почте.
stale_button = Прислать новую ссылку

## Leaving

leave_heading = Отписаться от «{ $newsletter }»?
leave_text = Это подействует сразу.
leave_button = Отписаться
leave_pause = Лучше пауза на 4 недели
left_heading = Вы отписаны
left_text = Готово. «{ $newsletter }» больше не приходит на этот адрес, даже прощального письма не будет.
absent_heading = Вы не подписаны
absent_text = На этот адрес выпуски не отправляются.
one_click_done = Подписка отменена.

## Preferences

preferences_heading = Ваша подписка на «{ $newsletter }»
preferences_active = Вы получаете каждый выпуск.
preferences_pending = Подписка ещё не подтверждена. Ссылка — в письме, которое вы получили.
preferences_paused = Пауза началась.
preferences_paused_until = Пауза до { $date } До этого дня выпуски не отправляются.
preferences_paused_open = Пауза. Выпуски не отправляются, пока вы её не закончите.
preferences_resumed = Пауза закончена.
pause_heading = Сделать паузу
pause_text = В это время выпуски не отправляются. Потом всё продолжится само.
pause_longer_heading = Продлить паузу
pause_longer_text = Считая с сегодняшнего дня.
pause_four_weeks = Пауза на 4 недели
pause_three_months = Пауза на 3 месяца
resume_heading = Продолжить
resume_text = Следующий выпуск снова придёт.
resume_button = Закончить паузу
go_heading = Отписаться
go_text = Вернуться можно в любое время.
rename_heading = Имя
rename_label = Новое имя
rename_button = Сохранить имя
rename_hint = Имя, которое у нас есть, начинается на «{ $initial }». Чтобы удалить его, оставьте поле пустым.
rename_hint_none = Имя не сохранено.
rename_saved = Имя сохранено.
rename_removed = Имя удалено.

## Troubles

trouble_not_found = Такой страницы нет
trouble_not_found_text = Возможно, в адресе опечатка или страницы больше нет.
trouble_link = Эта ссылка не работает
trouble_link_text = Проверьте, что в адресной строке вся ссылка из письма, до последней буквы.
trouble_not_understood = Запрос не понят
trouble_method_text = Этот адрес так не используется.
trouble_unreadable_text = Отправленное не похоже ни на одну форму этого сайта.
trouble_too_large = Это слишком длинно
trouble_too_large_text = Отправленное больше любой формы этого сайта.
trouble_too_many = Подождите немного
trouble_too_many_text = Из вашей сети пришло много запросов. Попробуйте снова через час.
trouble_busy = Попробуйте ещё раз через минуту
trouble_busy_text = Сервер сейчас не может ничего сохранить. Ничего не изменилось.
trouble_broken = Что-то пошло не так
trouble_broken_text = Ошибка на нашей стороне, мы о ней знаем.
