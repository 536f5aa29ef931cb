### The words of the desk in English, for people who work on a newsletter. `{ $x }` is a value. A language has all of them
### in a file of its own here, or none, and English stands in.

## Every page

desk_nav = The desk
desk_people = People
desk_sign_out = Sign out
desk_back = Go to the desk

## Where it begins

desk_start_heading = Your newsletters
desk_start_none = You have no role in a newsletter here. An owner or an operator can give you one.
desk_nobody_heading = Nobody has an account yet
desk_nobody_text = On the server, run this command. It prints a link for the first person.

## Signing in

desk_enter_heading = Sign in
desk_enter_address = Email address
desk_enter_password = Password
desk_enter_button = Sign in
desk_enter_refused = The address or the password is wrong
desk_enter_address_wrong = Enter your email address
desk_enter_wait = Too many tries. Try again in { $wait }
desk_enter_left = You are signed out.
desk_enter_lost = If you cannot sign in, ask an owner of the newsletter or the operator of this server for a new link.

## A one-time link

desk_welcome_heading = Welcome
desk_welcome_named = Welcome, { $name }
desk_recovery_heading = Choose a new password
desk_welcome_text = Choose a password. You sign in with it and with this address:
desk_welcome_part = You work on { $newsletters }.
desk_welcome_closed_heading = This link no longer works
desk_welcome_closed_text = It was used, it is older than 24 hours, or a newer one took its place. Ask whoever gave it to you for a new link.
desk_welcome_to_enter = Sign in
desk_password_label = New password
desk_password_hint = 12 characters or more. A few words that do not belong together are easy to remember.
desk_password_button = Save the password
desk_password_short = The password needs at least 12 characters
desk_password_long = The password has more than 200 characters
desk_password_obvious = Choose a password that is harder to guess

## Confirm it is you

desk_again_heading = Confirm it is you
desk_again_text = Enter your password, and what you asked for is done.
desk_again_button = Confirm and continue
desk_again_wrong = The password is wrong

## You

desk_you_heading = Your account
desk_you_password_heading = Password
desk_you_password_text = A new password signs you out everywhere else.
desk_you_password_done = Your password is changed. You are signed out everywhere else.
desk_you_sessions_heading = Where you are signed in
desk_you_session_here = This browser
desk_you_session_unknown = A browser
desk_you_session_seen = Last used { $when }
desk_you_session_from = from { $network }
desk_you_session_end = End this session
desk_you_end_others = Sign out everywhere else
desk_you_ended = Signed out there.

## People

desk_people_heading = People of { $newsletter }
desk_people_you = you
desk_people_role_label = Role
desk_people_role_of = Role of { $address }
desk_people_save = Save
desk_people_link = New link
desk_people_link_hint = A new link signs them out. They choose a new password with it.
desk_people_role_done = The role is changed.
desk_people_removed = They no longer have a role in this newsletter.
desk_people_last_owner = This is the last owner. Make somebody else an owner first
desk_people_meanwhile = Somebody else changed this account at the same time. Look again
desk_people_disabled = This account is disabled. An operator can enable it
desk_people_known = This address has an account and a role here already
desk_people_invite_heading = Invite somebody
desk_people_invite_button = Make a link
desk_people_made = Give this link to { $address }. It works once, until { $until }, and is not shown again.
role_viewer = viewer
role_writer = writer
role_editor = editor
role_owner = owner
role_none = no role
account_invited = not signed in yet
account_disabled = disabled

## The first page of a newsletter

desk_home_next = Next issue
desk_home_slot = The next slot is { $slot }, in { $distance }.
desk_home_no_slot = There is no next slot.
desk_home_nothing = Nothing is queued.
desk_home_now = Going out
desk_home_held = Waiting for you
desk_home_last = Last issue
desk_home_none_yet = No issue has gone out yet.
desk_home_list = Readers
desk_home_when = { $when }, in { $distance }
desk_home_reach = { $count ->
    [one] It goes to { $count } reader.
   *[other] It goes to { $count } readers.
}
desk_home_progress = { $sent } of { $readers } accepted. { $open } to go, { $failed } refused, { $skipped } left out.
desk_home_result = { $sent } of { $readers } accepted, { $failed } refused, { $skipped } left out before their turn.
desk_home_counts = { $active } active, { $pending } unconfirmed, { $paused } paused.
desk_home_suppressed = { $count ->
    [one] { $count } address no longer gets email.
   *[other] { $count } addresses no longer get email.
}
desk_state_queued = queued
desk_state_preparing = starting
desk_state_sending = going out
desk_state_paused = paused
desk_state_held = held
desk_state_sent = sent
desk_state_stopped = stopped

## What is not done

desk_refused_heading = This was not done
desk_refused_origin = The request did not come from the desk. If you pressed a button here, a proxy removes the headers Origin and Sec-Fetch-Site.
desk_refused_right = Your role does not let you do this. An owner of the newsletter can give you another.
