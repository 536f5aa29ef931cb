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

skip = Skip to main content
write_to_us = Write to us
to_home = Go to the home page
error = Error
problem = There is a problem
# The name of a newsletter that is no longer here: its slug, in quotation marks, since English sentences have none round a name.
gone_newsletter = “{ $slug }”
# The title of a page with mistakes.
titled = { $label }: { $title }
labelled = { $label }: { $value }
# Items in a row, two at a time.
listed = { $first }, { $second }
test_link = You opened this link from a test email. In a real email it does what this page says. Here it changes nothing.

## Issues

read_on_web = Read online
links = Links
notes = Notes
image = Image
reason = You’re getting this email because { $address } has been subscribed to { $newsletter } since { $date }.
unsubscribe = Unsubscribe
# Filters look for the English word, and so does whoever cannot read the email.
way_out = { unsubscribe }
# What an email is called where it is read aloud.
role_email = email
change_preferences = Change preferences or pause
forwarded = Forwarded this email?
forwarded_link = Subscribe here
closing = Reply to this email to write to us. Forward it to anyone who may like it.

## Mails of the system

mail_or_open = You can also copy this link into your browser:
mail_entered = You’re getting this email because someone entered this address on the sign-up page of { $newsletter } at { $host }.
mail_confirm_subject = Confirm your subscription to { $newsletter }
mail_confirm_lead = We’ve had a request to send { $newsletter } to this address. If it came from you, please confirm with the link below.
mail_confirm_button = Confirm subscription
mail_confirm_ignore = If it did not come from you, ignore this email. You will not be subscribed.
mail_already_subject = You’re already subscribed to { $newsletter }
mail_already_lead = We’ve had a request to send { $newsletter } to this address. You’re already subscribed, so nothing has changed.
mail_already_change = Change preferences or unsubscribe
mail_already_ignore = If the request did not come from you, ignore this email.
mail_refuse = I didn’t ask for this email
mail_welcome_subject = Welcome to { $newsletter }
mail_welcome_lead = You’ll now get { $newsletter } by email. You can unsubscribe at any time with the link at the bottom of every email. To make sure it reaches your inbox, add our address to your contacts.
mail_welcome_latest = Here’s the latest issue:

## Mails to readers about their own subscription

mail_subscriber = You’re getting this email because this address is subscribed to { $newsletter } at { $host }.
mail_link_subject = Your link to manage { $newsletter }
mail_link_lead = We’ve had a request for the link to your subscription to { $newsletter }. Use it to change your preferences, pause or unsubscribe.
mail_link_button = Manage my subscription
mail_data_subject = Your data and { $newsletter }
mail_data_lead = We’ve had a request to see or erase the data that { $newsletter } stores about you. The link works for one hour.
mail_data_button = See my data
mail_stored_lead = We’ve had a request for the link of this address at { $newsletter }. It is not subscribed. Use the link to see or erase what is still stored, or to subscribe again.
mail_stored_reason = You’re getting this email because { $newsletter } at { $host } has stored this address.
mail_new_address_subject = Confirm your new address for { $newsletter }
mail_new_address_lead = We’ve had a request to send { $newsletter } to this address instead of another one. If it came from you, please confirm with the link below.
mail_new_address_button = Use this address
mail_new_address_reason = You’re getting this email because a reader of { $newsletter } at { $host } entered this address as their new one.
mail_old_address_subject = Request to change your address for { $newsletter }
mail_old_address_lead = We’ve had a request to send { $newsletter } to a different address. The change takes effect once that address is confirmed. If the request did not come from you, use the link below to keep your address.
mail_old_address_button = Keep my address
mail_old_address_ignore = If it came from you, you do not need to do anything.

## Home

home = Newsletters
home_lead = All by email. You can unsubscribe with one click.

## Signup

signup_lead = Get { $newsletter } by email, free.
email_label = Email address
email_hint = We’ll only use it to send you the newsletter.
name_label = Name (optional)
name_hint = What the newsletter can call you.
name_too_long = Enter a shorter name, of at most { $count } characters
name_address = Enter a name that does not look like an address or a phone number. After a dot, type a space
name_invisible = Enter a name without invisible characters. Type it instead of pasting it
trap_label = Leave this field empty
subscribe = Subscribe
subscribe_again = Subscribe again
signup_small_print = We’ll email you a link to confirm. Every issue has a link to unsubscribe: one click, no questions.
address_empty = Enter your email address
address_too_long = Enter a shorter email address. This one is longer than email allows
address_wrong = Enter an email address in the correct format, like name@example.com
check_heading = Check your email
check_text = If this address can get { $newsletter }, you’ll find an email from us in your inbox. Follow the link in it to finish. The link works for { $days ->
    [one] { $days } day
   *[other] { $days } days
}.
check_nothing_there = Nothing after a few minutes? Check your spam folder. A link in an older email of ours works too: its page sends you a new one. To protect people’s inboxes, we send an address no more than { $count ->
    [one] one email like this
   *[other] { $count } emails like this
} a day.
address_disposable = Enter a different email address. We cannot accept temporary ones
address_no_server = We could not find an email service at { $domain }. Check the part after the @
meant_heading = Did you mean { $address }?
meant_text = You entered { $address }. Which one is right?
meant_use = Use { $address }
meant_keep = Keep { $address }
step_heading = One more step
step_text = Press the button to continue.
step_work = A lot of people are signing up right now. To stop anyone’s inbox being flooded, your device has a few seconds’ work to do first.
step_wait = Without JavaScript, press the button and wait up to { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}.
step_button = Continue
step_working = One moment, please …
step_ready = Ready. Press “Continue”.
check_open = Open { $provider }
check_again = Send the email again
check_other = Use a different address
check_too_early = The email may still be on its way. Please wait a minute before asking for another one.
check_asked_again = We’ve noted your request. If this address can get another email today, it’s on its way.
no_mail_heading = We cannot send an email now
no_mail_quota = We have sent this address as many emails as it can get in so short a time. Use the link in the latest one, or try again in a few days.
no_mail_refused = Someone with an email to this address told us that they did not ask for it, so we send no more like it. The link in that email undoes this.
no_mail_suppressed = We cannot email this address: an email came back, or was reported as spam. Write to us, and a person will look into it.

## Not me

refuse_heading = Stop these emails?
refuse_text = If you press the button, nobody can make us email this address by entering it on one of our pages. This lasts for a year. Any subscription that you have confirmed continues.
refuse_button = Stop these emails
refused_heading = We’ve stopped these emails
refused_text = For a year, we will not email this address just because someone enters it on one of our pages. Any request that was still waiting has been cancelled.
refused_undo = Undo
allowed_heading = These emails are allowed again
allowed_text = This address can be used to subscribe again.

## Confirming

confirm_heading = Confirm your subscription to { $newsletter }
confirm_text = Press the button to get { $newsletter } at this address, starting with the next issue.
confirm_button = Confirm subscription
confirm_ignore = If you did not ask for this, close this page. You will not be subscribed.
confirmed_heading = Welcome to { $newsletter }
confirmed_text = Your subscription is confirmed. The next issue will come to this address.
confirmed_contacts = To keep it out of your spam folder, add { $address } to your contacts.
welcome_next = You’re in. The next issue is due on { weekday } { $day } { month }.
welcome_latest = Until then, read the latest issue: { $title }
already_heading = You’re already subscribed
already_text = This address is subscribed to { $newsletter }. You do not need to do anything else.
stale_heading = This link no longer works
stale_text = It is more than { $days ->
    [one] { $days } day
   *[other] { $days } days
} old, or something has changed since. You can ask for a new one.
stale_button = Email me a new link

## Leaving

leave_heading = Unsubscribe from { $newsletter }?
leave_text = You’ll be unsubscribed straight away.
leave_button = Unsubscribe
left_heading = You’ve been unsubscribed
left_text = You will not get { $newsletter } at this address any more. We will not send a goodbye email either.
absent_heading = You are not subscribed
absent_text = There is no subscription behind this link any more, so nothing is sent because of it.
left_on = You unsubscribed from { $newsletter } on { $date }.
ended_on = Your subscription to { $newsletter } ended on { $date }.
left_kept = We store your address until { $date }, so that no old list subscribes you again. You can have it erased now.
stored_link = See or erase your data
one_click_done = Unsubscribed.
one_click_unknown = Nothing has changed: this is not a request to unsubscribe. Open this address in a browser, or send List-Unsubscribe=One-Click.
pause_until_label = Pause until
pause_until_hint = Issues start again on that day.
pause_until_button = Pause until this date
pause_until_wrong = Enter a date between tomorrow and { $date }
leave_else = Change your preferences
back_offer = Unsubscribed by mistake? You can undo this for 24 hours.
back_button = Undo
back_heading = You’re subscribed again
back_text = You’ll get { $newsletter } at this address again, as before.
why_heading = Why did you unsubscribe?
why_hint = You do not have to answer.
why_too_often = Too many emails
why_too_long = Too long
why_not_expected = Not what I expected
why_never_signed_up = I never subscribed
why_other = Something else
why_button = Send answer
why_thanks = Thank you for telling us.

## Preferences

preferences_heading = Your subscription to { $newsletter }
preferences_active = You get every issue.
preferences_pending = You have not confirmed your subscription yet. Follow the link in the email that we sent you.
preferences_paused = Your subscription is paused.
preferences_paused_until = Paused until { $date }. You will not get any issues before then.
preferences_paused_open = Paused. You will not get any issues until you resume.
preferences_resumed = Your subscription has resumed.
pause_heading = Pause
pause_text = You will not get any issues during the pause. Your subscription resumes by itself afterwards.
pause_longer_heading = Pause for longer
pause_longer_text = The new pause counts from today.
pause_four_weeks = Pause for 4 weeks
pause_three_months = Pause for 3 months
resume_heading = Resume
resume_text = You’ll get every issue again, starting with the next one.
resume_button = Resume
go_heading = Unsubscribe
go_text = You can subscribe again at any time.
rename_heading = Name
rename_label = New name
rename_button = Save name
rename_hint = The name we have starts with “{ $initial }”. A new name is used only in emails from { $newsletter }. To remove it, leave the field empty.
rename_hint_none = We do not have a name for you. A new name is used only in emails from { $newsletter }.
rename_saved = Your name has been saved. It is used only in emails from { $newsletter }.
rename_removed = Your name has been removed.
saved = Your preferences have been saved.
choices_heading = Language and format
language_label = Language
language_hint = For these pages and for emails about your subscription. Issues come in the language they are written in.
language_default = Same as the newsletter
format_label = Format
format_html = Formatted (HTML)
format_plain = Plain text
choices_button = Save
address_heading = Email address
address_label = New email address
address_hint = We’ll send a link to the new address. Nothing changes until you confirm it there. We’ll tell your current address too.
address_button = Change email address
address_sent = If we can email the new address, you’ll find a link in its inbox. Nothing changes until you confirm it there.
address_settling = The address was changed recently. Until { $date }, the previous address can undo that. After that, you can change it again.
others_heading = Other newsletters
others_text = You confirm each one with a link that we send to your address.
others_add = Subscribe to { $newsletter }
data_heading = Your data
data_text = See or erase everything we store about you. We’ll send a link to your address. It works for one hour.
data_button = Email me the link
data_sent = Check your email for the link. It works for one hour. If nothing comes, you may have reached today’s limit: try again tomorrow.
data_sent_before = The address was changed recently, so the link goes to the previous address. It works for one hour. If nothing comes, you may have reached today’s limit: try again tomorrow.

## Another address, the reader’s data, the reader’s link

move_heading = Get { $newsletter } at this address?
move_text = From then on, { $newsletter } comes to this address and no longer to the old one.
moved_heading = Your address has been changed
moved_text = You’ll get { $newsletter } at this address from now on.
move_stale_text = The link was not used in time, or the change was stopped. You can ask again on your preferences page.
stop_heading = Keep your address?
stop_text = Someone used a link from one of your emails to ask for { $newsletter } to go to another address. Press the button to keep getting it at yours.
stopped_heading = Your address stays the same
stopped_text = Nothing will be sent to the other address.
stop_late_text = It’s too late to undo this here. Write to us and we’ll sort it out.
stop_erased_text = Everything that was stored about you has been erased, so there is nothing left to stop.
data_page_text = Everything we store about you, as a JSON file.
data_download = Download my data
erase_heading = Erase everything
erase_text = Your address, your name, your subscriptions and their history are erased straight away. You cannot undo this.
erase_sure = Yes, erase everything about me
erase_unsure = Tick the box to confirm that you want everything erased
erased_heading = Your data has been erased
erased_text = All that’s left is a code made from your address that cannot be turned back into it. It stops an old list from adding you again. Backups still hold your data until they expire. You can subscribe again at any time.
data_stale_text = Links to your data work for one hour, and not at all once everything is erased. You can ask for a new one on your preferences page.
link_heading = Get your link
link_text = Every issue has a link to your preferences and a link to unsubscribe. If you do not have an issue to hand, we can email you your link.
link_hint = The address that your issues come to, or came to.
link_button = Email me my link
link_sent = If { $newsletter } has stored this address, you’ll find an email with the link in its inbox. An address gets only a few such emails.

## Archive

all_issues = All issues
latest_issues = Latest issues
feed = Feed (Atom)
search = Search
search_found = { $count ->
    [one] { $count } issue found
   *[other] { $count } issues found
}
search_found_many = More than { $count } issues found. These are the latest.
search_none = No issues found
archive_empty = There are no issues yet.
years = Years
newer_issues = Newer issues
older_issues = Older issues
other_issues = Other issues
previous_issue = Previous issue
next_issue = Next issue
corrected_on = Corrected on { $date }.
reading_time = { $minutes } minute read

## Privacy

privacy = Privacy
privacy_lead = What { $newsletter } keeps about its readers, for how long, and what it does not do.
privacy_sender = Who is responsible
privacy_stored = What we keep
privacy_stored_address = Your email address, and the name, language and preferences you gave us, so that we can send you what you asked for.
privacy_stored_consent = When you subscribed, confirmed, paused or unsubscribed, which wording you were shown, and the network your request came from, with the end of its address removed. This is our record of your consent.
privacy_stored_delivery = For each issue, whether it was delivered, and if not, what your email provider answered.
privacy_stored_refusal = If your email provider refuses our emails, or you asked us to stop emailing you: a code made from your address that cannot be turned back into it. It stops us from emailing you.
privacy_kept = How long we keep it
privacy_kept_text = We keep your data for as long as you subscribe. You can have everything erased at any time. Otherwise, this is how long we keep it:
for_days = { $days ->
    [0] without a limit
    [one] { $days } day
   *[other] { $days } days
}
privacy_kept_unconfirmed = A request that nobody confirms: { for_days }.
privacy_kept_left = Your address and name after you unsubscribe: { for_days }. After that we keep a code made from the address, so that no old list subscribes you again.
privacy_kept_consents = The record of what you agreed to, after you unsubscribe: { for_days }. It ends up under that code only.
privacy_kept_networks = The network that a request came from: { for_days }.
privacy_kept_delivery = Whether each issue reached you: { for_days }. After that, we keep only which issues did not reach you.
privacy_kept_erased = After you have had everything erased, only the code is left. Backups hold your data until they expire.
privacy_not = What we do not do
privacy_not_opened = We do not know whether you open an issue. There is no hidden image in it.
privacy_not_clicked = Links in issues go straight to where they say. We do not count clicks.
privacy_not_cookies = These pages set no cookies and load nothing from other sites.
privacy_pictures = When your email app shows the images in an issue, it loads them from this site. We do not record who loaded them.
privacy_others = Who else gets your address
privacy_others_text = We send email through { $relays }, and from there it goes to your email provider. Nobody else gets your address.
privacy_rights = Your rights
privacy_rights_text = Every issue has a link to your preferences at the bottom. There you can pause, unsubscribe, see and correct what we keep, download it, or have it erased.
privacy_controller = The controller of your data is { $publisher }. Write to { $address } with any question about your data.
privacy_basis = Legal basis
privacy_basis_text = We send you the newsletter with your consent (Article 6(1)(a) of the GDPR, where it applies).
privacy_basis_kept = We keep the proof of your consent, and the code of an address that must not be emailed, for our legitimate interest (Article 6(1)(f)).
privacy_withdraw = You can withdraw your consent at any time with the unsubscribe link in every issue. What was done before stays lawful.
privacy_complain = You can complain to a data protection authority, for example where you live.

## Troubles

trouble_not_found = Page not found
trouble_not_found_text = If you typed the web address, check that it is correct. The page may also have been removed.
trouble_link = This link does not work
trouble_link_text = Check that the whole link from the email is in the address bar, down to the last character.
trouble_not_understood = We did not understand that request
trouble_method_text = This page cannot be used in that way.
trouble_unreadable_text = What was sent does not come from a form on this site.
trouble_too_large = That is too large
trouble_too_large_text = What was sent is larger than any form on this site.
trouble_too_many = Please try again later
trouble_too_many_text = There have been a lot of requests. Please try again in an hour.
trouble_busy = Please try again in a minute
trouble_busy_text = We cannot save anything right now. Nothing has changed.
trouble_broken = Sorry, something went wrong
trouble_broken_text = The problem is on our side. It has been recorded.
