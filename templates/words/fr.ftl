### Les mots des pages et des e-mails en français. On vouvoie.

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

skip = Aller au contenu
write_to_us = Nous écrire
to_home = Aller à la page d’accueil
error = Erreur
problem = Vérifiez votre saisie
# The name of a newsletter that is no longer here; the sentences have the quotation marks.
gone_newsletter = { $slug }
titled = { $label } : { $title }
labelled = { $label } : { $value }
listed = { $first }, { $second }
test_link = Ce lien provient d’un e-mail de test. Dans un véritable e-mail, il ferait ce qu’indique cette page ; ici, il ne change rien.

## Issues

read_on_web = Lire en ligne
links = Liens
notes = Notes
image = Image
reason = Vous recevez cet e-mail parce que l’adresse { $address } est inscrite à la newsletter « { $newsletter } » depuis le { $date }.
unsubscribe = Se désinscrire
way_out = { unsubscribe } (Unsubscribe)
role_email = e-mail
change_preferences = Gérer mes préférences ou faire une pause
forwarded = On vous a transféré cet e-mail ?
forwarded_link = Inscrivez-vous ici
closing = Répondez à cet e-mail pour nous écrire. Transférez-le à qui il pourrait plaire.

## Mails of the system

mail_or_open = Vous pouvez aussi copier ce lien dans votre navigateur :
mail_entered = Vous recevez cet e-mail parce que cette adresse a été saisie sur la page d’inscription de la newsletter « { $newsletter } » ({ $host }).
mail_confirm_subject = Confirmez votre inscription : { $newsletter }
mail_confirm_lead = Une inscription à la newsletter « { $newsletter } » a été demandée pour cette adresse. Si vous en êtes à l’origine, confirmez-la avec le lien ci-dessous.
mail_confirm_button = Confirmer mon inscription
mail_confirm_ignore = Si vous n’êtes pas à l’origine de cette demande, ignorez cet e-mail : aucune inscription ne sera enregistrée.
mail_already_subject = Cette adresse est déjà inscrite : { $newsletter }
mail_already_lead = Une inscription à la newsletter « { $newsletter } » a été demandée pour cette adresse. Cette adresse est déjà inscrite : rien n’a changé.
mail_already_change = Gérer mes préférences ou me désinscrire
mail_already_ignore = Si vous n’êtes pas à l’origine de cette demande, ignorez cet e-mail.
mail_refuse = Ce n’était pas moi – ne plus recevoir ces e-mails
mail_welcome_subject = Bienvenue ! Votre inscription à « { $newsletter } » est confirmée
mail_welcome_lead = Vous recevrez désormais la newsletter « { $newsletter } ». Vous pouvez vous désinscrire à tout moment avec le lien en bas de chaque e-mail. Pour qu’elle arrive bien dans votre boîte de réception, ajoutez notre adresse à vos contacts.
mail_welcome_latest = Voici le dernier numéro :

## Mails to readers about their own subscription

mail_subscriber = Vous recevez cet e-mail parce que cette adresse est inscrite à la newsletter « { $newsletter } » ({ $host }).
mail_link_subject = Votre lien pour gérer vos préférences : { $newsletter }
mail_link_lead = Le lien vers vos préférences pour la newsletter « { $newsletter } » a été demandé. Vous pourrez y modifier vos choix, faire une pause ou vous désinscrire.
mail_link_button = Gérer mes préférences
mail_data_subject = Vos données personnelles : { $newsletter }
mail_data_lead = L’accès aux données que la newsletter « { $newsletter } » conserve sur vous, ou leur effacement, a été demandé. Le lien est valable une heure.
mail_data_button = Accéder à mes données
mail_stored_lead = On nous a demandé le lien de cette adresse pour la newsletter « { $newsletter } ». Elle n’est pas inscrite. Avec ce lien, vous pouvez voir ou effacer ce qui est encore conservé, ou vous réinscrire.
mail_stored_reason = Vous recevez cet e-mail parce que la newsletter « { $newsletter } », sur { $host }, conserve cette adresse.
mail_new_address_subject = Confirmez votre nouvelle adresse : { $newsletter }
mail_new_address_lead = Il a été demandé d’envoyer la newsletter « { $newsletter } » à cette adresse plutôt qu’à une autre. Si vous en êtes à l’origine, confirmez avec le lien ci-dessous.
mail_new_address_button = Utiliser cette adresse
mail_new_address_reason = Vous recevez cet e-mail parce que cette adresse a été indiquée comme nouvelle adresse pour la newsletter « { $newsletter } » ({ $host }).
mail_old_address_subject = Demande de changement d’adresse : { $newsletter }
mail_old_address_lead = Un changement d’adresse a été demandé pour la newsletter « { $newsletter } ». Il prendra effet quand la nouvelle adresse aura été confirmée. Si vous n’en êtes pas à l’origine, gardez votre adresse avec le lien ci-dessous.
mail_old_address_button = Garder mon adresse actuelle
mail_old_address_ignore = Si vous êtes à l’origine de cette demande, vous n’avez rien à faire.

## Home

home = Newsletters
home_lead = Gratuites, par e-mail. Désinscription en un clic.

## Signup

signup_lead = Recevez gratuitement « { $newsletter } » par e-mail.
email_label = Adresse e-mail
email_hint = Nous l’utilisons uniquement pour vous envoyer la newsletter.
name_label = Nom (facultatif)
name_hint = Le nom que nous utiliserons pour nous adresser à vous.
name_too_long = Saisissez un nom plus court, de { $count } caractères au plus
name_address = Saisissez un nom qui ne ressemble ni à une adresse ni à un numéro de téléphone. Après un point, laissez une espace
name_invisible = Saisissez un nom sans caractères invisibles. Tapez-le au clavier
trap_label = Laissez ce champ vide
subscribe = S’inscrire
subscribe_again = Se réinscrire
signup_small_print = Vous recevrez un e-mail pour confirmer votre inscription. Vous pouvez retirer votre consentement à tout moment : chaque numéro contient un lien de désinscription, en un clic.
address_empty = Saisissez votre adresse e-mail
address_too_long = Cette adresse e-mail est trop longue. Vérifiez-la
address_wrong = Saisissez une adresse e-mail valide, par exemple nom@example.com
check_heading = Consultez votre boîte de réception
check_text = Si la newsletter « { $newsletter } » peut être envoyée à cette adresse, vous y trouverez un e-mail de notre part. Suivez le lien qu’il contient pour terminer. Ce lien est valable { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}.
check_nothing_there = Rien au bout de quelques minutes ? Regardez dans le dossier des courriers indésirables (spam). Un ancien lien de notre part aide aussi : sa page en envoie un nouveau. Pour éviter les abus, nous n’envoyons pas plus { $count ->
    [one] d’un e-mail de ce type
   *[other] de { $count } e-mails de ce type
} par jour à une même adresse.
address_disposable = Saisissez une autre adresse : les adresses jetables ne sont pas acceptées
address_no_server = Le domaine { $domain } ne semble pas recevoir d’e-mails. Vérifiez ce qui suit l’arobase (@)
meant_heading = Vouliez-vous dire { $address } ?
meant_text = Vous avez saisi { $address }. Laquelle est la bonne ?
meant_use = Utiliser { $address }
meant_keep = Garder { $address }
step_heading = Une dernière étape
step_text = Appuyez sur le bouton pour continuer.
step_work = Les inscriptions sont très nombreuses en ce moment. Pour éviter d’inonder des boîtes de réception, votre appareil doit d’abord effectuer un calcul de quelques secondes.
step_wait = Sans JavaScript, appuyez sur le bouton et attendez jusqu’à { $seconds ->
    [one] { $seconds } seconde
   *[other] { $seconds } secondes
}.
step_button = Continuer
step_working = Un instant, s’il vous plaît…
step_ready = C’est prêt. Cliquez sur « Continuer ».
check_open = Ouvrir { $provider }
check_again = Renvoyer l’e-mail
check_other = Utiliser une autre adresse
check_too_early = L’e-mail est peut-être encore en route. Attendez une minute avant d’en demander un autre.
check_asked_again = Demande enregistrée. Si cette adresse peut encore recevoir un e-mail aujourd’hui, il est en route.
no_mail_heading = Nous ne pouvons pas envoyer d’e-mail maintenant
no_mail_quota = Cette adresse a reçu autant d’e-mails de notre part que possible en si peu de temps. Utilisez le lien du dernier, ou réessayez dans quelques jours.
no_mail_refused = Une personne qui a un e-mail envoyé à cette adresse nous a dit qu’elle ne l’avait pas demandé. Nous n’en envoyons donc plus. Le lien de cet e-mail permet d’annuler ce choix.
no_mail_suppressed = Nous ne pouvons pas écrire à cette adresse : un e-mail est revenu ou a été signalé comme spam. Écrivez-nous, et une personne s’en occupera.

## Not me

refuse_heading = Ne plus recevoir ces e-mails ?
refuse_text = Si vous appuyez sur le bouton, plus personne ne pourra nous faire écrire à cette adresse en la saisissant sur l’une de nos pages. Cela vaut pendant un an. Une inscription que vous avez confirmée continue.
refuse_button = Ne plus recevoir ces e-mails
refused_heading = Vous ne recevrez plus ces e-mails
refused_text = Pendant un an, nous n’écrirons pas à cette adresse seulement parce que quelqu’un la saisit sur l’une de nos pages. Toute demande en attente est annulée.
refused_undo = Annuler
allowed_heading = Ces e-mails sont de nouveau autorisés
allowed_text = Cette adresse peut de nouveau être inscrite.

## Confirming

confirm_heading = Confirmez votre inscription à « { $newsletter } »
confirm_text = En confirmant, vous recevrez la newsletter « { $newsletter } » à cette adresse, dès le prochain numéro.
confirm_button = Confirmer mon inscription
confirm_ignore = Si vous n’avez rien demandé, fermez cette page : aucune inscription ne sera enregistrée.
confirmed_heading = Bienvenue dans « { $newsletter } »
confirmed_text = Votre inscription est confirmée. Le prochain numéro arrivera à cette adresse.
confirmed_contacts = Pour que la newsletter ne finisse pas dans les indésirables, ajoutez { $address } à vos contacts.
welcome_next = C’est fait. Le prochain numéro paraît le { weekday } { $day ->
    [1] 1er
   *[other] { $day }
} { month }.
welcome_latest = En attendant, lisez le dernier numéro : { $title }
already_heading = Votre inscription est déjà active
already_text = Cette adresse est inscrite à la newsletter « { $newsletter } ». Vous n’avez rien d’autre à faire.
stale_heading = Ce lien n’est plus valable
stale_text = Il date de plus de { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}, ou quelque chose a changé depuis. Vous pouvez en demander un nouveau.
stale_button = Recevoir un nouveau lien

## Leaving

leave_heading = Se désinscrire de « { $newsletter } » ?
leave_text = La désinscription est immédiate.
leave_button = Me désinscrire
left_heading = Votre désinscription est enregistrée
left_text = Vous ne recevrez plus « { $newsletter } » à cette adresse. Nous n’enverrons pas d’e-mail d’au revoir.
absent_heading = Aucune inscription
absent_text = Ce lien ne correspond plus à aucune inscription. Rien n’est envoyé à ce titre.
left_on = Votre désinscription de la newsletter « { $newsletter } » date du { $date }.
ended_on = Votre inscription à la newsletter « { $newsletter } » a pris fin le { $date }.
left_kept = Votre adresse est conservée jusqu’au { $date }, pour qu’aucune ancienne liste ne vous réinscrive. Vous pouvez la faire effacer dès maintenant.
stored_link = Voir ou effacer ce qui est conservé à votre sujet
one_click_done = Désinscription effectuée.
one_click_unknown = Rien n’a changé : ceci n’est pas une demande de désinscription. Ouvrez cette adresse dans un navigateur, ou envoyez List-Unsubscribe=One-Click.
pause_until_label = Pause jusqu’au
pause_until_hint = L’envoi reprend ce jour-là.
pause_until_button = Faire une pause jusqu’à cette date
pause_until_wrong = Choisissez une date entre demain et le { $date }
leave_else = Modifier mes préférences
back_offer = Désinscription par erreur ? Vous pouvez l’annuler pendant 24 heures.
back_button = Annuler la désinscription
back_heading = Votre inscription est rétablie
back_text = Vous recevez de nouveau « { $newsletter } » à cette adresse, comme avant.
why_heading = Pour quelle raison vous désinscrivez-vous ?
why_hint = Cette réponse est facultative.
why_too_often = Trop d’e-mails
why_too_long = Trop long
why_not_expected = Pas ce que j’attendais
why_never_signed_up = Je n’ai jamais demandé cette newsletter
why_other = Autre raison
why_button = Envoyer la réponse
why_thanks = Merci pour votre réponse.

## Preferences

preferences_heading = Vos préférences pour « { $newsletter } »
preferences_active = Vous recevez tous les numéros.
preferences_pending = Votre inscription n’est pas encore confirmée. Suivez le lien dans l’e-mail que nous vous avons envoyé.
preferences_paused = Votre inscription est en pause.
preferences_paused_until = En pause jusqu’au { $date }. Vous ne recevrez aucun numéro d’ici là.
preferences_paused_open = En pause. Vous ne recevrez aucun numéro tant que vous n’aurez pas repris.
preferences_resumed = L’envoi a repris.
pause_heading = Faire une pause
pause_text = Vous ne recevrez aucun numéro pendant la pause. L’envoi reprendra ensuite automatiquement.
pause_longer_heading = Prolonger la pause
pause_longer_text = La durée compte à partir d’aujourd’hui.
pause_four_weeks = Faire une pause de 4 semaines
pause_three_months = Faire une pause de 3 mois
resume_heading = Reprendre l’envoi
resume_text = Vous recevrez de nouveau tous les numéros, à partir du prochain.
resume_button = Reprendre l’envoi
go_heading = Se désinscrire
go_text = Vous pouvez vous réinscrire à tout moment.
rename_heading = Nom
rename_label = Nouveau nom
rename_button = Enregistrer le nom
rename_hint = Celui que nous avons commence par « { $initial } ». Un nouveau nom figure seulement dans les e-mails de la newsletter « { $newsletter } ». Pour le supprimer, laissez le champ vide.
rename_hint_none = Aucun nom n’est enregistré. Un nouveau nom figure seulement dans les e-mails de la newsletter « { $newsletter } ».
rename_saved = Votre nom est enregistré. Il figure seulement dans les e-mails de la newsletter « { $newsletter } ».
rename_removed = Votre nom a été supprimé.
saved = Vos préférences ont été enregistrées.
choices_heading = Langue et format
language_label = Langue
language_hint = Pour ces pages et pour les e-mails concernant votre inscription. Les numéros arrivent dans la langue où ils sont écrits.
language_default = Celle de la newsletter
format_label = Format
format_html = Mis en page (HTML)
format_plain = Texte brut
choices_button = Enregistrer
address_heading = Adresse e-mail
address_label = Nouvelle adresse e-mail
address_hint = Nous enverrons un lien à la nouvelle adresse. Rien ne change tant que vous n’avez pas confirmé. Nous préviendrons aussi votre adresse actuelle.
address_button = Modifier l’adresse
address_sent = Si nous pouvons écrire à la nouvelle adresse, vous y trouverez un lien. Rien ne change tant que vous n’avez pas confirmé.
address_settling = L’adresse a été modifiée récemment. Jusqu’au { $date }, cela peut être annulé depuis l’adresse précédente ; ensuite, elle pourra être modifiée de nouveau.
others_heading = Autres newsletters
others_text = Vous confirmez chaque inscription avec un lien envoyé à votre adresse.
others_add = S’inscrire à « { $newsletter } »
data_heading = Vos données personnelles
data_text = Consultez ou effacez toutes les données que nous conservons sur vous. Nous enverrons un lien à votre adresse ; il est valable une heure.
data_button = Recevoir le lien
data_sent = Consultez votre boîte de réception. Le lien est valable une heure. Si rien n’arrive, la limite du jour est peut-être atteinte : réessayez demain.
data_sent_before = L’adresse a été modifiée récemment : le lien part donc vers l’adresse précédente. Il est valable une heure. Si rien n’arrive, la limite du jour est peut-être atteinte : réessayez demain.

## Another address, the reader’s data, the reader’s link

move_heading = Recevoir « { $newsletter } » à cette adresse ?
move_text = Dès lors, la newsletter « { $newsletter } » arrive à cette adresse et plus à l’ancienne.
moved_heading = Votre adresse a été modifiée
moved_text = Vous recevrez désormais « { $newsletter } » à cette adresse.
move_stale_text = Le lien n’a pas été utilisé à temps, ou le changement a été annulé. Vous pouvez refaire la demande depuis votre page de préférences.
stop_heading = Garder votre adresse ?
stop_text = Depuis un lien de l’un de vos e-mails, il a été demandé d’envoyer la newsletter « { $newsletter } » à une autre adresse. Confirmez pour continuer à la recevoir à votre adresse.
stopped_heading = Votre adresse ne change pas
stopped_text = Rien ne sera envoyé à l’autre adresse.
stop_late_text = Il est trop tard pour annuler ici. Écrivez-nous, nous nous en occuperons.
stop_erased_text = Tout ce qui était conservé à votre sujet est effacé. Il n’y a plus rien à empêcher.
data_page_text = Toutes les données que nous conservons sur vous, dans un fichier JSON.
data_download = Télécharger mes données
erase_heading = Tout effacer
erase_text = Votre adresse, votre nom, vos inscriptions et leur historique seront effacés immédiatement. Cette action est irréversible.
erase_sure = Oui, effacer toutes mes données
erase_unsure = Cochez la case pour confirmer que tout doit être effacé
erased_heading = Vos données ont été effacées
erased_text = Il ne reste qu’une empreinte de votre adresse, à partir de laquelle on ne peut pas la retrouver. Elle évite qu’une ancienne liste ne vous réinscrive. Les sauvegardes conservent vos données jusqu’à leur expiration. Vous pouvez vous réinscrire à tout moment.
data_stale_text = Le lien est valable une heure, et ne l’est plus une fois les données effacées. Vous pouvez en demander un autre depuis votre page de préférences.
link_heading = Recevoir le lien vers vos préférences
link_text = Chaque numéro contient un lien vers vos préférences et un lien de désinscription. Si vous n’en avez pas sous la main, nous pouvons vous envoyer le lien.
link_hint = L’adresse où arrivent, ou arrivaient, vos numéros.
link_button = Recevoir mon lien
link_sent = Si la newsletter « { $newsletter } » conserve cette adresse, vous trouverez un e-mail avec le lien dans sa boîte de réception. Une adresse ne reçoit que peu d’e-mails de ce type.

## Archive

all_issues = Tous les numéros
latest_issues = Derniers numéros
feed = Flux Atom
search = Rechercher
search_found = { $count ->
    [one] { $count } numéro trouvé
   *[other] { $count } numéros trouvés
}
search_found_many = Plus de { $count } numéros trouvés. Voici les plus récents.
search_none = Aucun numéro trouvé
archive_empty = Aucun numéro n’a encore été publié.
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

privacy = Confidentialité
privacy_lead = Ce que nous conservons sur les lecteurs de « { $newsletter } », pendant combien de temps, et ce que nous ne faisons pas.
privacy_sender = Responsable du traitement
privacy_stored = Ce que nous conservons
privacy_stored_address = Votre adresse e-mail et, si vous les avez indiqués, votre nom, votre langue et vos préférences, pour vous envoyer ce que vous avez demandé.
privacy_stored_consent = Les dates de votre inscription, de votre confirmation, de vos pauses et de votre désinscription, le texte qui vous a été présenté et l’adresse IP tronquée de la demande, comme preuve de votre consentement.
privacy_stored_delivery = Pour chaque numéro, s’il a été remis et, sinon, la réponse de votre fournisseur de messagerie.
privacy_stored_refusal = Si votre fournisseur refuse nos e-mails ou si vous ne souhaitez plus en recevoir : une empreinte de l’adresse, à partir de laquelle on ne peut pas la retrouver. Elle nous empêche de vous écrire.
privacy_kept = Durée de conservation
privacy_kept_text = Vos données sont conservées tant que dure votre inscription. Vous pouvez tout faire effacer à tout moment. Sinon, voici les durées de conservation :
for_days = { $days ->
    [0] sans limite
    [one] { $days } jour
   *[other] { $days } jours
}
privacy_kept_unconfirmed = Une demande que personne ne confirme : { for_days }.
privacy_kept_left = L’adresse et le nom après votre désinscription : { for_days }. Il reste ensuite une empreinte de l’adresse, à partir de laquelle on ne peut pas la retrouver, pour qu’aucune ancienne liste ne vous réinscrive.
privacy_kept_consents = La preuve de votre consentement après votre désinscription : { for_days }, à la fin sous cette seule empreinte.
privacy_kept_networks = Le réseau d’où est venue une demande : { for_days }.
privacy_kept_delivery = Si chaque numéro vous est parvenu : { for_days }. Ensuite, on ne garde que qui ne l’a pas reçu.
privacy_kept_erased = Après un effacement, il ne reste que l’empreinte de votre adresse. Les sauvegardes conservent vos données jusqu’à leur expiration.
privacy_not = Ce que nous ne faisons pas
privacy_not_opened = Nous ne savons pas si vous ouvrez un numéro : il ne contient aucun pixel espion.
privacy_not_clicked = Les liens des numéros mènent directement à leur destination. Nous ne comptons pas les clics.
privacy_not_cookies = Ces pages ne déposent aucun cookie et ne chargent rien depuis d’autres sites.
privacy_pictures = Quand votre messagerie affiche les images d’un numéro, elle les charge depuis ce site. Nous n’enregistrons pas qui les charge.
privacy_others = Destinataires
privacy_others_text = Les e-mails passent par { $relays }, puis par votre fournisseur de messagerie. Personne d’autre ne reçoit votre adresse.
privacy_rights = Vos droits
privacy_rights_text = Le lien vers vos préférences figure au bas de chaque numéro. Vous pouvez y faire une pause, vous désinscrire, consulter, rectifier, télécharger ou faire effacer vos données.
privacy_controller = Le responsable du traitement de vos données est { $publisher }. Pour toute question sur vos données, écrivez à { $address }.
privacy_basis = Base légale
privacy_basis_text = Nous vous envoyons la newsletter avec votre consentement (article 6, paragraphe 1, point a, du RGPD, là où il s’applique).
privacy_basis_kept = Nous conservons la preuve de votre consentement et l’empreinte d’une adresse à laquelle rien ne doit être envoyé, dans notre intérêt légitime (article 6, paragraphe 1, point f).
privacy_withdraw = Vous pouvez retirer votre consentement à tout moment par le lien de désinscription de chaque numéro. Ce qui a été fait avant reste licite.
privacy_complain = Vous pouvez introduire une réclamation auprès d’une autorité de protection des données, par exemple celle de votre lieu de résidence.

## Troubles

trouble_not_found = Page introuvable
trouble_not_found_text = L’adresse est peut-être erronée, ou la page n’existe plus.
trouble_link = Ce lien ne fonctionne pas
trouble_link_text = Vérifiez que le lien de l’e-mail figure en entier dans la barre d’adresse, jusqu’au dernier caractère.
trouble_not_understood = Nous n’avons pas compris la demande
trouble_method_text = Cette page ne peut pas être utilisée ainsi.
trouble_unreadable_text = Les données envoyées ne proviennent pas d’un formulaire de ce site.
trouble_too_large = Contenu trop volumineux
trouble_too_large_text = Les données envoyées dépassent la taille des formulaires de ce site.
trouble_too_many = Veuillez réessayer plus tard
trouble_too_many_text = Les demandes sont trop nombreuses. Réessayez dans une heure.
trouble_busy = Veuillez réessayer dans une minute
trouble_busy_text = Nous ne pouvons rien enregistrer pour l’instant. Rien n’a été modifié.
trouble_broken = Désolé, une erreur s’est produite
trouble_broken_text = Le problème vient de chez nous. Il a été enregistré.
