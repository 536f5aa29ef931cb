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

skip = Zum Inhalt springen
write_to_us = Schreiben Sie uns
to_home = Zur Startseite
error = Fehler
problem = Bitte prüfen Sie Ihre Angaben
# The name of a newsletter that is no longer here; the sentences have the quotation marks.
gone_newsletter = { $slug }
titled = { $label }: { $title }
labelled = { $label }: { $value }
listed = { $first }, { $second }
test_link = Dieser Link stammt aus einer Test-E-Mail. In einer echten E-Mail tut er, was auf dieser Seite steht; hier ändert er nichts.

## Issues

read_on_web = Im Browser lesen
links = Links
notes = Anmerkungen
image = Bild
reason = Sie erhalten diese E-Mail, weil die Adresse { $address } seit dem { $date } für den Newsletter „{ $newsletter }“ angemeldet ist.
unsubscribe = Abbestellen
way_out = { unsubscribe } (Unsubscribe)
role_email = E-Mail
change_preferences = Einstellungen ändern oder Pause einlegen
forwarded = Wurde Ihnen diese E-Mail weitergeleitet?
forwarded_link = Hier abonnieren
closing = Antworten Sie auf diese E-Mail, wenn Sie uns schreiben möchten. Leiten Sie sie gern weiter.

## Mails of the system

mail_or_open = Sie können auch diesen Link in Ihren Browser kopieren:
mail_entered = Sie erhalten diese E-Mail, weil diese Adresse auf der Anmeldeseite des Newsletters „{ $newsletter }“ auf { $host } eingetragen wurde.
mail_confirm_subject = Bitte bestätigen Sie Ihre Anmeldung: { $newsletter }
mail_confirm_lead = Für diese Adresse wurde der Newsletter „{ $newsletter }“ angefordert. Wenn Sie das waren, bestätigen Sie Ihre Anmeldung bitte mit dem folgenden Link.
mail_confirm_button = Anmeldung bestätigen
mail_confirm_ignore = Wenn Sie das nicht waren, ignorieren Sie diese E-Mail. Ohne Bestätigung werden Sie nicht angemeldet.
mail_already_subject = Sie haben „{ $newsletter }“ bereits abonniert
mail_already_lead = Für diese Adresse wurde der Newsletter „{ $newsletter }“ angefordert. Sie haben ihn bereits abonniert; es hat sich nichts geändert.
mail_already_change = Einstellungen ändern oder abbestellen
mail_already_ignore = Wenn Sie das nicht waren, ignorieren Sie diese E-Mail.
mail_refuse = Das war ich nicht – solche E-Mails abstellen
mail_welcome_subject = Willkommen! Sie haben „{ $newsletter }“ abonniert
mail_welcome_lead = Ab sofort erhalten Sie den Newsletter „{ $newsletter }“. Sie können ihn jederzeit über den Link am Ende jeder E-Mail abbestellen. Damit nichts im Spam-Ordner landet, nehmen Sie unsere Absenderadresse am besten in Ihre Kontakte auf.
mail_welcome_latest = Zum Einstieg die neueste Ausgabe:

## Mails to readers about their own subscription

mail_subscriber = Sie erhalten diese E-Mail, weil der Newsletter „{ $newsletter }“ ({ $host }) mit dieser Adresse abonniert ist.
mail_link_subject = Ihr Link zu den Einstellungen: { $newsletter }
mail_link_lead = Für diese Adresse wurde der Link zu den Einstellungen des Newsletters „{ $newsletter }“ angefordert. Dort können Sie Ihre Angaben ändern, eine Pause einlegen oder den Newsletter abbestellen.
mail_link_button = Zu meinen Einstellungen
mail_data_subject = Ihre Daten: { $newsletter }
mail_data_lead = Für diese Adresse wurde Auskunft über die gespeicherten Daten des Newsletters „{ $newsletter }“ oder deren Löschung angefordert. Der Link gilt eine Stunde.
mail_data_button = Meine Daten ansehen
mail_stored_lead = Wir wurden gebeten, den Link zu dieser Adresse beim Newsletter „{ $newsletter }“ zu schicken. Sie ist nicht angemeldet. Mit dem Link können Sie ansehen oder löschen, was noch gespeichert ist, oder den Newsletter neu abonnieren.
mail_stored_reason = Sie erhalten diese E-Mail, weil der Newsletter „{ $newsletter }“ auf { $host } diese Adresse gespeichert hat.
mail_new_address_subject = Bitte bestätigen Sie Ihre neue Adresse: { $newsletter }
mail_new_address_lead = Der Newsletter „{ $newsletter }“ soll künftig an diese Adresse statt an eine andere gehen. Wenn Sie das angefordert haben, bestätigen Sie es bitte mit dem folgenden Link.
mail_new_address_button = Diese Adresse verwenden
mail_new_address_reason = Sie erhalten diese E-Mail, weil diese Adresse als neue Adresse für den Newsletter „{ $newsletter }“ ({ $host }) eingetragen wurde.
mail_old_address_subject = Adressänderung angefordert: { $newsletter }
mail_old_address_lead = Für den Newsletter „{ $newsletter }“ wurde eine Adressänderung angefordert. Sie wird wirksam, sobald die neue Adresse bestätigt ist. Wenn Sie das nicht waren, behalten Sie Ihre Adresse mit dem folgenden Link.
mail_old_address_button = Meine Adresse behalten
mail_old_address_ignore = Wenn Sie das waren, müssen Sie nichts weiter tun.

## Home

home = Newsletter
home_lead = Kostenlos per E-Mail. Abbestellen mit einem Klick.

## Signup

signup_lead = Erhalten Sie „{ $newsletter }“ kostenlos per E-Mail.
email_label = E-Mail-Adresse
email_hint = Wir verwenden sie nur für den Versand des Newsletters.
name_label = Name (freiwillig)
name_hint = So sprechen wir Sie im Newsletter an.
name_too_long = Geben Sie einen kürzeren Namen ein, mit höchstens { $count } Zeichen
name_address = Geben Sie einen Namen ein, der nicht wie eine Adresse oder Telefonnummer aussieht. Nach einem Punkt steht ein Leerzeichen
name_invisible = Geben Sie einen Namen ohne unsichtbare Zeichen ein. Tippen Sie ihn von Hand
trap_label = Lassen Sie dieses Feld leer
subscribe = Abonnieren
subscribe_again = Erneut abonnieren
signup_small_print = Sie erhalten zuerst eine E-Mail mit einem Link, über den Sie Ihre Anmeldung bestätigen. Ihre Einwilligung können Sie jederzeit widerrufen: In jeder Ausgabe steht ein Link zum Abbestellen.
address_empty = Bitte geben Sie Ihre E-Mail-Adresse ein
address_too_long = Bitte prüfen Sie die E-Mail-Adresse: Sie ist zu lang
address_wrong = Bitte geben Sie eine gültige E-Mail-Adresse ein, zum Beispiel name@example.com
check_heading = Bitte prüfen Sie Ihr Postfach
check_text = Wenn der Newsletter „{ $newsletter }“ an diese Adresse gehen kann, finden Sie eine E-Mail von uns in Ihrem Postfach. Folgen Sie dem Link darin, um die Anmeldung abzuschließen. Er gilt { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}.
check_nothing_there = Nach einigen Minuten noch nichts da? Sehen Sie bitte auch im Spam-Ordner nach. Auch ein älterer Link von uns hilft: Auf seiner Seite gibt es einen neuen. Zum Schutz der Empfänger verschicken wir an eine Adresse höchstens { $count ->
    [one] eine solche E-Mail
   *[other] { $count } solche E-Mails
} pro Tag.
address_disposable = Bitte geben Sie eine andere Adresse ein: Wegwerfadressen können wir nicht annehmen
address_no_server = Unter { $domain } können wir keine E-Mails zustellen. Bitte prüfen Sie den Teil nach dem @
meant_heading = Meinten Sie { $address }?
meant_text = Eingegeben haben Sie { $address }. Welche Adresse stimmt?
meant_use = { $address } verwenden
meant_keep = { $address } beibehalten
step_heading = Noch ein Schritt
step_text = Drücken Sie die Schaltfläche, um fortzufahren.
step_work = Im Moment gehen sehr viele Anmeldungen ein. Damit niemandes Postfach überflutet wird, muss Ihr Gerät einige Sekunden lang rechnen.
step_wait = Ohne JavaScript: Drücken Sie die Schaltfläche und warten Sie bis zu { $seconds ->
    [one] { $seconds } Sekunde
   *[other] { $seconds } Sekunden
}.
step_button = Weiter
step_working = Einen Moment bitte …
step_ready = Fertig. Klicken Sie auf „Weiter“.
check_open = { $provider } öffnen
check_again = E-Mail noch einmal senden
check_other = Andere Adresse verwenden
check_too_early = Die E-Mail ist vielleicht noch unterwegs. Bitte warten Sie eine Minute, bevor Sie eine weitere anfordern.
check_asked_again = Wir haben Ihre Anfrage erhalten. Wenn an diese Adresse heute noch eine E-Mail gehen kann, ist sie unterwegs.
no_mail_heading = Wir können jetzt keine E-Mail senden
no_mail_quota = Diese Adresse hat in kurzer Zeit so viele E-Mails von uns erhalten, wie sie erhalten kann. Nutzen Sie den Link in der neuesten, oder versuchen Sie es in einigen Tagen wieder.
no_mail_refused = Jemand mit einer E-Mail an diese Adresse hat uns mitgeteilt, dass die Anfrage nicht von ihm kam. Deshalb senden wir keine weiteren. Der Link in jener E-Mail macht das rückgängig.
no_mail_suppressed = An diese Adresse können wir nicht schreiben: Eine E-Mail kam zurück oder wurde als Spam gemeldet. Schreiben Sie uns, dann kümmert sich ein Mensch darum.

## Not me

refuse_heading = Solche E-Mails abstellen?
refuse_text = Wenn Sie die Schaltfläche drücken, kann niemand mehr eine E-Mail an diese Adresse auslösen, indem er sie auf einer unserer Seiten eingibt. Das gilt ein Jahr lang. Was Sie selbst bestätigt haben, läuft weiter.
refuse_button = E-Mails abstellen
refused_heading = Die E-Mails sind abgestellt
refused_text = Ein Jahr lang schreiben wir nicht an diese Adresse, nur weil jemand sie auf einer unserer Seiten eingibt. Offene Anfragen sind gestrichen.
refused_undo = Rückgängig machen
allowed_heading = Diese E-Mails sind wieder erlaubt
allowed_text = Mit dieser Adresse kann wieder ein Newsletter abonniert werden.

## Confirming

confirm_heading = „{ $newsletter }“: Anmeldung bestätigen
confirm_text = Mit Ihrer Bestätigung erhalten Sie den Newsletter „{ $newsletter }“ ab der nächsten Ausgabe an diese Adresse.
confirm_button = Anmeldung bestätigen
confirm_ignore = Wenn Sie das nicht angefordert haben, schließen Sie diese Seite. Sie werden dann nicht angemeldet.
confirmed_heading = Willkommen bei „{ $newsletter }“
confirmed_text = Ihre Anmeldung ist bestätigt. Die nächste Ausgabe geht an diese Adresse.
confirmed_contacts = Damit die Ausgaben nicht im Spam-Ordner landen, nehmen Sie { $address } in Ihre Kontakte auf.
welcome_next = Sie sind dabei. Die nächste Ausgabe erscheint am { weekday }, { $day }. { month }.
welcome_latest = Bis dahin: die neueste Ausgabe „{ $title }“
already_heading = Sie sind bereits angemeldet
already_text = Der Newsletter „{ $newsletter }“ ist mit dieser Adresse abonniert. Sie müssen nichts weiter tun.
stale_heading = Dieser Link ist nicht mehr gültig
stale_text = Er ist älter als { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}, oder inzwischen hat sich etwas geändert. Sie können einen neuen anfordern.
stale_button = Neuen Link anfordern

## Leaving

leave_heading = „{ $newsletter }“ abbestellen?
leave_text = Die Abbestellung gilt sofort.
leave_button = Abbestellen
left_heading = Der Newsletter ist abbestellt
left_text = Sie erhalten „{ $newsletter }“ nicht mehr an diese Adresse. Eine Abschieds-E-Mail schicken wir nicht.
absent_heading = Sie sind nicht angemeldet
absent_text = Zu diesem Link gibt es keine Anmeldung mehr. Darüber wird nichts verschickt.
left_on = Sie haben den Newsletter „{ $newsletter }“ am { $date } abbestellt.
ended_on = Ihre Anmeldung zum Newsletter „{ $newsletter }“ endete am { $date }.
left_kept = Ihre Adresse bleibt bis { $date } gespeichert, damit keine alte Liste Sie wieder einträgt. Sie können sie jetzt löschen lassen.
stored_link = Ansehen oder löschen, was über Sie gespeichert ist
one_click_done = Abbestellt.
one_click_unknown = Nichts wurde geändert: Das ist keine Abbestellung. Öffnen Sie diese Adresse in einem Browser, oder senden Sie List-Unsubscribe=One-Click.
pause_until_label = Pausieren bis
pause_until_hint = An diesem Tag beginnt der Versand wieder.
pause_until_button = Bis zu diesem Tag pausieren
pause_until_wrong = Bitte wählen Sie ein Datum zwischen morgen und dem { $date }
leave_else = Einstellungen ändern
back_offer = Aus Versehen abbestellt? Sie können das 24 Stunden lang rückgängig machen.
back_button = Rückgängig machen
back_heading = Sie sind wieder dabei
back_text = Sie erhalten „{ $newsletter }“ wieder wie zuvor an diese Adresse.
why_heading = Warum haben Sie abbestellt?
why_hint = Die Angabe ist freiwillig.
why_too_often = Zu viele E-Mails
why_too_long = Zu lang
why_not_expected = Nicht das, was ich erwartet habe
why_never_signed_up = Ich habe den Newsletter nie abonniert
why_other = Anderer Grund
why_button = Antwort senden
why_thanks = Vielen Dank für Ihre Rückmeldung.

## Preferences

preferences_heading = Ihre Einstellungen für „{ $newsletter }“
preferences_active = Sie erhalten jede Ausgabe.
preferences_pending = Ihre Anmeldung ist noch nicht bestätigt. Den Link dazu finden Sie in der E-Mail, die wir Ihnen geschickt haben.
preferences_paused = Der Newsletter ist pausiert.
preferences_paused_until = Pausiert bis zum { $date }. Bis dahin erhalten Sie keine Ausgabe.
preferences_paused_open = Pausiert. Sie erhalten keine Ausgabe, bis Sie die Pause beenden.
preferences_resumed = Die Pause ist beendet.
pause_heading = Pause einlegen
pause_text = In dieser Zeit erhalten Sie keine Ausgabe. Danach geht es automatisch weiter.
pause_longer_heading = Länger pausieren
pause_longer_text = Die Pause zählt ab heute.
pause_four_weeks = 4 Wochen pausieren
pause_three_months = 3 Monate pausieren
resume_heading = Pause beenden
resume_text = Sie erhalten wieder alle Ausgaben, ab der nächsten.
resume_button = Pause beenden
go_heading = Abbestellen
go_text = Sie können den Newsletter jederzeit wieder abonnieren.
rename_heading = Name
rename_label = Neuer Name
rename_button = Name speichern
rename_hint = Der gespeicherte Name beginnt mit „{ $initial }“. Ein neuer Name steht nur in den E-Mails des Newsletters „{ $newsletter }“. Lassen Sie das Feld leer, um ihn zu entfernen.
rename_hint_none = Es ist kein Name gespeichert. Ein neuer Name steht nur in den E-Mails des Newsletters „{ $newsletter }“.
rename_saved = Ihr Name ist gespeichert. Er steht nur in den E-Mails des Newsletters „{ $newsletter }“.
rename_removed = Der Name ist gelöscht.
saved = Ihre Einstellungen sind gespeichert.
choices_heading = Sprache und Format
language_label = Sprache
language_hint = Für diese Seiten und für E-Mails zu Ihrem Abonnement. Die Ausgaben erscheinen in der Sprache, in der sie geschrieben sind.
language_default = Wie im Newsletter
format_label = Format
format_html = Mit Gestaltung (HTML)
format_plain = Nur Text
choices_button = Speichern
address_heading = E-Mail-Adresse
address_label = Neue E-Mail-Adresse
address_hint = Wir schicken einen Link an die neue Adresse. Es ändert sich erst etwas, wenn Sie ihn dort bestätigen. Ihre bisherige Adresse wird benachrichtigt.
address_button = E-Mail-Adresse ändern
address_sent = Wenn wir an die neue Adresse schreiben können, finden Sie dort einen Link. Es ändert sich erst etwas, wenn Sie ihn bestätigen.
address_settling = Die Adresse wurde vor Kurzem geändert. Bis { $date } lässt sich das von der früheren Adresse aus rückgängig machen; danach kann sie wieder geändert werden.
others_heading = Weitere Newsletter
others_text = Jede Anmeldung bestätigen Sie über einen Link, den wir an Ihre Adresse schicken.
others_add = „{ $newsletter }“ abonnieren
data_heading = Ihre Daten
data_text = Sehen Sie alle über Sie gespeicherten Daten ein, oder löschen Sie sie. Wir schicken einen Link an Ihre Adresse; er gilt eine Stunde.
data_button = Link anfordern
data_sent = Bitte prüfen Sie Ihr Postfach. Der Link gilt eine Stunde. Falls nichts kommt, ist die Höchstzahl für heute erreicht; versuchen Sie es morgen wieder.
data_sent_before = Die Adresse wurde vor Kurzem geändert, deshalb geht der Link an die frühere Adresse. Er gilt eine Stunde. Kommt nichts an, ist vielleicht die Tagesgrenze erreicht: Versuchen Sie es morgen wieder.

## Another address, the reader’s data, the reader’s link

move_heading = „{ $newsletter }“ an diese Adresse erhalten?
move_text = Von da an kommt der Newsletter „{ $newsletter }“ an diese Adresse und nicht mehr an die alte.
moved_heading = Ihre Adresse ist geändert
moved_text = Sie erhalten „{ $newsletter }“ ab sofort an diese Adresse.
move_stale_text = Der Link wurde nicht rechtzeitig benutzt, oder die Änderung wurde gestoppt. Auf Ihrer Einstellungsseite können Sie es noch einmal versuchen.
stop_heading = Ihre Adresse behalten?
stop_text = Über einen Link aus einer Ihrer E-Mails wurde angefordert, den Newsletter „{ $newsletter }“ an eine andere Adresse zu senden. Bestätigen Sie, wenn er weiter an Ihre bisherige Adresse gehen soll.
stopped_heading = Ihre Adresse bleibt unverändert
stopped_text = An die andere Adresse wird nichts verschickt.
stop_late_text = Das lässt sich hier nicht mehr rückgängig machen. Bitte schreiben Sie uns, wir kümmern uns darum.
stop_erased_text = Alles, was über Sie gespeichert war, ist gelöscht. Es gibt nichts mehr zu verhindern.
data_page_text = Alles, was über Sie gespeichert ist, als JSON-Datei.
data_download = Meine Daten herunterladen
erase_heading = Alles löschen
erase_text = Ihre Adresse, Ihr Name, Ihre Abonnements und deren Verlauf werden sofort gelöscht. Das lässt sich nicht rückgängig machen.
erase_sure = Ja, alle meine Daten löschen
erase_unsure = Bitte bestätigen Sie mit dem Häkchen, dass alles gelöscht werden soll
erased_heading = Ihre Daten sind gelöscht
erased_text = Es bleibt nur ein Prüfwert Ihrer Adresse, aus dem sie sich nicht errechnen lässt. Er verhindert, dass eine alte Liste Sie erneut einträgt. In Datensicherungen bleiben die Daten, bis diese ablaufen. Sie können sich jederzeit wieder anmelden.
data_stale_text = Der Link gilt eine Stunde und nicht mehr, sobald alles gelöscht ist. Einen neuen können Sie auf Ihrer Einstellungsseite anfordern.
link_heading = Link zu Ihren Einstellungen
link_text = In jeder Ausgabe stehen ein Link zu Ihren Einstellungen und einer zum Abbestellen. Wenn Sie keine Ausgabe zur Hand haben, schicken wir Ihnen den Link.
link_hint = Die Adresse, an die Ihre Ausgaben gehen oder gingen.
link_button = Link anfordern
link_sent = Wenn diese Adresse beim Newsletter „{ $newsletter }“ gespeichert ist, finden Sie eine E-Mail mit dem Link im Posteingang. Eine Adresse erhält nur wenige solche E-Mails.

## Archive

all_issues = Alle Ausgaben
latest_issues = Neueste Ausgaben
feed = Feed
search = Suchen
search_found = { $count ->
    [one] { $count } Ausgabe gefunden
   *[other] { $count } Ausgaben gefunden
}
search_found_many = Mehr als { $count } Ausgaben gefunden. Hier die neuesten:
search_none = Keine Ausgabe gefunden
archive_empty = Es ist noch keine Ausgabe erschienen.
years = Jahre
newer_issues = Neuere Ausgaben
older_issues = Ältere Ausgaben
other_issues = Weitere Ausgaben
previous_issue = Vorherige Ausgabe
next_issue = Nächste Ausgabe
corrected_on = Berichtigt am { $date }.
reading_time = { $minutes ->
    [one] { $minutes } Minute Lesezeit
   *[other] { $minutes } Minuten Lesezeit
}

## Privacy

privacy = Datenschutz
privacy_lead = Was wir über Leserinnen und Leser des Newsletters „{ $newsletter }“ speichern, wie lange, und was wir nicht tun.
privacy_sender = Verantwortlich
privacy_stored = Was wir speichern
privacy_stored_address = Ihre E-Mail-Adresse und, falls angegeben, Name, Sprache und Einstellungen, um Ihnen zu senden, was Sie angefordert haben.
privacy_stored_consent = Wann Sie sich angemeldet, bestätigt, pausiert oder abbestellt haben, welchen Text wir Ihnen dabei angezeigt haben und die gekürzte IP-Adresse: als Nachweis Ihrer Einwilligung.
privacy_stored_delivery = Für jede Ausgabe, ob sie zugestellt wurde; falls nicht, die Antwort Ihres E-Mail-Anbieters.
privacy_stored_refusal = Wenn Ihr E-Mail-Anbieter unsere E-Mails ablehnt oder Sie keine mehr wünschen: ein Prüfwert der Adresse, aus dem sie sich nicht errechnen lässt. Er verhindert, dass wir Ihnen schreiben.
privacy_kept = Speicherdauer
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
privacy_not = Was wir nicht tun
privacy_not_opened = Wir erfahren nicht, ob Sie eine Ausgabe öffnen; sie enthält kein verstecktes Bild (Zählpixel).
privacy_not_clicked = Links in den Ausgaben führen direkt zum Ziel. Klicks zählen wir nicht.
privacy_not_cookies = Diese Seiten setzen keine Cookies und laden nichts von anderen Websites.
privacy_pictures = Zeigt Ihr E-Mail-Programm die Bilder einer Ausgabe an, lädt es sie von dieser Website. Wer sie lädt, speichern wir nicht.
privacy_others = Empfänger Ihrer Daten
privacy_others_text = Der Versand läuft über { $relays } und von dort zu Ihrem E-Mail-Anbieter. Sonst erhält niemand Ihre Adresse.
privacy_rights = Ihre Rechte
privacy_rights_text = Über den Link zu Ihren Einstellungen am Ende jeder Ausgabe können Sie pausieren, abbestellen, Ihre Daten einsehen, berichtigen, herunterladen oder löschen lassen.
privacy_controller = Verantwortlich für Ihre Daten ist { $publisher }. Bei Fragen zu Ihren Daten schreiben Sie an { $address }.
privacy_basis = Rechtsgrundlage
privacy_basis_text = Wir senden Ihnen den Newsletter mit Ihrer Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO, soweit sie gilt).
privacy_basis_kept = Den Nachweis Ihrer Einwilligung und den Prüfwert einer Adresse, an die nichts gehen darf, bewahren wir aus berechtigtem Interesse auf (Art. 6 Abs. 1 Buchst. f).
privacy_withdraw = Sie können Ihre Einwilligung jederzeit über den Link zum Abbestellen in jeder Ausgabe widerrufen. Was bis dahin geschah, bleibt rechtmäßig.
privacy_complain = Sie können sich bei einer Datenschutzaufsichtsbehörde beschweren, zum Beispiel an Ihrem Wohnort.

## Troubles

trouble_not_found = Seite nicht gefunden
trouble_not_found_text = Vielleicht haben Sie sich bei der Adresse vertippt, oder die Seite gibt es nicht mehr.
trouble_link = Dieser Link funktioniert nicht
trouble_link_text = Bitte prüfen Sie, ob der Link aus der E-Mail vollständig in der Adresszeile steht.
trouble_not_understood = Das haben wir nicht verstanden
trouble_method_text = Diese Seite lässt sich so nicht aufrufen.
trouble_unreadable_text = Die Eingabe stammt nicht aus einem Formular dieser Website.
trouble_too_large = Das ist zu groß
trouble_too_large_text = Die Eingabe ist größer als jedes Formular dieser Website.
trouble_too_many = Bitte versuchen Sie es später noch einmal
trouble_too_many_text = Es gab zu viele Anfragen. Bitte versuchen Sie es in einer Stunde noch einmal.
trouble_busy = Bitte versuchen Sie es in einer Minute noch einmal
trouble_busy_text = Wir können gerade nichts speichern. Es wurde nichts geändert.
trouble_broken = Leider ist ein Fehler aufgetreten
trouble_broken_text = Der Fehler liegt bei uns. Er wurde protokolliert.
