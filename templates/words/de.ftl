### Die Wörter der Seiten und Mails auf Deutsch. Anrede: Sie.

## Dates

month = { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
date_of = { $day }. { month } { $year }

# As in "comes on Friday".
weekday = { $weekday ->
    [1] Montag
    [2] Dienstag
    [3] Mittwoch
    [4] Donnerstag
    [5] Freitag
    [6] Samstag
   *[7] Sonntag
}

## Every page

skip = Zum Text springen
write_to_us = Schreiben Sie uns
to_home = Zur Startseite
error = Fehler
problem = Es gibt ein Problem
nameless = diesen Newsletter
test_link = Dieser Link stammt aus einer Testmail. Der Link einer Leserin oder eines Lesers tut, was die Seite sagt; dieser ändert nichts.

## Issues

read_on_web = Im Web lesen
links = Links
notes = Anmerkungen
image = Bild
reason = Sie erhalten diese E-Mail, weil { $address } seit dem { $date } { $newsletter } abonniert.
unsubscribe = Abbestellen
change_preferences = Einstellungen ändern oder pausieren
forwarded = Wurde Ihnen diese E-Mail weitergeleitet?
forwarded_link = Hier abonnieren
closing = Antworten Sie auf diese E-Mail, wenn Sie uns schreiben möchten. Leiten Sie sie gern weiter.

## Mails of the system

mail_or_open = Der Link in voller Länge, zum Öffnen oder Kopieren:
mail_entered = Sie erhalten diese E-Mail, weil diese Adresse auf der Anmeldeseite von { $newsletter } unter { $host } eingetragen wurde.
mail_confirm_subject = Bestätigen Sie Ihr Abonnement von { $newsletter }
mail_confirm_lead = Jemand, hoffentlich Sie, möchte { $newsletter } an diese Adresse erhalten. Bestätigen Sie das mit dem Link unten.
mail_confirm_button = Abonnement bestätigen
mail_confirm_ignore = Waren Sie das nicht, dann tun Sie einfach nichts: Sie hören nicht mehr von uns.
mail_already_subject = Sie erhalten { $newsletter } bereits
mail_already_lead = Jemand, hoffentlich Sie, möchte { $newsletter } an diese Adresse erhalten. Sie sind bereits angemeldet, es hat sich also nichts geändert.
mail_already_change = Einstellungen ändern oder abbestellen
mail_already_ignore = Waren Sie das nicht, dann tun Sie einfach nichts.
mail_refuse = Das war ich nicht: nie wieder an diese Adresse schreiben
mail_welcome_subject = Willkommen bei { $newsletter }
mail_welcome_lead = Sie erhalten { $newsletter } von jetzt an. Abbestellen können Sie jederzeit mit dem Link am Ende jeder E-Mail. Damit nichts im Spamordner landet, nehmen Sie unsere Adresse in Ihre Kontakte auf.
mail_welcome_latest = Hier ist die neueste Ausgabe:

## Mails to readers about their own subscription

mail_subscriber = Sie erhalten diese E-Mail, weil diese Adresse { $newsletter } ({ $host }) abonniert.
mail_link_subject = Ihr Link für { $newsletter }
mail_link_lead = Jemand, hoffentlich Sie, hat um den Link zu Ihrem Abonnement von { $newsletter } gebeten. Dort können Sie es ändern, pausieren oder beenden.
mail_link_button = Mein Abonnement öffnen
mail_data_subject = Ihre Daten bei { $newsletter }
mail_data_lead = Jemand, hoffentlich Sie, möchte sehen oder löschen, was { $newsletter } über Sie gespeichert hat. Der Link gilt eine Stunde.
mail_data_button = Meine Daten ansehen
mail_stored_lead = Jemand, hoffentlich Sie, hat bei { $newsletter } den Link zu dieser Adresse angefordert. An diese Adresse geht keine Ausgabe. Mit dem Link unten können Sie ansehen oder löschen, was noch gespeichert ist, oder neu abonnieren.
mail_stored_reason = Sie erhalten diese E-Mail, weil { $newsletter } auf { $host } Daten zu dieser Adresse gespeichert hat.
mail_new_address_subject = Bestätigen Sie diese Adresse für { $newsletter }
mail_new_address_lead = Jemand, hoffentlich Sie, möchte { $newsletter } an diese Adresse statt an eine andere erhalten. Bestätigen Sie das mit dem Link unten.
mail_new_address_button = Diese Adresse verwenden
mail_new_address_reason = Sie erhalten diese E-Mail, weil bei { $newsletter } unter { $host } diese Adresse als neue Adresse eingetragen wurde.
mail_old_address_subject = { $newsletter } soll an eine andere Adresse gehen
mail_old_address_lead = Jemand, hoffentlich Sie, möchte { $newsletter } an eine andere Adresse erhalten. Das gilt, sobald jene Adresse bestätigt ist. Waren Sie das nicht, verhindern Sie es mit dem Link unten: Dann bleibt alles, wie es ist.
mail_old_address_button = Meine Adresse behalten
mail_old_address_ignore = Waren Sie es selbst, dann ist hier nichts zu tun.

## Home

home = Newsletter
home_lead = Alle kommen per E-Mail. Abbestellen geht mit einem Klick.

## Signup

signup_lead = { $newsletter } kostenlos per E-Mail erhalten.
email_label = E-Mail-Adresse
email_hint = Nur für den Newsletter, für nichts sonst.
name_label = Name (freiwillig)
name_hint = So darf der Newsletter Sie ansprechen.
name_too_long = Geben Sie einen kürzeren Namen ein, mit höchstens { $count } Zeichen
name_address = Geben Sie einen Namen ein, der nicht wie eine Adresse oder Telefonnummer aussieht. Nach einem Punkt steht ein Leerzeichen
name_invisible = Geben Sie einen Namen ohne unsichtbare Zeichen ein. Tippen Sie ihn von Hand
trap_label = Lassen Sie dieses Feld leer
subscribe = Abonnieren
subscribe_again = Wieder abonnieren
signup_small_print = Sie erhalten eine E-Mail mit einem Link zum Bestätigen. In jeder Ausgabe steht ein Link zum Abbestellen: ein Klick, keine Fragen.
address_empty = Geben Sie Ihre E-Mail-Adresse ein
address_too_long = Geben Sie eine kürzere E-Mail-Adresse ein: so lang ist keine
address_wrong = Geben Sie eine E-Mail-Adresse in der richtigen Form ein, etwa name@example.com
check_heading = Sehen Sie in Ihr Postfach
check_text = An diese Adresse geht eine E-Mail mit einem Link, außer sie hat kürzlich eine von uns bekommen oder darf keine bekommen. Öffnen Sie den Link und drücken Sie die Schaltfläche, dann kommt { $newsletter } zu Ihnen. Der Link gilt { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}.
check_nothing_there = Nach ein paar Minuten noch nichts da? Sehen Sie zuerst im Spamordner nach. Auch ein älterer Link von uns hilft: Auf seiner Seite gibt es einen neuen. Zum Schutz der Postfächer gehen am Tag höchstens { $count ->
    [one] eine solche E-Mail
   *[other] { $count } solche E-Mails
} an eine Adresse.
address_disposable = Geben Sie eine andere Adresse ein: Postfächer dieses Anbieters werden nach einer Weile weggeworfen
address_no_server = Zu { $domain } haben wir keinen Mailserver gefunden. Prüfen Sie den Teil nach dem @
meant_heading = Meinten Sie { $address }?
meant_text = Eingegeben haben Sie { $address }. Eine der beiden ist richtig.
meant_use = { $address } nehmen
meant_keep = Nein, { $address } behalten
step_heading = Noch ein Schritt
step_text = Drücken Sie die Schaltfläche, um fortzufahren.
step_work = Im Augenblick kommen viele Anmeldungen. Damit kein Postfach überflutet wird, arbeitet Ihr Gerät ein paar Sekunden für diese.
step_wait = Es geht auch ohne Skript: Drücken Sie die Schaltfläche und warten Sie bis zu { $seconds ->
    [one] { $seconds } Sekunde
   *[other] { $seconds } Sekunden
}.
step_button = Weiter
step_working = Einen Augenblick: Ihr Gerät arbeitet …
step_ready = Fertig. Drücken Sie die Schaltfläche.
check_open = { $provider } öffnen
check_again = Noch einmal schicken
check_other = Andere Adresse verwenden
check_too_early = Die E-Mail kann noch unterwegs sein. Warten Sie eine Minute, bevor Sie sie noch einmal anfordern.
check_asked_again = Wir haben es vermerkt. Eine weitere E-Mail geht an diese Adresse, wenn sie jetzt eine bekommen darf.
no_mail_heading = Jetzt geht keine E-Mail ab
no_mail_quota = Diese Adresse hat so viele E-Mails von uns bekommen, wie sie in so kurzer Zeit bekommt. Nehmen Sie den Link in der neuesten, oder versuchen Sie es in einigen Tagen wieder.
no_mail_refused = Jemand mit einer E-Mail an diese Adresse hat gesagt, die Anfrage sei nicht von ihm. Darum geht keine solche E-Mail dorthin. Der Link in jener E-Mail nimmt das zurück.
no_mail_suppressed = An diese Adresse darf keine E-Mail gehen: Eine kam zurück oder wurde unerwünscht genannt. Schreiben Sie uns, dann kümmert sich ein Mensch darum.

## Not me

refuse_heading = Nie wieder an diese Adresse schreiben?
refuse_text = Drücken Sie die Schaltfläche, und niemand kann uns mehr dazu bringen, an diese Adresse zu schreiben, indem er sie auf einer unserer Seiten eingibt. Das gilt ein Jahr, auch für die Seite, die Lesern ihren Link schickt. Ein Abonnement, das Sie bestätigt haben, läuft weiter.
refuse_button = Nicht an diese Adresse schreiben
refused_heading = Sie hören nichts mehr von uns
refused_text = An diese Adresse geht keine E-Mail mehr, nur weil jemand sie auf einer unserer Seiten eingibt. Was angefordert war, ist gestrichen.
refused_undo = Das war ein Versehen: wieder erlauben
allowed_heading = Wieder erlaubt
allowed_text = Wem diese Adresse gehört, der kann sich wieder anmelden.

## Confirming

confirm_heading = { $newsletter } abonnieren?
confirm_text = Drücken Sie die Schaltfläche, und die nächste Ausgabe von { $newsletter } kommt an diese Adresse.
confirm_button = Abonnement bestätigen
confirm_ignore = Haben Sie das nicht gewünscht, dann schließen Sie die Seite: Es wird nichts geschickt.
confirmed_heading = Willkommen bei { $newsletter }
confirmed_text = Ihr Abonnement ist bestätigt. Die nächste Ausgabe kommt an diese Adresse.
confirmed_contacts = Damit sie nicht im Spam landet, nehmen Sie { $address } in Ihre Kontakte auf.
welcome_next = Sie sind dabei. Die nächste Ausgabe kommt am { weekday }, { $day }. { month }.
welcome_latest = Lesen Sie inzwischen die letzte: { $title }
already_heading = Sie sind angemeldet
already_text = { $newsletter } geht an diese Adresse. Es ist nichts weiter zu tun.
stale_heading = Dieser Link ist zu alt
stale_text = Er ist älter als { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}, oder inzwischen hat sich etwas geändert. Ein neuer kommt per E-Mail.
stale_button = Neuen Link schicken

## Leaving

leave_heading = { $newsletter } abbestellen?
leave_text = Das gilt sofort.
leave_button = Abbestellen
left_heading = Sie sind abgemeldet
left_text = Erledigt. { $newsletter } geht nicht mehr an diese Adresse, auch kein Abschiedsgruß.
absent_heading = Sie sind nicht angemeldet
absent_text = An diese Adresse geht keine Ausgabe.
left_on = Sie haben { $newsletter } am { $date } abbestellt.
ended_on = Ihr Abonnement von { $newsletter } endete am { $date }.
left_kept = Ihre Adresse bleibt bis { $date } gespeichert, damit keine alte Liste Sie wieder einträgt. Sie können sie jetzt löschen lassen.
stored_link = Ansehen oder löschen, was über Sie gespeichert ist
one_click_done = Abbestellt.
one_click_unknown = Nichts wurde geändert: Das ist keine Abbestellung. Öffnen Sie diese Adresse in einem Browser, oder senden Sie List-Unsubscribe=One-Click.
pause_until_label = Pausieren bis
pause_until_hint = An diesem Tag geht es weiter.
pause_until_button = Bis zu diesem Tag pausieren
pause_until_wrong = Wählen Sie einen Tag zwischen morgen und dem { $date }
leave_else = Etwas anderes ändern
back_offer = Versehentlich gedrückt? 24 Stunden lang lässt es sich rückgängig machen.
back_button = Rückgängig machen
back_heading = Sie sind wieder dabei
back_text = { $newsletter } geht wieder an diese Adresse, wie zuvor.
why_heading = Warum sind Sie gegangen?
why_hint = Sie müssen nichts sagen.
why_too_often = Zu viele E-Mails
why_too_long = Zu lang
why_not_expected = Nicht, was ich erwartet habe
why_never_signed_up = Ich habe mich nie angemeldet
why_other = Etwas anderes
why_button = Antwort senden
why_thanks = Danke für die Antwort.

## Preferences

preferences_heading = Ihr Abonnement von { $newsletter }
preferences_active = Sie erhalten jede Ausgabe.
preferences_pending = Das Abonnement ist noch nicht bestätigt. Der Link dazu steht in der E-Mail, die Sie erhalten haben.
preferences_paused = Pausiert.
preferences_paused_until = Pausiert bis { $date }. Vorher kommt keine Ausgabe.
preferences_paused_open = Pausiert. Es kommt keine Ausgabe, bis Sie die Pause beenden.
preferences_resumed = Die Pause ist beendet.
pause_heading = Pause machen
pause_text = In dieser Zeit kommt keine Ausgabe. Danach geht es von selbst weiter.
pause_longer_heading = Länger pausieren
pause_longer_text = Von heute an gerechnet.
pause_four_weeks = 4 Wochen pausieren
pause_three_months = 3 Monate pausieren
resume_heading = Weitermachen
resume_text = Die nächste Ausgabe kommt wieder.
resume_button = Pause beenden
go_heading = Abbestellen
go_text = Sie können jederzeit zurückkommen.
rename_heading = Name
rename_label = Neuer Name
rename_button = Name speichern
rename_hint = Der gespeicherte Name beginnt mit „{ $initial }“. Ein neuer steht nur in den E-Mails von { $newsletter }. Lassen Sie das Feld leer, um ihn zu entfernen.
rename_hint_none = Es ist kein Name gespeichert. Ein neuer steht nur in den E-Mails von { $newsletter }.
rename_saved = Der Name ist gespeichert. Er steht nur in den E-Mails von { $newsletter }.
rename_removed = Der Name ist entfernt.
saved = Gespeichert.
choices_heading = Sprache und Format
language_label = Sprache
language_hint = Für Ihre Seiten und für E-Mails zu Ihrem Abonnement. Die Ausgaben kommen, wie sie geschrieben sind.
language_default = Wie der Newsletter
format_label = Format
format_html = Gestaltet (HTML)
format_plain = Nur Text
choices_button = Auswahl speichern
address_heading = Adresse
address_label = Neue E-Mail-Adresse
address_hint = Wir schicken einen Link dorthin. Vorher ändert sich nichts. Die jetzige Adresse wird benachrichtigt.
address_button = Adresse ändern
address_sent = An die neue Adresse geht ein Link, außer sie hat kürzlich einen von uns bekommen oder darf keine E-Mail bekommen. Bis er geöffnet ist, ändert sich nichts.
address_settling = Die Adresse wurde vor Kurzem geändert. Bis { $date } lässt sich das von der früheren Adresse aus rückgängig machen; danach kann sie wieder geändert werden.
others_heading = Weitere Newsletter
others_text = Jeder wird mit einem Link bestätigt, den wir an Ihre Adresse schicken.
others_add = { $newsletter } abonnieren
data_heading = Ihre Daten
data_text = Sehen oder löschen Sie alles, was über Sie gespeichert ist. Wir schicken einen Link an Ihre Adresse; er gilt eine Stunde.
data_button = Link schicken
data_sent = Ein Link geht an Ihre Adresse, höchstens dreimal am Tag. Er gilt eine Stunde.
data_sent_before = Die Adresse wurde vor Kurzem geändert. Deshalb geht der Link an die frühere Adresse, höchstens dreimal am Tag. Er gilt eine Stunde.

## Another address, the reader’s data, the reader’s link

move_heading = { $newsletter } an diese Adresse erhalten?
move_text = Von da an geht { $newsletter } hierher und nicht mehr an die alte Adresse.
moved_heading = Ihre Adresse ist geändert
moved_text = { $newsletter } kommt von jetzt an an diese Adresse.
move_stale_text = Er wurde nicht rechtzeitig benutzt, oder die Änderung wurde angehalten. Auf Ihrer Einstellungsseite können Sie es noch einmal versuchen.
stop_heading = Ihre Adresse behalten?
stop_text = Jemand mit einem Link aus Ihrer E-Mail möchte { $newsletter } an eine andere Adresse erhalten. Drücken Sie die Schaltfläche, und alles bleibt, wie es ist.
stopped_heading = Ihre Adresse bleibt
stopped_text = An die andere Adresse geht nichts.
stop_late_text = Das lässt sich hier nicht mehr rückgängig machen. Schreiben Sie uns, dann kümmert sich jemand darum.
stop_erased_text = Alles, was über Sie gespeichert war, ist gelöscht. Es gibt nichts mehr zu verhindern.
data_page_text = Alles, was über Sie gespeichert ist, als JSON-Datei.
data_download = Meine Daten herunterladen
erase_heading = Alles löschen
erase_text = Ihre Adresse, Ihr Name, Ihre Abonnements und deren Geschichte werden sofort gelöscht. Das lässt sich nicht rückgängig machen.
erase_sure = Ja, alles über mich löschen
erase_unsure = Setzen Sie zuerst das Häkchen: Dann wird alles gelöscht
erased_heading = Alles ist gelöscht
erased_text = Es bleibt nur ein Einwegcode Ihrer Adresse, damit niemand sie wieder einträgt. Sie selbst können jederzeit zurückkommen.
data_stale_text = Er gilt eine Stunde, und gar nicht mehr, wenn alles gelöscht ist. Einen neuen gibt es auf Ihrer Einstellungsseite.
link_heading = Ihren Link erhalten
link_text = In jeder Ausgabe stehen ein Link zu Ihren Einstellungen und einer zum Abbestellen. Keine zur Hand, oder keine mehr? Dann schicken wir Ihnen den Link.
link_hint = Die Adresse, an die Ihre Ausgaben gingen.
link_button = Meinen Link schicken
link_sent = Wenn { $newsletter } diese Adresse gespeichert hat, geht eine E-Mail mit dem Link dorthin, außer sie hat kürzlich mehrere bekommen oder darf keine solche bekommen.

## Archive

all_issues = Alle Ausgaben
latest_issues = Neueste Ausgaben
feed = Feed
search = Suchen
search_found = { $count ->
    [one] { $count } Ausgabe gefunden
   *[other] { $count } Ausgaben gefunden
}
search_found_many = Mehr als { $count } Ausgaben gefunden; dies sind die neuesten
search_none = Nichts gefunden
archive_empty = Noch ist keine Ausgabe erschienen.
years = Jahre
newer_issues = Neuere Ausgaben
older_issues = Ältere Ausgaben
other_issues = Andere Ausgaben
previous_issue = Vorige Ausgabe
next_issue = Nächste Ausgabe
corrected_on = Berichtigt am { $date }.
reading_time = { $minutes ->
    [one] { $minutes } Minute Lesezeit
   *[other] { $minutes } Minuten Lesezeit
}

## Privacy

privacy = Datenschutz
privacy_lead = Was { $newsletter } über Leserinnen und Leser aufbewahrt, wie lange, und was nicht geschieht.
privacy_sender = Wer es versendet
privacy_stored = Was aufbewahrt wird
privacy_stored_address = Ihre E-Mail-Adresse und, falls angegeben, Name, Sprache und Einstellungen: um Ihnen zu senden, worum Sie gebeten haben.
privacy_stored_consent = Wann Sie angefragt, bestätigt, pausiert oder abbestellt haben, welche Worte Ihnen gezeigt wurden und aus welchem Netz die Anfrage kam, ohne das Ende seiner Adresse: als Nachweis Ihrer Zustimmung.
privacy_stored_delivery = Zu jeder Ausgabe, ob sie zugestellt wurde, und die Antwort Ihres Mailservers, falls nicht.
privacy_stored_refusal = Wenn Ihr Postfach unsere Mails ablehnt oder Sie nie wieder von uns hören wollen: ein Fingerabdruck der Adresse, aus dem sie sich nicht ablesen lässt. Er hält unsere Mails fern.
privacy_kept = Wie lange
privacy_kept_text = Ihre Daten werden gespeichert, solange Sie abonniert haben. Sie können jederzeit alles löschen lassen. Sonst gelten diese Fristen:
for_days = { $days ->
    [0] unbegrenzt
    [one] { $days } Tag
   *[other] { $days } Tage
}
privacy_kept_unconfirmed = Eine Anmeldung, die niemand bestätigt: { for_days }.
privacy_kept_left = Adresse und Name nach der Abbestellung: { for_days }. Danach bleibt ein Prüfwert der Adresse, aus dem sie sich nicht errechnen lässt, damit keine alte Liste Sie wieder einträgt.
privacy_kept_consents = Der Nachweis Ihrer Einwilligung nach der Abbestellung: { for_days }, zuletzt nur unter diesem Prüfwert.
privacy_kept_networks = Das Netz, aus dem eine Anmeldung kam: { for_days }.
privacy_kept_delivery = Ob jede Ausgabe Sie erreicht hat: { for_days }. Danach bleibt nur gespeichert, wer sie nicht erhalten hat.
privacy_kept_erased = Nach einer Löschung bleibt nur der Prüfwert Ihrer Adresse. In Datensicherungen bleiben die Daten, bis diese ablaufen.
privacy_not = Was nicht geschieht
privacy_not_opened = Niemand erfährt, ob Sie eine Ausgabe öffnen: Es ist kein verstecktes Bild darin.
privacy_not_clicked = Links in Ausgaben führen direkt an ihr Ziel. Kein Klick wird gezählt.
privacy_not_cookies = Diese Seiten setzen keine Cookies und laden nichts von anderen Seiten.
privacy_pictures = Zeigt Ihr Postfach die Bilder einer Ausgabe, so holt es sie von dieser Website. Wer sie geholt hat, wird nicht festgehalten.
privacy_others = Wer es sonst sieht
privacy_others_text = Mails gehen über { $relays } hinaus und von dort an Ihren eigenen Maildienst. Sonst erhält niemand Ihre Adresse.
privacy_rights = Was Sie tun können
privacy_rights_text = Der Link zu Ihren Einstellungen steht am Fuß jeder Ausgabe: pausieren, abbestellen, ansehen und ändern, was aufbewahrt wird, es herunterladen oder löschen lassen.
privacy_controller = Verantwortlich für Ihre Daten ist { $publisher }. Bei Fragen zu Ihren Daten schreiben Sie an { $address }.
privacy_basis = Rechtsgrundlage
privacy_basis_text = Wir senden Ihnen den Newsletter mit Ihrer Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO, soweit sie gilt).
privacy_basis_kept = Den Nachweis Ihrer Einwilligung und den Code einer Adresse, an die nichts gehen darf, bewahren wir aus berechtigtem Interesse auf (Art. 6 Abs. 1 Buchst. f).
privacy_withdraw = Sie können Ihre Einwilligung jederzeit über den Abmeldelink in jeder Ausgabe widerrufen. Was bis dahin geschah, bleibt rechtmäßig.
privacy_complain = Sie können sich bei einer Datenschutzaufsichtsbehörde beschweren, zum Beispiel an Ihrem Wohnort.

## Troubles

trouble_not_found = Diese Seite gibt es nicht
trouble_not_found_text = Vielleicht ist die Adresse vertippt, oder die Seite ist nicht mehr da.
trouble_link = Dieser Link funktioniert nicht
trouble_link_text = Achten Sie darauf, dass der ganze Link aus der E-Mail in der Adresszeile steht, bis zum letzten Buchstaben.
trouble_not_understood = Das wurde nicht verstanden
trouble_method_text = So ist diese Adresse nicht zu benutzen.
trouble_unreadable_text = Was geschickt wurde, stammt aus keinem Formular dieser Website.
trouble_too_large = Das ist zu lang
trouble_too_large_text = Was geschickt wurde, ist größer als jedes Formular dieser Website.
trouble_too_many = Bitte warten Sie eine Weile
trouble_too_many_text = Es kamen viele Anfragen auf einmal. Versuchen Sie es in einer Stunde wieder.
trouble_busy = Bitte versuchen Sie es in einer Minute wieder
trouble_busy_text = Der Server kann gerade nichts speichern. Es wurde nichts geändert.
trouble_broken = Etwas ist schiefgegangen
trouble_broken_text = Der Fehler liegt bei uns und ist vermerkt.
