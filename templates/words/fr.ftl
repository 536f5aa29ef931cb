### Les mots des pages et des courriels en français. On vouvoie.

## Dates

month = { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
}
date_of = { $day ->
    [1] 1er
   *[other] { $day }
} { month } { $year }

# As in "comes on Friday".
weekday = { $weekday ->
    [1] lundi
    [2] mardi
    [3] mercredi
    [4] jeudi
    [5] vendredi
    [6] samedi
   *[7] dimanche
}

## Every page

skip = Aller au texte
write_to_us = Nous écrire
to_home = Vers la page d’accueil
error = Erreur
problem = Il y a un problème
nameless = cette lettre
test_link = Ce lien vient d’un courriel de test. Celui d’un lecteur fait ce que dit la page ; celui-ci ne change rien.

## Issues

read_on_web = Lire sur le web
links = Liens
notes = Notes
image = Image
reason = Vous recevez ce courriel parce que { $address } est abonnée à { $newsletter } depuis le { $date }.
unsubscribe = Se désabonner
change_preferences = Modifier les préférences ou faire une pause
forwarded = On vous a transféré ce courriel ?
forwarded_link = S’abonner ici
closing = Répondez à ce courriel pour nous écrire. Transférez-le à qui il pourrait plaire.

## Mails of the system

mail_or_open = Le lien complet, à ouvrir ou à copier :
mail_entered = Vous recevez ce courriel parce que cette adresse a été saisie sur la page d’inscription de { $newsletter } ({ $host }).
mail_confirm_subject = Confirmez votre abonnement à { $newsletter }
mail_confirm_lead = Quelqu’un, vous sans doute, a demandé à recevoir { $newsletter } à cette adresse. Confirmez-le avec le lien ci-dessous.
mail_confirm_button = Confirmer l’abonnement
mail_confirm_ignore = Si ce n’était pas vous, ne faites rien : vous n’aurez plus de nouvelles de nous.
mail_already_subject = Vous recevez déjà { $newsletter }
mail_already_lead = Quelqu’un, vous sans doute, a demandé à recevoir { $newsletter } à cette adresse. Vous êtes déjà abonné, rien n’a donc changé.
mail_already_change = Modifier les préférences ou se désabonner
mail_already_ignore = Si ce n’était pas vous, ne faites rien.
mail_refuse = Ce n’était pas moi : ne plus jamais écrire à cette adresse
mail_welcome_subject = Bienvenue dans { $newsletter }
mail_welcome_lead = Vous recevez désormais { $newsletter }. Vous pouvez vous désabonner à tout moment avec le lien au bas de chaque courriel. Pour qu’il arrive dans votre boîte de réception, ajoutez notre adresse à vos contacts.
mail_welcome_latest = Voici le dernier numéro :

## Mails to readers about their own subscription

mail_subscriber = Vous recevez ce courriel parce que cette adresse est abonnée à { $newsletter } ({ $host }).
mail_link_subject = Votre lien pour { $newsletter }
mail_link_lead = Quelqu’un, vous sans doute, a demandé le lien vers votre abonnement à { $newsletter }. Vous pouvez y modifier l’abonnement, faire une pause ou vous désabonner.
mail_link_button = Ouvrir mon abonnement
mail_data_subject = Vos données chez { $newsletter }
mail_data_lead = Quelqu’un, vous sans doute, a demandé à voir ou à effacer ce que { $newsletter } conserve sur vous. Le lien est valable une heure.
mail_data_button = Voir mes données
mail_stored_lead = Quelqu’un, vous sans doute, a demandé le lien de cette adresse auprès de { $newsletter }. Aucun numéro n’est envoyé à cette adresse. Avec le lien ci-dessous, vous pouvez voir ou effacer ce qui est encore conservé, ou vous réabonner.
mail_stored_reason = Vous recevez ce courriel parce que { $newsletter } sur { $host } conserve des données sur cette adresse.
mail_new_address_subject = Confirmez cette adresse pour { $newsletter }
mail_new_address_lead = Quelqu’un, vous sans doute, a demandé à recevoir { $newsletter } à cette adresse au lieu d’une autre. Confirmez-le avec le lien ci-dessous.
mail_new_address_button = Utiliser cette adresse
mail_new_address_reason = Vous recevez ce courriel parce que cette adresse a été saisie comme nouvelle adresse chez { $newsletter } ({ $host }).
mail_old_address_subject = { $newsletter } doit changer d’adresse
mail_old_address_lead = Quelqu’un, vous sans doute, a demandé à recevoir { $newsletter } à une autre adresse. Le changement a lieu quand cette adresse est confirmée. Si ce n’était pas vous, arrêtez-le avec le lien ci-dessous : tout reste alors comme avant.
mail_old_address_button = Garder mon adresse
mail_old_address_ignore = Si c’était vous, il n’y a rien à faire ici.

## Home

home = Lettres d’information
home_lead = Toutes arrivent par courriel. On se désabonne en un clic.

## Signup

signup_lead = Recevez { $newsletter } par courriel, gratuitement.
email_label = Adresse électronique
email_hint = Elle ne sert qu’à envoyer la lettre.
name_label = Nom (facultatif)
name_hint = Comment la lettre peut s’adresser à vous.
name_too_long = Saisissez un nom plus court, de { $count } caractères au plus
name_address = Saisissez un nom qui ne ressemble ni à une adresse ni à un numéro de téléphone. Après un point, laissez une espace
name_invisible = Saisissez un nom sans caractères invisibles. Tapez-le au clavier
trap_label = Laissez ce champ vide
subscribe = S’abonner
subscribe_again = Se réabonner
signup_small_print = Vous recevrez un courriel avec un lien de confirmation. Chaque numéro contient un lien pour se désabonner : un clic, aucune question.
address_empty = Saisissez votre adresse électronique
address_too_long = Saisissez une adresse plus courte : aucune n’est aussi longue
address_wrong = Saisissez une adresse électronique correcte, par exemple nom@example.com
check_heading = Consultez votre messagerie
check_text = Un courriel avec un lien part vers cette adresse, sauf si elle en a reçu un de nous récemment ou ne doit pas en recevoir. Ouvrez le lien et appuyez sur le bouton : { $newsletter } est alors à vous. Le lien est valable { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}.
check_nothing_there = Rien après quelques minutes ? Regardez d’abord dans les indésirables. Un ancien lien de notre part aide aussi : sa page en envoie un nouveau. Pour protéger les boîtes aux lettres, une adresse reçoit au plus { $count ->
    [one] un tel courriel
   *[other] { $count } courriels de ce type
} par jour.
address_disposable = Saisissez une autre adresse : les boîtes de ce fournisseur sont jetées au bout d’un moment
address_no_server = Nous n’avons trouvé aucun serveur de messagerie pour { $domain }. Vérifiez la partie après le @
meant_heading = Vouliez-vous dire { $address } ?
meant_text = Vous avez saisi { $address }. L’une des deux est la bonne.
meant_use = Utiliser { $address }
meant_keep = Non, garder { $address }
step_heading = Encore une étape
step_text = Appuyez sur le bouton pour continuer.
step_work = Beaucoup d’inscriptions arrivent en ce moment. Pour qu’aucune boîte ne soit inondée, votre appareil travaille quelques secondes pour celle-ci.
step_wait = Sans script, cela marche aussi : appuyez sur le bouton et attendez jusqu’à { $seconds ->
    [one] { $seconds } seconde
   *[other] { $seconds } secondes
}.
step_button = Continuer
step_working = Un instant : votre appareil travaille…
step_ready = C’est prêt. Appuyez sur le bouton.
check_open = Ouvrir { $provider }
check_again = L’envoyer de nouveau
check_other = Utiliser une autre adresse
check_too_early = Le courriel est peut-être encore en route. Attendez une minute avant de le redemander.
check_asked_again = C’est noté. Un autre courriel part vers cette adresse, si elle peut en recevoir un maintenant.
no_mail_heading = Aucun courriel ne part maintenant
no_mail_quota = Cette adresse a reçu de nous autant de courriels que possible en si peu de temps. Utilisez le lien du dernier, ou réessayez dans quelques jours.
no_mail_refused = Quelqu’un qui a un courriel envoyé à cette adresse a dit que la demande ne venait pas de lui. Aucun courriel de ce type n’y part donc. Le lien de ce courriel permet de revenir là-dessus.
no_mail_suppressed = Aucun courriel ne doit partir vers cette adresse : l’un d’eux est revenu, ou a été signalé comme indésirable. Écrivez-nous, et une personne s’en occupera.

## Not me

refuse_heading = Ne plus jamais écrire à cette adresse ?
refuse_text = Appuyez sur le bouton, et plus personne ne pourra nous faire écrire à cette adresse en la saisissant sur une de nos pages. Cela vaut un an, y compris pour la page qui envoie leur lien aux lecteurs. Un abonnement que vous avez confirmé continue.
refuse_button = Ne pas écrire à cette adresse
refused_heading = Vous n’entendrez plus parler de nous
refused_text = Aucun courriel ne part vers cette adresse parce que quelqu’un l’a saisie sur une de nos pages. Ce qui avait été demandé est annulé.
refused_undo = C’était une erreur : autoriser de nouveau
allowed_heading = De nouveau autorisé
allowed_text = Le titulaire de cette adresse peut s’abonner de nouveau.

## Confirming

confirm_heading = Confirmer votre abonnement à { $newsletter }
confirm_text = Appuyez sur le bouton, et le prochain numéro de { $newsletter } arrivera à cette adresse.
confirm_button = Confirmer l’abonnement
confirm_ignore = Si vous n’avez rien demandé, fermez la page : rien ne sera envoyé.
confirmed_heading = Bienvenue à { $newsletter }
confirmed_text = Votre abonnement est confirmé. Le prochain numéro arrivera à cette adresse.
confirmed_contacts = Pour qu’il ne finisse pas dans les indésirables, ajoutez { $address } à vos contacts.
welcome_next = C’est fait. Le prochain numéro arrive le { weekday } { $day ->
    [1] 1er
   *[other] { $day }
} { month }.
welcome_latest = En attendant, lisez le dernier : { $title }
already_heading = Vous êtes abonné
already_text = Cette adresse reçoit { $newsletter }. Il n’y a rien d’autre à faire.
stale_heading = Ce lien est trop ancien
stale_text = Il date de plus de { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}, ou quelque chose a changé depuis. Un nouveau lien arrive par courriel.
stale_button = M’envoyer un nouveau lien

## Leaving

leave_heading = Se désabonner de { $newsletter } ?
leave_text = C’est immédiat.
leave_button = Se désabonner
left_heading = Vous êtes désabonné
left_text = C’est fait. { $newsletter } n’est plus envoyée à cette adresse, pas même un au revoir.
absent_heading = Vous n’êtes pas abonné
absent_text = Aucun numéro n’est envoyé à cette adresse.
left_on = Vous avez quitté { $newsletter } le { $date }.
ended_on = Votre abonnement à { $newsletter } a pris fin le { $date }.
left_kept = Votre adresse est conservée jusqu’au { $date }, pour qu’aucune ancienne liste ne vous réinscrive. Vous pouvez la faire effacer dès maintenant.
stored_link = Voir ou effacer ce qui est conservé à votre sujet
one_click_done = Désabonné.
one_click_unknown = Rien n’a changé : ceci n’est pas une demande de désabonnement. Ouvrez cette adresse dans un navigateur, ou envoyez List-Unsubscribe=One-Click.
pause_until_label = Pause jusqu’au
pause_until_hint = Tout reprend ce jour-là.
pause_until_button = Faire une pause jusqu’à ce jour
pause_until_wrong = Choisissez un jour entre demain et le { $date }
leave_else = Modifier autre chose
back_offer = Une erreur ? Vous pouvez revenir en arrière pendant 24 heures.
back_button = Annuler le désabonnement
back_heading = Vous revoilà
back_text = { $newsletter } arrive de nouveau à cette adresse, comme avant.
why_heading = Pourquoi partez-vous ?
why_hint = Rien ne vous oblige à répondre.
why_too_often = Trop de courriels
why_too_long = Trop long
why_not_expected = Pas ce que j’attendais
why_never_signed_up = Je ne me suis jamais abonné
why_other = Autre chose
why_button = Envoyer la réponse
why_thanks = Merci de votre réponse.

## Preferences

preferences_heading = Votre abonnement à { $newsletter }
preferences_active = Vous recevez chaque numéro.
preferences_pending = L’abonnement n’est pas encore confirmé. Le lien est dans le courriel que vous avez reçu.
preferences_paused = En pause.
preferences_paused_until = En pause jusqu’au { $date }. Aucun numéro n’est envoyé d’ici là.
preferences_paused_open = En pause. Aucun numéro n’est envoyé tant que vous n’y mettez pas fin.
preferences_resumed = La pause est terminée.
pause_heading = Faire une pause
pause_text = Aucun numéro n’est envoyé entre-temps. Ensuite, tout reprend tout seul.
pause_longer_heading = Prolonger la pause
pause_longer_text = À compter d’aujourd’hui.
pause_four_weeks = Pause de 4 semaines
pause_three_months = Pause de 3 mois
resume_heading = Reprendre
resume_text = Vous recevrez de nouveau le prochain numéro.
resume_button = Mettre fin à la pause
go_heading = Se désabonner
go_text = Vous pouvez revenir à tout moment.
rename_heading = Nom
rename_label = Nouveau nom
rename_button = Enregistrer le nom
rename_hint = Celui que nous avons commence par « { $initial } ». Un nouveau nom figure seulement dans les courriels de { $newsletter }. Laissez le champ vide pour le supprimer.
rename_hint_none = Aucun nom n’est enregistré. Un nouveau nom figure seulement dans les courriels de { $newsletter }.
rename_saved = Le nom est enregistré. Il figure seulement dans les courriels de { $newsletter }.
rename_removed = Le nom est supprimé.
saved = Enregistré.
choices_heading = Langue et format
language_label = Langue
language_hint = Celle de vos pages et des courriels sur votre abonnement. Les numéros arrivent tels qu’ils sont écrits.
language_default = Comme la lettre
format_label = Format
format_html = Mis en page (HTML)
format_plain = Texte brut
choices_button = Enregistrer les choix
address_heading = Adresse
address_label = Nouvelle adresse électronique
address_hint = Nous y envoyons un lien. Rien ne change avant que vous l’ouvriez. L’adresse actuelle est prévenue.
address_button = Changer d’adresse
address_sent = Un lien part vers la nouvelle adresse, sauf si elle en a reçu un de nous récemment ou ne doit pas recevoir de courriel. Rien ne change tant qu’il n’est pas ouvert.
address_settling = L’adresse a été modifiée récemment. Jusqu’au { $date }, cela peut être annulé depuis l’adresse précédente ; ensuite, elle pourra être modifiée de nouveau.
others_heading = Autres lettres
others_text = Chacune se confirme par un lien envoyé à votre adresse.
others_add = S’abonner à { $newsletter }
data_heading = Vos données
data_text = Voir ou effacer tout ce qui est conservé sur vous. Nous envoyons un lien à votre adresse ; il est valable une heure.
data_button = M’envoyer le lien
data_sent = Un lien part vers votre adresse, au plus trois fois par jour. Il est valable une heure.
data_sent_before = L’adresse a été modifiée récemment. Le lien part donc vers l’adresse précédente, au plus trois fois par jour. Il est valable une heure.

## Another address, the reader’s data, the reader’s link

move_heading = Recevoir { $newsletter } à cette adresse ?
move_text = Dès lors, { $newsletter } arrive ici, et plus à l’ancienne adresse.
moved_heading = Votre adresse est changée
moved_text = { $newsletter } arrive désormais à cette adresse.
move_stale_text = Il n’a pas été utilisé à temps, ou le changement a été arrêté. Vous pouvez le redemander sur votre page de préférences.
stop_heading = Garder votre adresse ?
stop_text = Quelqu’un qui a un lien de vos courriels a demandé à recevoir { $newsletter } à une autre adresse. Appuyez sur le bouton, et tout reste comme avant.
stopped_heading = Votre adresse reste
stopped_text = Rien n’est envoyé à l’autre adresse.
stop_late_text = Cela ne peut plus être annulé ici. Écrivez-nous, quelqu’un s’en occupera.
stop_erased_text = Tout ce qui était conservé à votre sujet est effacé. Il n’y a plus rien à empêcher.
data_page_text = Tout ce qui est conservé sur vous, dans un fichier JSON.
data_download = Télécharger mes données
erase_heading = Tout effacer
erase_text = Votre adresse, votre nom, vos abonnements et leur historique sont effacés aussitôt. C’est irréversible.
erase_sure = Oui, tout effacer à mon sujet
erase_unsure = Cochez d’abord la case : tout sera alors effacé
erased_heading = Tout est effacé
erased_text = Il ne reste qu’un code à sens unique de votre adresse, pour que personne ne l’inscrive de nouveau. Vous-même pouvez revenir à tout moment.
data_stale_text = Il est valable une heure, et plus du tout une fois tout effacé. Demandez-en un autre sur votre page de préférences.
link_heading = Recevoir votre lien
link_text = Chaque numéro contient un lien vers vos préférences et un autre pour se désabonner. Aucun sous la main, ou plus aucun ? Nous vous envoyons le lien.
link_hint = L’adresse où arrivaient vos numéros.
link_button = M’envoyer mon lien
link_sent = Si { $newsletter } conserve cette adresse, un courriel avec le lien part vers elle, sauf si elle en a reçu plusieurs récemment ou ne doit pas en recevoir.

## Archive

all_issues = Tous les numéros
latest_issues = Derniers numéros
feed = Flux
search = Rechercher
search_found = { $count ->
    [one] { $count } numéro trouvé
   *[other] { $count } numéros trouvés
}
search_found_many = Plus de { $count } numéros trouvés ; voici les plus récents
search_none = Aucun résultat
archive_empty = Aucun numéro n’est encore paru.
years = Années
newer_issues = Numéros plus récents
older_issues = Numéros plus anciens
other_issues = Autres numéros
previous_issue = Numéro précédent
next_issue = Numéro suivant
corrected_on = Corrigé le { $date }.
reading_time = { $minutes ->
    [one] { $minutes } minute de lecture
   *[other] { $minutes } minutes de lecture
}

## Privacy

privacy = Vie privée
privacy_lead = Ce que { $newsletter } conserve sur ses lecteurs, pendant combien de temps, et ce qui n’est pas fait.
privacy_sender = Qui envoie
privacy_stored = Ce qui est conservé
privacy_stored_address = Votre adresse électronique, et le nom, la langue et les choix que vous avez donnés : pour vous envoyer ce que vous avez demandé.
privacy_stored_consent = Quand vous avez demandé, confirmé, suspendu ou quitté, les mots qui vous ont été montrés, et le réseau d’où venait la demande, sans la fin de son adresse : comme preuve de votre accord.
privacy_stored_delivery = Pour chaque numéro, s’il a été remis, et la réponse de votre serveur de messagerie dans le cas contraire.
privacy_stored_refusal = Si votre boîte refuse nos messages, ou si vous ne voulez plus jamais en recevoir : une empreinte de l’adresse, d’où l’on ne peut pas la relire. Elle tient nos messages à l’écart.
privacy_kept = Pendant combien de temps
privacy_kept_text = Vos données sont conservées tant que vous êtes abonné. Vous pouvez tout faire effacer à tout moment. Sinon, voici les durées de conservation :
for_days = { $days ->
    [0] sans limite
    [one] { $days } jour
   *[other] { $days } jours
}
privacy_kept_unconfirmed = Une demande que personne ne confirme : { for_days }.
privacy_kept_left = L’adresse et le nom après votre départ : { for_days }. Il reste ensuite une empreinte de l’adresse, à partir de laquelle on ne peut pas la retrouver, pour qu’aucune ancienne liste ne vous réinscrive.
privacy_kept_consents = La preuve de votre accord après votre départ : { for_days }, à la fin sous cette seule empreinte.
privacy_kept_networks = Le réseau d’où est venue une demande : { for_days }.
privacy_kept_delivery = Si chaque numéro vous est parvenu : { for_days }. Ensuite, on ne garde que qui ne l’a pas reçu.
privacy_kept_erased = Après un effacement, il ne reste que l’empreinte de votre adresse. Les sauvegardes conservent vos données jusqu’à leur expiration.
privacy_not = Ce qui n’est pas fait
privacy_not_opened = Personne n’apprend si vous ouvrez un numéro : il ne contient aucune image cachée.
privacy_not_clicked = Les liens des numéros mènent tout droit là où ils le disent. Aucun clic n’est compté.
privacy_not_cookies = Ces pages ne déposent aucun cookie et ne chargent rien d’autres sites.
privacy_pictures = Quand votre messagerie affiche les images d’un numéro, elle les prend sur ce site. Qui les a prises n’est pas noté.
privacy_others = Qui d’autre les voit
privacy_others_text = Les messages partent par { $relays } et, de là, vers votre propre service de messagerie. Personne d’autre ne reçoit votre adresse.
privacy_rights = Ce que vous pouvez faire
privacy_rights_text = Le lien vers vos préférences est au pied de chaque numéro : suspendre, quitter, voir et changer ce qui est conservé, le télécharger ou le faire effacer.
privacy_controller = Le responsable du traitement de vos données est { $publisher }. Pour toute question sur vos données, écrivez à { $address }.
privacy_basis = Base légale
privacy_basis_text = Nous vous envoyons la newsletter avec votre consentement (article 6, paragraphe 1, point a, du RGPD, là où il s’applique).
privacy_basis_kept = Nous conservons la preuve de votre consentement et le code d’une adresse à laquelle rien ne doit être envoyé, dans notre intérêt légitime (article 6, paragraphe 1, point f).
privacy_withdraw = Vous pouvez retirer votre consentement à tout moment par le lien de désabonnement de chaque numéro. Ce qui a été fait avant reste licite.
privacy_complain = Vous pouvez introduire une réclamation auprès d’une autorité de protection des données, par exemple celle de votre lieu de résidence.

## Troubles

trouble_not_found = Cette page n’existe pas
trouble_not_found_text = L’adresse est peut-être mal saisie, ou la page n’est plus là.
trouble_link = Ce lien ne fonctionne pas
trouble_link_text = Vérifiez que tout le lien du courriel est dans la barre d’adresse, jusqu’à la dernière lettre.
trouble_not_understood = Cela n’a pas été compris
trouble_method_text = Cette adresse ne s’utilise pas ainsi.
trouble_unreadable_text = Ce qui a été envoyé ne vient d’aucun formulaire de ce site.
trouble_too_large = C’est trop long
trouble_too_large_text = Ce qui a été envoyé est plus grand que tout formulaire de ce site.
trouble_too_many = Veuillez patienter un peu
trouble_too_many_text = De nombreuses demandes sont venues à la fois. Réessayez dans une heure.
trouble_busy = Veuillez réessayer dans une minute
trouble_busy_text = Le serveur ne peut rien enregistrer pour l’instant. Rien n’a été modifié.
trouble_broken = Quelque chose n’a pas marché
trouble_broken_text = La faute est de notre côté, et elle a été notée.
