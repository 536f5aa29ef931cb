### Las palabras de las páginas y los correos en español. Tratamiento: usted, o neutro.

## Dates

month = { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}
date_of = { $day } de { month } de { $year }

# As in "comes on Friday".
weekday = { $weekday ->
    [1] lunes
    [2] martes
    [3] miércoles
    [4] jueves
    [5] viernes
    [6] sábado
   *[7] domingo
}

## Every page

skip = Ir al contenido
write_to_us = Escríbanos
to_home = Ir a la página de inicio
error = Error
problem = Revise los datos
# The name of a newsletter that is no longer here; the sentences have the quotation marks.
gone_newsletter = { $slug }
titled = { $label }: { $title }
labelled = { $label }: { $value }
listed = { $first }, { $second }
test_link = Este enlace procede de un correo de prueba. En un correo real haría lo que indica esta página; aquí no cambia nada.

## Issues

read_on_web = Leer en línea
links = Enlaces
notes = Notas
image = Imagen
reason = Le enviamos este correo porque la dirección { $address } está suscrita a «{ $newsletter }» desde el { $date }.
unsubscribe = Cancelar la suscripción
way_out = { unsubscribe } (Unsubscribe)
role_email = correo
change_preferences = Cambiar mis preferencias o hacer una pausa
forwarded = ¿Le han reenviado este correo?
forwarded_link = Suscribirse aquí
closing = Responda a este correo para escribirnos. Reenvíelo a quien pueda interesarle.

## Mails of the system

mail_or_open = También puede copiar este enlace en su navegador:
mail_entered = Le enviamos este correo porque alguien introdujo esta dirección en la página de suscripción de «{ $newsletter }» ({ $host }).
mail_confirm_subject = Confirme su suscripción a «{ $newsletter }»
mail_confirm_lead = Hemos recibido una solicitud para enviar «{ $newsletter }» a esta dirección. Si la ha hecho usted, confírmela con el enlace siguiente.
mail_confirm_button = Confirmar la suscripción
mail_confirm_ignore = Si no la ha hecho usted, ignore este correo: no se creará ninguna suscripción.
mail_already_subject = Ya tiene una suscripción a «{ $newsletter }»
mail_already_lead = Hemos recibido una solicitud para enviar «{ $newsletter }» a esta dirección. La suscripción ya existe, así que nada ha cambiado.
mail_already_change = Cambiar mis preferencias o cancelar la suscripción
mail_already_ignore = Si no la ha hecho usted, ignore este correo.
mail_refuse = No he sido yo – no quiero recibir estos correos
mail_welcome_subject = Le damos la bienvenida a «{ $newsletter }»
mail_welcome_lead = Desde ahora recibirá «{ $newsletter }». Puede cancelar la suscripción en cualquier momento con el enlace que figura al final de cada correo. Para que llegue a su bandeja de entrada, añada nuestra dirección a sus contactos.
mail_welcome_latest = Para empezar, el último número:

## Mails to readers about their own subscription

mail_subscriber = Le enviamos este correo porque esta dirección está suscrita a «{ $newsletter }» ({ $host }).
mail_link_subject = Su enlace para gestionar «{ $newsletter }»
mail_link_lead = Hemos recibido una solicitud del enlace a su suscripción a «{ $newsletter }». Con él puede cambiar sus preferencias, hacer una pausa o cancelar la suscripción.
mail_link_button = Gestionar mi suscripción
mail_data_subject = Sus datos personales en «{ $newsletter }»
mail_data_lead = Hemos recibido una solicitud para consultar o suprimir los datos que «{ $newsletter }» conserva sobre usted. El enlace es válido durante una hora.
mail_data_button = Consultar mis datos
mail_stored_lead = Nos han pedido el enlace de esta dirección para el boletín «{ $newsletter }». No está suscrita. Con el enlace puede ver o borrar lo que aún se guarda, o volver a suscribirse.
mail_stored_reason = Recibe este correo porque el boletín «{ $newsletter }», en { $host }, guarda esta dirección.
mail_new_address_subject = Confirme su nueva dirección para «{ $newsletter }»
mail_new_address_lead = Hemos recibido una solicitud para enviar «{ $newsletter }» a esta dirección en lugar de a otra. Si la ha hecho usted, confírmela con el enlace siguiente.
mail_new_address_button = Usar esta dirección
mail_new_address_reason = Le enviamos este correo porque esta dirección se indicó como dirección nueva para «{ $newsletter }» ({ $host }).
mail_old_address_subject = Solicitud de cambio de dirección para «{ $newsletter }»
mail_old_address_lead = Hemos recibido una solicitud para enviar «{ $newsletter }» a otra dirección. El cambio se hará cuando se confirme la dirección nueva. Si no la ha hecho usted, conserve su dirección con el enlace siguiente.
mail_old_address_button = Conservar mi dirección
mail_old_address_ignore = Si la ha hecho usted, no tiene que hacer nada.

## Home

home = Boletines
home_lead = Gratis y por correo electrónico. Puede cancelar la suscripción con un clic.

## Signup

signup_lead = Reciba gratis «{ $newsletter }» por correo electrónico.
email_label = Dirección de correo electrónico
email_hint = Solo la usaremos para enviarle el boletín.
name_label = Nombre (opcional)
name_hint = El nombre con el que nos dirigiremos a usted.
name_too_long = Escriba un nombre más corto, de { $count } caracteres como mucho
name_address = Escriba un nombre que no parezca una dirección ni un número de teléfono. Deje un espacio después de un punto
name_invisible = Escriba un nombre sin caracteres invisibles. Escríbalo a mano
trap_label = Deje este campo vacío
subscribe = Suscribirse
subscribe_again = Volver a suscribirse
signup_small_print = Le enviaremos un correo con un enlace para confirmar la suscripción. Puede retirar su consentimiento en cualquier momento: cada número lleva un enlace para cancelarla con un clic.
address_empty = Escriba su dirección de correo electrónico
address_too_long = La dirección es demasiado larga. Revísela
address_wrong = Escriba una dirección de correo válida, por ejemplo nombre@example.com
check_heading = Revise su correo
check_text = Si podemos enviar «{ $newsletter }» a esta dirección, encontrará en ella un correo nuestro. Siga el enlace que contiene para terminar. El enlace es válido durante { $days ->
    [one] { $days } día
   *[other] { $days } días
}.
check_nothing_there = ¿No ha llegado nada en unos minutos? Mire en la carpeta de correo no deseado o spam. Un enlace nuestro anterior también sirve: su página envía uno nuevo. Para evitar abusos, enviamos a cada dirección como máximo { $count ->
    [one] un correo de este tipo
   *[other] { $count } correos de este tipo
} al día.
address_disposable = Escriba otra dirección: no admitimos direcciones temporales
address_no_server = Parece que { $domain } no recibe correo. Revise lo que sigue a la @
meant_heading = ¿Quería decir { $address }?
meant_text = Ha escrito { $address }. ¿Cuál es la correcta?
meant_use = Usar { $address }
meant_keep = Mantener { $address }
step_heading = Falta un paso
step_text = Pulse el botón para continuar.
step_work = En este momento hay muchas solicitudes. Para que nadie reciba una avalancha de correos, su dispositivo tiene que hacer antes un cálculo de unos segundos.
step_wait = Sin JavaScript, pulse el botón y espere hasta { $seconds ->
    [one] { $seconds } segundo
   *[other] { $seconds } segundos
}.
step_button = Continuar
step_working = Un momento, por favor…
step_ready = Listo. Pulse «Continuar».
check_open = Abrir { $provider }
check_again = Enviar el correo de nuevo
check_other = Usar otra dirección
check_too_early = Puede que el correo aún esté en camino. Espere un minuto antes de pedir otro.
check_asked_again = Hemos registrado su solicitud. Si hoy aún podemos escribir a esta dirección, el correo está en camino.
no_mail_heading = Ahora no podemos enviar ningún correo
no_mail_quota = Esta dirección ya ha recibido de nosotros tantos correos como puede en tan poco tiempo. Use el enlace del último o inténtelo de nuevo en unos días.
no_mail_refused = Alguien con un correo enviado a esta dirección nos dijo que no lo había pedido, así que no enviamos más. El enlace de ese correo lo deshace.
no_mail_suppressed = No podemos escribir a esta dirección: un correo fue devuelto o se marcó como spam. Escríbanos y una persona se ocupará.

## Not me

refuse_heading = ¿No quiere recibir estos correos?
refuse_text = Si pulsa el botón, nadie podrá hacer que escribamos a esta dirección al introducirla en una de nuestras páginas. Esto dura un año. Las suscripciones que haya confirmado continúan.
refuse_button = No recibir estos correos
refused_heading = No recibirá más correos de este tipo
refused_text = Durante un año no escribiremos a esta dirección solo porque alguien la introduzca en una de nuestras páginas. Toda solicitud pendiente se ha cancelado.
refused_undo = Deshacer
allowed_heading = Estos correos vuelven a estar permitidos
allowed_text = Esta dirección puede suscribirse de nuevo.

## Confirming

confirm_heading = Confirme su suscripción a «{ $newsletter }»
confirm_text = Pulse el botón para recibir «{ $newsletter }» en esta dirección a partir del próximo número.
confirm_button = Confirmar la suscripción
confirm_ignore = Si no lo ha pedido, cierre esta página: no se creará ninguna suscripción.
confirmed_heading = Le damos la bienvenida a «{ $newsletter }»
confirmed_text = Su suscripción está confirmada. El próximo número llegará a esta dirección.
confirmed_contacts = Para que no acabe en la carpeta de spam, añada { $address } a sus contactos.
welcome_next = Ya está. El próximo número sale el { weekday } { $day } de { month }.
welcome_latest = Mientras tanto, lea el último número: { $title }
already_heading = La suscripción ya está activa
already_text = Esta dirección está suscrita a «{ $newsletter }». No tiene que hacer nada más.
stale_heading = Este enlace ya no es válido
stale_text = Tiene más de { $days ->
    [one] { $days } día
   *[other] { $days } días
}, o algo ha cambiado desde entonces. Puede pedir uno nuevo.
stale_button = Recibir un enlace nuevo

## Leaving

leave_heading = ¿Cancelar la suscripción a «{ $newsletter }»?
leave_text = La cancelación es inmediata.
leave_button = Cancelar la suscripción
left_heading = Suscripción cancelada
left_text = Ya no recibirá «{ $newsletter }» en esta dirección. Tampoco le enviaremos un correo de despedida.
absent_heading = No hay ninguna suscripción
absent_text = Este enlace ya no corresponde a ninguna suscripción. No se envía nada por ella.
left_on = Canceló su suscripción al boletín «{ $newsletter }» el { $date }.
ended_on = Su suscripción al boletín «{ $newsletter }» terminó el { $date }.
left_kept = Su dirección se guarda hasta el { $date }, para que ninguna lista antigua vuelva a suscribirle. Puede hacer que se borre ahora.
stored_link = Ver o borrar lo que se guarda sobre usted
one_click_done = Suscripción cancelada.
one_click_unknown = Nada ha cambiado: esto no es una solicitud para cancelar la suscripción. Abra esta dirección en un navegador o envíe List-Unsubscribe=One-Click.
pause_until_label = Pausa hasta el
pause_until_hint = Ese día se reanuda el envío.
pause_until_button = Pausar hasta esa fecha
pause_until_wrong = Elija una fecha entre mañana y el { $date }
leave_else = Cambiar mis preferencias
back_offer = ¿Ha cancelado por error? Puede deshacerlo durante 24 horas.
back_button = Deshacer
back_heading = Su suscripción vuelve a estar activa
back_text = Recibirá de nuevo «{ $newsletter }» en esta dirección, como antes.
why_heading = ¿Por qué ha cancelado la suscripción?
why_hint = La respuesta es voluntaria.
why_too_often = Demasiados correos
why_too_long = Demasiado largo
why_not_expected = No es lo que esperaba
why_never_signed_up = Nunca me suscribí
why_other = Otro motivo
why_button = Enviar la respuesta
why_thanks = Gracias por su respuesta.

## Preferences

preferences_heading = Su suscripción a «{ $newsletter }»
preferences_active = Recibe todos los números.
preferences_pending = Aún no ha confirmado la suscripción. Siga el enlace del correo que le enviamos.
preferences_paused = La suscripción está en pausa.
preferences_paused_until = En pausa hasta el { $date }. Hasta entonces no recibirá ningún número.
preferences_paused_open = En pausa. No recibirá ningún número hasta que la reanude.
preferences_resumed = La suscripción se ha reanudado.
pause_heading = Hacer una pausa
pause_text = Durante la pausa no recibirá ningún número. Después el envío se reanuda automáticamente.
pause_longer_heading = Alargar la pausa
pause_longer_text = La pausa cuenta desde hoy.
pause_four_weeks = Pausar 4 semanas
pause_three_months = Pausar 3 meses
resume_heading = Reanudar
resume_text = Volverá a recibir todos los números a partir del próximo.
resume_button = Reanudar
go_heading = Cancelar la suscripción
go_text = Puede suscribirse de nuevo cuando quiera.
rename_heading = Nombre
rename_label = Nuevo nombre
rename_button = Guardar el nombre
rename_hint = El que tenemos empieza por «{ $initial }». Un nombre nuevo aparece solo en los correos del boletín «{ $newsletter }». Para borrarlo, deje el campo vacío.
rename_hint_none = No hay ningún nombre guardado. Un nombre nuevo aparece solo en los correos del boletín «{ $newsletter }».
rename_saved = Su nombre se ha guardado. Aparece solo en los correos del boletín «{ $newsletter }».
rename_removed = Se ha borrado el nombre.
saved = Se han guardado sus preferencias.
choices_heading = Idioma y formato
language_label = Idioma
language_hint = Para estas páginas y los correos sobre su suscripción. Los números llegan en el idioma en que están escritos.
language_default = El del boletín
format_label = Formato
format_html = Con diseño (HTML)
format_plain = Solo texto
choices_button = Guardar
address_heading = Dirección de correo electrónico
address_label = Nueva dirección de correo electrónico
address_hint = Enviaremos un enlace a la nueva dirección. Nada cambiará hasta que lo confirme allí. También avisaremos a su dirección actual.
address_button = Cambiar la dirección
address_sent = Si podemos escribir a la nueva dirección, encontrará en ella un enlace. Nada cambiará hasta que lo confirme.
address_settling = La dirección se cambió hace poco. Hasta el { $date } se puede deshacer desde la dirección anterior; después se podrá cambiar de nuevo.
others_heading = Otros boletines
others_text = Cada suscripción se confirma con un enlace que enviamos a su dirección.
others_add = Suscribirse a «{ $newsletter }»
data_heading = Sus datos personales
data_text = Consulte o suprima todos los datos que conservamos sobre usted. Enviaremos un enlace a su dirección; es válido durante una hora.
data_button = Recibir el enlace
data_sent = Revise su correo. El enlace es válido durante una hora. Si no llega nada, quizá se haya alcanzado el límite de hoy: inténtelo mañana.
data_sent_before = La dirección se cambió hace poco, así que el enlace va a la dirección anterior. Vale una hora. Si no llega nada, quizá se alcanzó el límite de hoy: inténtelo mañana.

## Another address, the reader’s data, the reader’s link

move_heading = ¿Recibir «{ $newsletter }» en esta dirección?
move_text = Desde entonces, el boletín «{ $newsletter }» llegará a esta dirección y no a la antigua.
moved_heading = Se ha cambiado su dirección
moved_text = Desde ahora recibirá «{ $newsletter }» en esta dirección.
move_stale_text = El enlace no se usó a tiempo o el cambio se anuló. Puede pedirlo de nuevo en su página de preferencias.
stop_heading = ¿Conservar su dirección?
stop_text = Desde un enlace de uno de sus correos se ha pedido enviar «{ $newsletter }» a otra dirección. Pulse el botón para seguir recibiéndolo en la suya.
stopped_heading = Su dirección no cambia
stopped_text = No se enviará nada a la otra dirección.
stop_late_text = Ya no se puede deshacer aquí. Escríbanos y lo resolveremos.
stop_erased_text = Todo lo que estaba guardado sobre usted está borrado. Ya no queda nada que impedir.
data_page_text = Todos los datos que conservamos sobre usted, en un archivo JSON.
data_download = Descargar mis datos
erase_heading = Borrar todo
erase_text = Se borrarán de inmediato su dirección, su nombre, sus suscripciones y el historial de estas. No se puede deshacer.
erase_sure = Sí, borrar todos mis datos
erase_unsure = Marque la casilla para confirmar que quiere borrarlo todo
erased_heading = Sus datos se han borrado
erased_text = Solo queda un código obtenido de su dirección del que no se puede recuperar esta. Evita que una lista antigua vuelva a darle de alta. Las copias de seguridad conservan los datos hasta que caducan. Puede suscribirse de nuevo cuando quiera.
data_stale_text = El enlace es válido durante una hora y deja de serlo cuando se borra todo. Puede pedir otro en su página de preferencias.
link_heading = Recibir el enlace a sus preferencias
link_text = Cada número lleva un enlace a sus preferencias y otro para cancelar la suscripción. Si no tiene ninguno a mano, podemos enviarle el enlace.
link_hint = La dirección a la que llegan, o llegaban, sus números.
link_button = Recibir mi enlace
link_sent = Si el boletín «{ $newsletter }» guarda esta dirección, encontrará un correo con el enlace en su bandeja de entrada. Una dirección recibe solo unos pocos correos así.

## Archive

all_issues = Todos los números
latest_issues = Últimos números
feed = Canal Atom
search = Buscar
search_found = { $count ->
    [one] { $count } número encontrado
   *[other] { $count } números encontrados
}
search_found_many = Más de { $count } números encontrados. Estos son los más recientes.
search_none = No se ha encontrado ningún número
archive_empty = Todavía no se ha publicado ningún número.
years = Años
newer_issues = Números más recientes
older_issues = Números anteriores
other_issues = Otros números
previous_issue = Número anterior
next_issue = Número siguiente
corrected_on = Corregido el { $date }.
reading_time = { $minutes ->
    [one] { $minutes } minuto de lectura
   *[other] { $minutes } minutos de lectura
}

## Privacy

privacy = Privacidad
privacy_lead = Qué datos conservamos de los lectores de «{ $newsletter }», durante cuánto tiempo y qué no hacemos.
privacy_sender = Responsable del tratamiento
privacy_stored = Qué conservamos
privacy_stored_address = Su dirección de correo y, si los ha indicado, su nombre, su idioma y sus preferencias, para enviarle lo que ha pedido.
privacy_stored_consent = Cuándo solicitó, confirmó, pausó o canceló la suscripción, qué texto se le mostró y la dirección IP truncada de la solicitud, como prueba de su consentimiento.
privacy_stored_delivery = De cada número, si se entregó y, si no, la respuesta de su proveedor de correo.
privacy_stored_refusal = Si su proveedor rechaza nuestros correos o usted no quiere recibirlos: un código obtenido de la dirección del que no se puede recuperar esta. Nos impide escribirle.
privacy_kept = Plazo de conservación
privacy_kept_text = Sus datos se guardan mientras dure su suscripción. Puede hacer que se borre todo en cualquier momento. Si no, estos son los plazos:
for_days = { $days ->
    [0] sin límite
    [one] { $days } día
   *[other] { $days } días
}
privacy_kept_unconfirmed = Una solicitud que nadie confirma: { for_days }.
privacy_kept_left = La dirección y el nombre después de cancelar la suscripción: { for_days }. Después queda un código de la dirección, del que no se puede recuperar, para que ninguna lista antigua vuelva a suscribirle.
privacy_kept_consents = La prueba de su consentimiento después de cancelar la suscripción: { for_days }, al final solo bajo ese código.
privacy_kept_networks = La red de la que llegó una solicitud: { for_days }.
privacy_kept_delivery = Si cada número le llegó: { for_days }. Después solo se guarda quién no lo recibió.
privacy_kept_erased = Después de un borrado solo queda el código de su dirección. Las copias de seguridad conservan los datos hasta que caducan.
privacy_not = Qué no hacemos
privacy_not_opened = No sabemos si abre un número: no contiene ninguna imagen oculta (píxel de seguimiento).
privacy_not_clicked = Los enlaces llevan directamente a su destino. No contamos los clics.
privacy_not_cookies = Estas páginas no usan cookies ni cargan nada de otros sitios.
privacy_pictures = Cuando su programa de correo muestra las imágenes de un número, las carga de este sitio. No registramos quién las carga.
privacy_others = Destinatarios
privacy_others_text = Los correos salen a través de { $relays } y de allí van a su proveedor de correo. Nadie más recibe su dirección.
privacy_rights = Sus derechos
privacy_rights_text = Al final de cada número está el enlace a sus preferencias: allí puede hacer una pausa, cancelar la suscripción, consultar, rectificar, descargar o suprimir sus datos.
privacy_controller = El responsable del tratamiento de sus datos es { $publisher }. Para cualquier pregunta sobre sus datos escriba a { $address }.
privacy_basis = Base jurídica
privacy_basis_text = Le enviamos el boletín con su consentimiento (artículo 6.1.a del RGPD, donde se aplique).
privacy_basis_kept = Conservamos la prueba de su consentimiento y el código de una dirección a la que no se debe escribir por nuestro interés legítimo (artículo 6.1.f).
privacy_withdraw = Puede retirar su consentimiento en cualquier momento con el enlace de cada número para cancelar la suscripción. Lo hecho hasta entonces sigue siendo lícito.
privacy_complain = Puede presentar una reclamación ante una autoridad de protección de datos, por ejemplo la de su lugar de residencia.

## Troubles

trouble_not_found = Página no encontrada
trouble_not_found_text = Puede que la dirección esté mal escrita o que la página ya no exista.
trouble_link = Este enlace no funciona
trouble_link_text = Compruebe que el enlace del correo está completo en la barra de direcciones, hasta el último carácter.
trouble_not_understood = No hemos entendido la solicitud
trouble_method_text = Esta página no se puede usar de esa manera.
trouble_unreadable_text = Los datos enviados no proceden de ningún formulario de este sitio.
trouble_too_large = Los datos son demasiado grandes
trouble_too_large_text = Los datos enviados superan el tamaño de los formularios de este sitio.
trouble_too_many = Inténtelo más tarde
trouble_too_many_text = Ha habido demasiadas solicitudes. Inténtelo de nuevo dentro de una hora.
trouble_busy = Inténtelo de nuevo dentro de un minuto
trouble_busy_text = Ahora mismo no podemos guardar nada. No se ha cambiado nada.
trouble_broken = Lo sentimos, algo ha fallado
trouble_broken_text = El problema es nuestro y ha quedado registrado.
