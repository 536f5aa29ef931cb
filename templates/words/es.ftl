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

skip = Ir al texto
write_to_us = Escríbanos
to_home = Ir a la página de inicio
error = Error
problem = Hay un problema
nameless = este boletín
test_link = Este enlace viene en un correo de prueba. El de un lector hace lo que dice la página; este no cambia nada.

## Issues

read_on_web = Leer en la web
links = Enlaces
notes = Notas
image = Imagen
reason = Recibe este correo porque { $address } se suscribió a { $newsletter } el { $date }.
unsubscribe = Darse de baja
change_preferences = Cambiar las preferencias o hacer una pausa
forwarded = ¿Le han reenviado este correo?
forwarded_link = Suscribirse aquí
closing = Responda a este correo para escribirnos. Reenvíelo a quien pueda interesarle.

## Mails of the system

mail_or_open = El enlace completo, para abrirlo o copiarlo:
mail_entered = Recibe este correo porque esta dirección se introdujo en la página de suscripción de { $newsletter } en { $host }.
mail_confirm_subject = Confirme su suscripción a { $newsletter }
mail_confirm_lead = Alguien, esperamos que usted, ha pedido recibir { $newsletter } en esta dirección. Confírmelo con el enlace de abajo.
mail_confirm_button = Confirmar la suscripción
mail_confirm_ignore = Si no ha sido usted, no haga nada: no volverá a saber de nosotros.
mail_already_subject = Ya recibe { $newsletter }
mail_already_lead = Alguien, esperamos que usted, ha pedido recibir { $newsletter } en esta dirección. La suscripción ya existe, así que nada ha cambiado.
mail_already_change = Cambiar las preferencias o darse de baja
mail_already_ignore = Si no ha sido usted, no haga nada.
mail_refuse = No fui yo: no escriban nunca más a esta dirección
mail_welcome_subject = Le damos la bienvenida a { $newsletter }
mail_welcome_lead = Desde ahora recibirá { $newsletter }. Puede darse de baja en cualquier momento con el enlace al pie de cada correo. Para que llegue a su bandeja de entrada, añada nuestra dirección a sus contactos.
mail_welcome_latest = Este es el último número:

## Mails to readers about their own subscription

mail_subscriber = Recibe este correo porque esta dirección está suscrita a { $newsletter } ({ $host }).
mail_link_subject = Su enlace de { $newsletter }
mail_link_lead = Alguien, esperamos que usted, ha pedido el enlace a su suscripción a { $newsletter }. Allí puede cambiarla, hacer una pausa o darse de baja.
mail_link_button = Abrir mi suscripción
mail_data_subject = Sus datos en { $newsletter }
mail_data_lead = Alguien, esperamos que usted, ha pedido ver o borrar lo que { $newsletter } guarda sobre usted. El enlace vale una hora.
mail_data_button = Ver mis datos
mail_stored_lead = Alguien, esperamos que usted, ha pedido a { $newsletter } el enlace de esta dirección. No se envía ningún número a esta dirección. Con el enlace de abajo puede ver o borrar lo que aún se guarda, o volver a suscribirse.
mail_stored_reason = Recibe este correo porque { $newsletter } en { $host } guarda datos de esta dirección.
mail_new_address_subject = Confirme esta dirección para { $newsletter }
mail_new_address_lead = Alguien, esperamos que usted, ha pedido recibir { $newsletter } en esta dirección en lugar de otra. Confírmelo con el enlace de abajo.
mail_new_address_button = Usar esta dirección
mail_new_address_reason = Recibe este correo porque esta dirección se introdujo como nueva en { $newsletter } ({ $host }).
mail_old_address_subject = { $newsletter } va a cambiar de dirección
mail_old_address_lead = Alguien, esperamos que usted, ha pedido recibir { $newsletter } en otra dirección. El cambio se hace cuando esa dirección se confirme. Si no ha sido usted, deténgalo con el enlace de abajo: todo quedará como está.
mail_old_address_button = Conservar mi dirección
mail_old_address_ignore = Si ha sido usted, no hay nada que hacer aquí.

## Home

home = Boletines
home_lead = Todos llegan por correo. La baja es un solo clic.

## Signup

signup_lead = Reciba { $newsletter } por correo, gratis.
email_label = Correo electrónico
email_hint = Solo se usa para el boletín.
name_label = Nombre (opcional)
name_hint = Cómo puede dirigirse a usted el boletín.
name_too_long = Escriba un nombre más corto, de { $count } caracteres como mucho
name_address = Escriba un nombre que no parezca una dirección ni un número de teléfono. Deje un espacio después de un punto
name_invisible = Escriba un nombre sin caracteres invisibles. Escríbalo a mano
trap_label = Deje este campo vacío
subscribe = Suscribirse
subscribe_again = Volver a suscribirse
signup_small_print = Recibirá un correo con un enlace para confirmar. Cada número lleva un enlace de baja: un clic, sin preguntas.
address_empty = Escriba su correo electrónico
address_too_long = Escriba una dirección más corta: ninguna es tan larga
address_wrong = Escriba una dirección con el formato correcto, como nombre@example.com
check_heading = Mire su correo
check_text = A esta dirección va un correo con un enlace, salvo que haya recibido uno nuestro hace poco o no deba recibir ninguno. Abra el enlace y pulse el botón: { $newsletter } será suyo. El enlace vale { $days ->
    [one] { $days } día
   *[other] { $days } días
}.
check_nothing_there = ¿No hay nada tras unos minutos? Mire antes en la carpeta de correo no deseado. Un enlace nuestro anterior también sirve: su página envía uno nuevo. Para proteger los buzones, cada dirección recibe como mucho { $count ->
    [one] un correo así
   *[other] { $count } correos así
} al día.
address_disposable = Escriba otra dirección: los buzones de este proveedor se tiran al cabo de un tiempo
address_no_server = No hemos encontrado ningún servidor de correo para { $domain }. Revise la parte que sigue a la @
meant_heading = ¿Quería decir { $address }?
meant_text = Ha escrito { $address }. Una de las dos es la correcta.
meant_use = Usar { $address }
meant_keep = No, dejar { $address }
step_heading = Un paso más
step_text = Pulse el botón para continuar.
step_work = Ahora mismo llegan muchas suscripciones. Para que no se inunde ningún buzón, su dispositivo trabaja unos segundos para esta.
step_wait = Sin script también funciona: pulse el botón y espere hasta { $seconds ->
    [one] { $seconds } segundo
   *[other] { $seconds } segundos
}.
step_button = Continuar
step_working = Un momento: su dispositivo está trabajando…
step_ready = Listo. Pulse el botón.
check_open = Abrir { $provider }
check_again = Enviarlo otra vez
check_other = Usar otra dirección
check_too_early = Puede que el correo aún esté en camino. Espere un minuto antes de pedirlo otra vez.
check_asked_again = Anotado. Otro correo va a esta dirección, si puede recibir uno ahora.
no_mail_heading = Ahora no sale ningún correo
no_mail_quota = Esta dirección ya ha recibido de nosotros todos los correos que recibe en tan poco tiempo. Use el enlace del último, o inténtelo de nuevo en unos días.
no_mail_refused = Alguien con un correo enviado a esta dirección dijo que no lo había pedido. Por eso no va allí ningún correo así. El enlace de ese correo lo deshace.
no_mail_suppressed = A esta dirección no puede ir ningún correo: uno fue devuelto, o alguien lo marcó como no deseado. Escríbanos y una persona se ocupará.

## Not me

refuse_heading = ¿No escribir nunca más a esta dirección?
refuse_text = Pulse el botón y nadie podrá hacer que escribamos a esta dirección poniéndola en una de nuestras páginas. Vale durante un año, también para la página que envía su enlace a los lectores. Una suscripción que haya confirmado sigue en pie.
refuse_button = No escribir a esta dirección
refused_heading = No volverá a saber de nosotros
refused_text = A esta dirección no va ningún correo porque alguien la ponga en una de nuestras páginas. Lo que se había pedido queda anulado.
refused_undo = Fue un error: permitirlo de nuevo
allowed_heading = Permitido de nuevo
allowed_text = Quien tenga esta dirección puede suscribirse de nuevo.

## Confirming

confirm_heading = Confirme su suscripción a { $newsletter }
confirm_text = Pulse el botón y el próximo número de { $newsletter } llegará a esta dirección.
confirm_button = Confirmar la suscripción
confirm_ignore = Si no lo ha pedido, cierre la página: no se enviará nada.
confirmed_heading = Le damos la bienvenida a { $newsletter }
confirmed_text = Su suscripción está confirmada. El próximo número llegará a esta dirección.
confirmed_contacts = Para que no acabe en el correo no deseado, añada { $address } a sus contactos.
welcome_next = Ya está. El próximo número llega el { weekday } { $day } de { month }.
welcome_latest = Mientras tanto, lea el último: { $title }
already_heading = La suscripción está activa
already_text = Esta dirección recibe { $newsletter }. No hay nada más que hacer.
stale_heading = Este enlace es demasiado antiguo
stale_text = Tiene más de { $days ->
    [one] { $days } día
   *[other] { $days } días
}, o algo ha cambiado desde entonces. Uno nuevo llega por correo.
stale_button = Enviarme un enlace nuevo

## Leaving

leave_heading = ¿Darse de baja de { $newsletter }?
leave_text = Tiene efecto inmediato.
leave_button = Darse de baja
left_heading = La baja está hecha
left_text = Hecho. { $newsletter } ya no se envía a esta dirección, ni siquiera una despedida.
absent_heading = No hay ninguna suscripción
absent_text = No se envía ningún número a esta dirección.
left_on = Usted se dio de baja de { $newsletter } el { $date }.
ended_on = Su suscripción a { $newsletter } terminó el { $date }.
left_kept = Su dirección se guarda hasta el { $date }, para que ninguna lista antigua vuelva a darle de alta. Puede hacer que se borre ahora.
stored_link = Ver o borrar lo que se guarda sobre usted
one_click_done = Baja hecha.
one_click_unknown = Nada ha cambiado: esto no es una solicitud de baja. Abra esta dirección en un navegador, o envíe List-Unsubscribe=One-Click.
pause_until_label = Pausa hasta el
pause_until_hint = Ese día todo sigue.
pause_until_button = Pausar hasta ese día
pause_until_wrong = Elija un día entre mañana y el { $date }
leave_else = Cambiar otra cosa
back_offer = ¿Ha sido un error? Puede deshacerlo durante 24 horas.
back_button = Deshacer
back_heading = Ha vuelto
back_text = { $newsletter } vuelve a llegar a esta dirección, como antes.
why_heading = ¿Por qué se va?
why_hint = No hace falta que responda.
why_too_often = Demasiados correos
why_too_long = Demasiado largo
why_not_expected = No es lo que esperaba
why_never_signed_up = Nunca me suscribí
why_other = Otra cosa
why_button = Enviar la respuesta
why_thanks = Gracias por la respuesta.

## Preferences

preferences_heading = Su suscripción a { $newsletter }
preferences_active = Recibe todos los números.
preferences_pending = La suscripción aún no está confirmada. El enlace está en el correo que recibió.
preferences_paused = En pausa.
preferences_paused_until = En pausa hasta el { $date }. Antes no se envía ningún número.
preferences_paused_open = En pausa. No se envía ningún número hasta que usted la termine.
preferences_resumed = La pausa ha terminado.
pause_heading = Hacer una pausa
pause_text = Mientras tanto no se envía ningún número. Después todo sigue por sí solo.
pause_longer_heading = Alargar la pausa
pause_longer_text = A contar desde hoy.
pause_four_weeks = Pausa de 4 semanas
pause_three_months = Pausa de 3 meses
resume_heading = Continuar
resume_text = El próximo número volverá a llegar.
resume_button = Terminar la pausa
go_heading = Darse de baja
go_text = Puede volver cuando quiera.
rename_heading = Nombre
rename_label = Nuevo nombre
rename_button = Guardar el nombre
rename_hint = El que tenemos empieza por «{ $initial }». Uno nuevo aparece solo en los correos de { $newsletter }. Deje el campo vacío para borrarlo.
rename_hint_none = No hay ningún nombre guardado. Uno nuevo aparece solo en los correos de { $newsletter }.
rename_saved = El nombre está guardado. Aparece solo en los correos de { $newsletter }.
rename_removed = El nombre está borrado.
saved = Guardado.
choices_heading = Idioma y formato
language_label = Idioma
language_hint = De sus páginas y de los correos sobre su suscripción. Los números llegan como están escritos.
language_default = Como el boletín
format_label = Formato
format_html = Con diseño (HTML)
format_plain = Solo texto
choices_button = Guardar la selección
address_heading = Dirección
address_label = Nueva dirección de correo
address_hint = Enviamos allí un enlace. Nada cambia hasta que lo abra. Se avisa a la dirección actual.
address_button = Cambiar la dirección
address_sent = A la nueva dirección va un enlace, salvo que haya recibido uno nuestro hace poco o no deba recibir correo. Nada cambia hasta que se abra.
address_settling = La dirección se cambió hace poco. Hasta el { $date } se puede deshacer desde la dirección anterior; después se podrá cambiar de nuevo.
others_heading = Otros boletines
others_text = Cada uno se confirma con un enlace que enviamos a su dirección.
others_add = Suscribirse a { $newsletter }
data_heading = Sus datos
data_text = Vea o borre todo lo que se guarda sobre usted. Enviamos un enlace a su dirección; vale una hora.
data_button = Enviarme el enlace
data_sent = Un enlace va a su dirección, como mucho tres veces al día. Vale una hora.
data_sent_before = La dirección se cambió hace poco, así que el enlace va a la dirección anterior, como mucho tres veces al día. Vale una hora.

## Another address, the reader’s data, the reader’s link

move_heading = ¿Recibir { $newsletter } en esta dirección?
move_text = Desde entonces, { $newsletter } llegará aquí y no a la dirección antigua.
moved_heading = Su dirección ha cambiado
moved_text = { $newsletter } llega desde ahora a esta dirección.
move_stale_text = No se usó a tiempo, o el cambio se detuvo. Puede pedirlo de nuevo en su página de preferencias.
stop_heading = ¿Conservar su dirección?
stop_text = Alguien con un enlace de su correo ha pedido recibir { $newsletter } en otra dirección. Pulse el botón y todo quedará como está.
stopped_heading = Su dirección se conserva
stopped_text = No se envía nada a la otra dirección.
stop_late_text = Ya no se puede deshacer aquí. Escríbanos y alguien se ocupará.
stop_erased_text = Todo lo que estaba guardado sobre usted está borrado. Ya no queda nada que impedir.
data_page_text = Todo lo que se guarda sobre usted, en un archivo JSON.
data_download = Descargar mis datos
erase_heading = Borrar todo
erase_text = Su dirección, su nombre, sus suscripciones y su historia se borran de inmediato. No se puede deshacer.
erase_sure = Sí, borrar todo sobre mí
erase_unsure = Marque primero la casilla: entonces se borrará todo
erased_heading = Todo está borrado
erased_text = Solo queda un código irreversible de su dirección, para que nadie la vuelva a introducir. Usted puede volver cuando quiera.
data_stale_text = Vale una hora, y nada si ya se borró todo. Pida otro en su página de preferencias.
link_heading = Recibir su enlace
link_text = Cada número lleva un enlace a sus preferencias y otro para darse de baja. ¿No tiene ninguno a mano, o ya no los recibe? Le enviamos el enlace.
link_hint = La dirección a la que llegaban sus números.
link_button = Enviarme mi enlace
link_sent = Si { $newsletter } guarda esta dirección, le enviamos un correo con el enlace, salvo que haya recibido varios hace poco o no deba recibir ninguno.

## Archive

all_issues = Todos los números
latest_issues = Últimos números
feed = Canal
search = Buscar
search_found = { $count ->
    [one] { $count } número encontrado
   *[other] { $count } números encontrados
}
search_found_many = Más de { $count } números encontrados; estos son los últimos
search_none = No se ha encontrado nada
archive_empty = Todavía no ha salido ningún número.
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
privacy_lead = Qué guarda { $newsletter } de sus lectores, durante cuánto tiempo y qué no se hace.
privacy_sender = Quién lo envía
privacy_stored = Qué se guarda
privacy_stored_address = Su dirección de correo y el nombre, el idioma y las opciones que usted dio: para enviarle lo que pidió.
privacy_stored_consent = Cuándo pidió, confirmó, pausó o se dio de baja, qué palabras se le mostraron y la red de la que vino la petición, sin el final de su dirección: como prueba de su acuerdo.
privacy_stored_delivery = De cada número, si se entregó, y la respuesta de su servidor de correo si no.
privacy_stored_refusal = Si su buzón rechaza nuestro correo o no quiere saber más de nosotros: una huella de la dirección, de la que esta no se puede leer. Mantiene lejos nuestro correo.
privacy_kept = Durante cuánto tiempo
privacy_kept_text = Sus datos se guardan mientras esté suscrito. Puede hacer que se borre todo en cualquier momento. Si no, estos son los plazos:
for_days = { $days ->
    [0] sin límite
    [one] { $days } día
   *[other] { $days } días
}
privacy_kept_unconfirmed = Una solicitud que nadie confirma: { for_days }.
privacy_kept_left = La dirección y el nombre después de la baja: { for_days }. Después queda un código de la dirección, del que no se puede recuperar, para que ninguna lista antigua vuelva a darle de alta.
privacy_kept_consents = La prueba de su consentimiento después de la baja: { for_days }, al final solo bajo ese código.
privacy_kept_networks = La red de la que llegó una solicitud: { for_days }.
privacy_kept_delivery = Si cada número le llegó: { for_days }. Después solo se guarda quién no lo recibió.
privacy_kept_erased = Después de un borrado solo queda el código de su dirección. Las copias de seguridad conservan los datos hasta que caducan.
privacy_not = Qué no se hace
privacy_not_opened = Nadie sabe si abre un número: no hay en él ninguna imagen oculta.
privacy_not_clicked = Los enlaces de los números llevan directamente adonde dicen. No se cuenta ningún clic.
privacy_not_cookies = Estas páginas no ponen cookies ni cargan nada de otros sitios.
privacy_pictures = Cuando su buzón muestra las imágenes de un número, las toma de este sitio. No se anota quién las tomó.
privacy_others = Quién más lo ve
privacy_others_text = El correo sale por { $relays } y de allí va a su propio servicio de correo. Nadie más recibe su dirección.
privacy_rights = Qué puede hacer
privacy_rights_text = El enlace a sus preferencias está al pie de cada número: pausar, darse de baja, ver y cambiar lo que se guarda, descargarlo o hacerlo borrar.
privacy_controller = El responsable del tratamiento de sus datos es { $publisher }. Para cualquier pregunta sobre sus datos escriba a { $address }.
privacy_basis = Base jurídica
privacy_basis_text = Le enviamos el boletín con su consentimiento (artículo 6.1.a del RGPD, donde se aplique).
privacy_basis_kept = Conservamos la prueba de su consentimiento y el código de una dirección a la que no se debe escribir por nuestro interés legítimo (artículo 6.1.f).
privacy_withdraw = Puede retirar su consentimiento en cualquier momento con el enlace de baja de cada número. Lo hecho hasta entonces sigue siendo lícito.
privacy_complain = Puede presentar una reclamación ante una autoridad de protección de datos, por ejemplo la de su lugar de residencia.

## Troubles

trouble_not_found = Esa página no existe
trouble_not_found_text = Puede que la dirección esté mal escrita o que la página ya no esté.
trouble_link = Este enlace no funciona
trouble_link_text = Compruebe que todo el enlace del correo esté en la barra de direcciones, hasta la última letra.
trouble_not_understood = Esto no se ha entendido
trouble_method_text = Esta dirección no se usa de esta manera.
trouble_unreadable_text = Lo enviado no viene de ningún formulario de este sitio.
trouble_too_large = Es demasiado largo
trouble_too_large_text = Lo enviado es mayor que cualquier formulario de este sitio.
trouble_too_many = Espere un poco, por favor
trouble_too_many_text = Ha habido muchas peticiones a la vez. Inténtelo de nuevo dentro de una hora.
trouble_busy = Inténtelo de nuevo en un minuto
trouble_busy_text = El servidor no puede guardar nada en este momento. No se ha cambiado nada.
trouble_broken = Algo ha salido mal
trouble_broken_text = El fallo es nuestro y ha quedado anotado.
