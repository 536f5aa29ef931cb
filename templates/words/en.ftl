### The words of pages and mails in English. `{ $x }` is a value; each language has the same messages with the same values.
### Say it plainly and shortly; British spelling.

## Dates

month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
date_of = { $day } { month } { $year }

# As in "comes on Friday".
weekday = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}

## Every page

skip = Skip to the text
write_to_us = Write to us
to_home = To the start page
error = Error
problem = There is a problem
# Stands for the name of a newsletter that is no longer in the configuration.
nameless = this newsletter
test_link = This link came in a test mail. A reader’s link does what the page says; this one changes nothing.

## Issues

read_on_web = Read on the web
links = Links
notes = Notes
image = Image
reason = You get this email because { $address } subscribed to { $newsletter } on { $date }.
unsubscribe = Unsubscribe
change_preferences = Change preferences or pause
forwarded = Forwarded this email?
forwarded_link = Subscribe here
closing = Reply to this email to write to us. Forward it to anyone who may like it.

## Mails of the system

mail_or_open = The link in full, to open or to copy:
mail_entered = You get this email because this address was entered on the signup page of { $newsletter } at { $host }.
mail_confirm_subject = Confirm your subscription to { $newsletter }
mail_confirm_lead = Someone, we hope you, asked to get { $newsletter } at this address. Confirm it with the link below.
mail_confirm_button = Confirm subscription
mail_confirm_ignore = If this was not you, do nothing: you will hear from us no more.
mail_already_subject = You already get { $newsletter }
mail_already_lead = Someone, we hope you, asked to get { $newsletter } at this address. You are subscribed already, so nothing has changed.
mail_already_change = Change preferences or unsubscribe
mail_already_ignore = If this was not you, do nothing.
mail_refuse = This was not me: never mail this address again
mail_welcome_subject = Welcome to { $newsletter }
mail_welcome_lead = You get { $newsletter } from now on. You can leave at any time with the link at the foot of every mail. To be sure that it reaches your inbox, add our address to your contacts.
mail_welcome_latest = Here is the latest issue:

## Mails to readers about their own subscription

mail_subscriber = You get this email because this address subscribes to { $newsletter } at { $host }.
mail_link_subject = Your link for { $newsletter }
mail_link_lead = Someone, we hope you, asked for the link to your subscription to { $newsletter }. There you can change it, pause it or leave.
mail_link_button = Open my subscription
mail_data_subject = Your data at { $newsletter }
mail_data_lead = Someone, we hope you, asked to see or to erase what { $newsletter } stores about you. The link works for one hour.
mail_data_button = See my data
mail_stored_lead = Someone, we hope you, asked for the link of this address at { $newsletter }. No issue goes to this address. With the link below you can see or erase what is still stored, or subscribe again.
mail_stored_reason = You get this email because { $newsletter } at { $host } has data about this address.
mail_new_address_subject = Confirm this address for { $newsletter }
mail_new_address_lead = Someone, we hope you, asked to get { $newsletter } at this address instead of another. Confirm it with the link below.
mail_new_address_button = Use this address
mail_new_address_reason = You get this email because a reader of { $newsletter } at { $host } entered this address as a new one.
mail_old_address_subject = { $newsletter } is to go to another address
mail_old_address_lead = Someone, we hope you, asked to get { $newsletter } at another address. It changes when that address is confirmed. If it was not you, stop it with the link below: then everything stays as it is.
mail_old_address_button = Keep my address
mail_old_address_ignore = If it was you, there is nothing to do here.

## Home

home = Newsletters
home_lead = Each comes by email. You can leave with one click.

## Signup

signup_lead = Get { $newsletter } by email, free of charge.
email_label = Email address
email_hint = Used for the newsletter and nothing else.
name_label = Name (optional)
name_hint = How the newsletter may address you.
name_too_long = Enter a shorter name, of at most { $count } characters
name_address = Enter a name that does not look like an address or a telephone number. After a dot, leave a space
name_invisible = Enter a name without invisible characters. Type it by hand
trap_label = Leave this field empty
subscribe = Subscribe
subscribe_again = Subscribe again
signup_small_print = You will get a mail with a link to confirm. Every issue has a link to leave: one click, no questions.
address_empty = Enter your email address
address_too_long = Enter a shorter email address: no mailbox has one this long
address_wrong = Enter an email address in the correct format, like name@example.com
check_heading = Check your email
check_text = A mail with a link goes to this address, unless it had one from us lately or no mail may go there. Open the link and press the button: then { $newsletter } is yours. The link works for { $days ->
    [one] { $days } day
   *[other] { $days } days
}.
check_nothing_there = Nothing there after a few minutes? Look in the spam folder first. An older link of ours helps as well: its page sends a fresh one. To protect mailboxes, one address gets at most { $count ->
    [one] one such mail
   *[other] { $count } such mails
} a day.
address_disposable = Enter another address: mailboxes of this provider are thrown away after a while
address_no_server = We could not find a mail server for { $domain }. Check the part after the @
meant_heading = Did you mean { $address }?
meant_text = You typed { $address }. One of the two is right.
meant_use = Use { $address }
meant_keep = No, keep { $address }
step_heading = One step more
step_text = Press the button to continue.
step_work = Many sign-ups are coming in at the moment. So that nobody’s mailbox is flooded, your device works a few seconds for this one.
step_wait = Without a script it works as well: press the button, and wait up to { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}.
step_button = Continue
step_working = One moment: your device is working …
step_ready = Ready. Press the button.
check_open = Open { $provider }
check_again = Send it again
check_other = Use another address
check_too_early = The mail may still be on its way. Wait a minute before you ask for it again.
check_asked_again = We have noted it. Another mail goes to this address, if it may have one now.
no_mail_heading = No mail goes out now
no_mail_quota = This address had as many mails from us as it gets in so short a time. Use the link in the latest one, or try again in a few days.
no_mail_refused = Someone with a mail to this address said that it was not them who asked. So no such mail goes there. The link in that mail takes it back.
no_mail_suppressed = No mail may go to this address: one came back, or was called unwanted. Write to us, and a person will see to it.

## Not me

refuse_heading = Never mail this address again?
refuse_text = Press the button, and nobody can make us send a mail to this address by typing it into one of our pages. That holds for a year, also for the page that sends readers their link. A subscription that you have confirmed goes on.
refuse_button = Do not mail this address
refused_heading = You will hear from us no more
refused_text = No mail goes to this address because someone typed it into one of our pages. What was asked for is cancelled.
refused_undo = That was a mistake: allow it again
allowed_heading = Allowed again
allowed_text = Whoever owns this address can subscribe again.

## Confirming

confirm_heading = Confirm your subscription to { $newsletter }
confirm_text = Press the button, and the next issue of { $newsletter } comes to this address.
confirm_button = Confirm subscription
confirm_ignore = If you did not ask for this, close the page: nothing will be sent.
confirmed_heading = Welcome to { $newsletter }
confirmed_text = Your subscription is confirmed. The next issue comes to this address.
confirmed_contacts = So that it does not end up among the spam, add { $address } to your contacts.
welcome_next = You’re in. The next issue comes on { weekday } { $day } { month }.
welcome_latest = Meanwhile, read the latest one: { $title }
already_heading = You are subscribed
already_text = This address gets { $newsletter }. There is nothing more to do.
stale_heading = This link is too old
stale_text = It is older than { $days ->
    [one] { $days } day
   *[other] { $days } days
}, or something has changed since. A fresh one comes by email.
stale_button = Send me a fresh link

## Leaving

leave_heading = Unsubscribe from { $newsletter }?
leave_text = It takes effect at once.
leave_button = Unsubscribe
left_heading = You are unsubscribed
left_text = Done. { $newsletter } is no longer sent to this address, not even a goodbye.
absent_heading = You are not subscribed
absent_text = No issue is sent to this address.
left_on = You left { $newsletter } on { $date }.
ended_on = Your subscription to { $newsletter } ended on { $date }.
left_kept = Your address is stored until { $date }, so that no old list brings you back. You can have it erased now.
stored_link = See or erase what is stored about you
one_click_done = Unsubscribed.
one_click_unknown = Nothing was changed: this is not a request to unsubscribe. Open this address in a browser, or send List-Unsubscribe=One-Click.
pause_until_label = Pause until
pause_until_hint = On that day it goes on.
pause_until_button = Pause until this day
pause_until_wrong = Choose a day between tomorrow and { $date }
leave_else = Change something else
back_offer = Pressed by mistake? You can take it back for 24 hours.
back_button = Undo
back_heading = You are back
back_text = { $newsletter } comes to this address again, as before.
why_heading = Why did you leave?
why_hint = You need not say.
why_too_often = Too many emails
why_too_long = Too long
why_not_expected = Not what I expected
why_never_signed_up = I never signed up
why_other = Something else
why_button = Send answer
why_thanks = Thank you for the answer.

## Preferences

preferences_heading = Your subscription to { $newsletter }
preferences_active = You get every issue.
preferences_pending = The subscription is not confirmed yet. The mail you got has the link.
preferences_paused = Paused.
preferences_paused_until = Paused until { $date }. No issue is sent before.
preferences_paused_open = Paused. No issue is sent until you end the pause.
preferences_resumed = The pause is over.
pause_heading = Have a rest
pause_text = No issue is sent meanwhile. It goes on by itself afterwards.
pause_longer_heading = Rest longer
pause_longer_text = Counted from today.
pause_four_weeks = Pause for 4 weeks
pause_three_months = Pause for 3 months
resume_heading = Go on
resume_text = The next issue comes again.
resume_button = End the pause
go_heading = Leave
go_text = You can come back at any time.
rename_heading = Name
rename_label = New name
rename_button = Save name
rename_hint = The one we have begins with “{ $initial }”. A new one stands in the mails of { $newsletter } alone. Leave the field empty to remove it.
rename_hint_none = No name is stored. A new one stands in the mails of { $newsletter } alone.
rename_saved = The name is saved. It stands in the mails of { $newsletter } alone.
rename_removed = The name is removed.
saved = Saved.
choices_heading = Language and format
language_label = Language
language_hint = Of your pages and of mails about your subscription. Issues come as they are written.
language_default = As the newsletter
format_label = Format
format_html = Formatted (HTML)
format_plain = Plain text
choices_button = Save choices
address_heading = Address
address_label = New email address
address_hint = We send a link there. Nothing changes before you open it. The present address is told.
address_button = Change address
address_sent = A link goes to the new address, unless it had one from us lately or no mail may go there. Nothing changes until it is opened.
address_settling = The address was changed not long ago. Until { $date } that can be undone from the address before; after that it can be changed again.
others_heading = Other newsletters
others_text = Each is confirmed by a link that we send to your address.
others_add = Subscribe to { $newsletter }
data_heading = Your data
data_text = See or erase all that is stored about you. We send a link to your address; it works for one hour.
data_button = Send me the link
data_sent = A link goes to your address, at most three times a day. It works for one hour.
data_sent_before = The address was changed not long ago, so the link goes to the address before, at most three times a day. It works for one hour.

## Another address, the reader’s data, the reader’s link

move_heading = Get { $newsletter } at this address?
move_text = From then on { $newsletter } comes here, and no longer to the old address.
moved_heading = Your address is changed
moved_text = { $newsletter } comes to this address from now on.
move_stale_text = It was not used in time, or the change was stopped. You can ask again on your preferences page.
stop_heading = Keep your address?
stop_text = Someone with a link from your mail asked to get { $newsletter } at another address. Press the button, and everything stays as it is.
stopped_heading = Your address stays
stopped_text = Nothing goes to the other address.
stop_late_text = This can no longer be undone here. Write to us, and a person will see to it.
stop_erased_text = Everything that was stored about you is erased. There is nothing left to stop.
data_page_text = All that is stored about you, as a JSON file.
data_download = Download my data
erase_heading = Erase everything
erase_text = Your address, your name, your subscriptions and their history are erased at once. This cannot be undone.
erase_sure = Yes, erase everything about me
erase_unsure = Tick the box first: then everything is erased
erased_heading = Everything is erased
erased_text = All that stays is a one-way code of your address, so that nobody brings it in again. You yourself can come back at any time.
data_stale_text = It works for one hour, and not at all once everything is erased. Ask for another on your preferences page.
link_heading = Get your link
link_text = Every issue has a link to your preferences and one to leave. No issue at hand, or none any more? Then we send you the link.
link_hint = The address that your issues came to.
link_button = Send me my link
link_sent = If { $newsletter } has stored this address, an email with the link goes to it, unless it had several lately or no such email may go there.

## Archive

all_issues = All issues
latest_issues = Latest issues
feed = Feed
search = Search
search_found = { $count ->
    [one] { $count } issue found
   *[other] { $count } issues found
}
search_found_many = More than { $count } issues found; these are the latest
search_none = Nothing found
archive_empty = No issue has gone out yet.
years = Years
newer_issues = Newer issues
older_issues = Older issues
other_issues = Other issues
previous_issue = Previous issue
next_issue = Next issue
corrected_on = Corrected on { $date }.
reading_time = { $minutes ->
    [one] { $minutes } minute to read
   *[other] { $minutes } minutes to read
}

## Privacy

privacy = Privacy
privacy_lead = What { $newsletter } keeps about its readers, for how long, and what it does not do.
privacy_sender = Who sends it
privacy_stored = What is kept
privacy_stored_address = Your email address, and the name, language and choices that you gave: to send you what you asked for.
privacy_stored_consent = When you asked, confirmed, paused or left, which words you were shown, and the network that your request came from, with the end of its address cut off: as proof that you agreed.
privacy_stored_delivery = For each issue, whether it was delivered, and what your mail server answered if it was not.
privacy_stored_refusal = If your mailbox refuses our mail, or you never want to hear from us: a fingerprint of the address, from which it cannot be read. It keeps our mail away.
privacy_kept = For how long
privacy_kept_text = Your data is kept as long as you subscribe. You can have everything erased at any time. Otherwise this is how long it is kept:
for_days = { $days ->
    [0] without end
    [one] { $days } day
   *[other] { $days } days
}
privacy_kept_unconfirmed = A request that nobody confirms: { for_days }.
privacy_kept_left = Address and name after you leave: { for_days }. Then a code of the address stays, from which it cannot be read, so that no old list brings you back.
privacy_kept_consents = The proof of what you agreed to, after you leave: { for_days }, at last under that code alone.
privacy_kept_networks = The network that a request came from: { for_days }.
privacy_kept_delivery = Whether each issue reached you: { for_days }. After that only who did not get it is kept.
privacy_kept_erased = After an erasure only the code of your address is left. Backups hold your data until they expire.
privacy_not = What is not done
privacy_not_opened = Nobody learns whether you open an issue: there is no hidden picture in it.
privacy_not_clicked = Links in issues lead straight to where they say. No click is counted.
privacy_not_cookies = These pages set no cookies and load nothing from other sites.
privacy_pictures = When your mailbox shows the pictures of an issue, it fetches them from this site. Who fetched them is not recorded.
privacy_others = Who else sees it
privacy_others_text = Mail goes out through { $relays } and from there to your own mail service. Nobody else gets your address.
privacy_rights = What you can do
privacy_rights_text = The link to your preferences is at the foot of every issue: pause, leave, see and change what is kept, download it, or have it erased.
privacy_controller = The controller of your data is { $publisher }. Write to { $address } with any question about your data.
privacy_basis = Legal basis
privacy_basis_text = We send you the newsletter with your consent (Article 6(1)(a) of the GDPR, where it applies).
privacy_basis_kept = We keep the proof of your consent, and the code of an address that must not be emailed, for our legitimate interest (Article 6(1)(f)).
privacy_withdraw = You can withdraw your consent at any time with the unsubscribe link in every issue. What was done before stays lawful.
privacy_complain = You can complain to a data protection authority, for example where you live.

## Troubles

trouble_not_found = There is no such page
trouble_not_found_text = The address may be mistyped, or the page is gone.
trouble_link = This link does not work
trouble_link_text = Make sure that the whole link from the mail is in the address bar, up to its last letter.
trouble_not_understood = This was not understood
trouble_method_text = This address is not meant to be used this way.
trouble_unreadable_text = What was sent is not what a form of this site sends.
trouble_too_large = This is too long
trouble_too_large_text = What was sent is larger than any form of this site.
trouble_too_many = Please wait a while
trouble_too_many_text = There were many requests at once. Try again in an hour.
trouble_busy = Please try again in a minute
trouble_busy_text = The server cannot write at the moment. Nothing was changed.
trouble_broken = Something went wrong
trouble_broken_text = The fault is on our side, and has been noted.
