//! The list of messages, with the values that each takes: a method of [`Words`] for each. Knows no language.
//!
//! To add one: a line here, and the message in every file under `templates/words`. The tests find a message that a file
//! lacks or has for nothing, and a value that a translation forgets.

use super::{Value, Words};

/// The type of a value in a message's line below.
macro_rules! kind {
    (text) => {
        &str
    };
    (number) => {
        i64
    };
}

macro_rules! messages {
    ($($name:ident($($value:ident: $kind:ident),*);)+) => {
        impl Words {
            $(
                #[doc = concat!("The message `", stringify!($name), "` of `templates/words`.")]
                pub(crate) fn $name(self, $($value: kind!($kind)),*) -> String {
                    self.say(stringify!($name), &[$((stringify!($value), Value::from($value))),*])
                }
            )+
        }

        /// Each message with the names of its values.
        #[cfg(test)]
        pub(super) const MESSAGES: &[(&str, &[&str])] = &[$((stringify!($name), &[$(stringify!($value)),*])),+];
    };
}

messages! {
    // Dates
    date_of(day: number, month: number, year: text);

    // Every page
    skip();
    write_to_us();
    to_home();
    error();
    problem();
    nameless();
    test_link();

    // Issues
    read_on_web();
    links();
    notes();
    image();
    reason(newsletter: text, address: text, date: text);
    unsubscribe();
    change_preferences();
    forwarded();
    forwarded_link();
    closing();

    // Mails of the system
    mail_or_open();
    mail_entered(newsletter: text, host: text);
    mail_confirm_subject(newsletter: text);
    mail_confirm_lead(newsletter: text);
    mail_confirm_button();
    mail_confirm_ignore();
    mail_already_subject(newsletter: text);
    mail_already_lead(newsletter: text);
    mail_already_change();
    mail_already_ignore();
    mail_refuse();
    mail_welcome_subject(newsletter: text);
    mail_welcome_lead(newsletter: text);
    mail_welcome_latest();

    // Mails to readers about their own subscription
    mail_subscriber(newsletter: text, host: text);
    mail_link_subject(newsletter: text);
    mail_link_lead(newsletter: text);
    mail_link_button();
    mail_data_subject(newsletter: text);
    mail_data_lead(newsletter: text);
    mail_data_button();
    mail_stored_lead(newsletter: text);
    mail_stored_reason(newsletter: text, host: text);
    mail_new_address_subject(newsletter: text);
    mail_new_address_lead(newsletter: text);
    mail_new_address_button();
    mail_new_address_reason(newsletter: text, host: text);
    mail_old_address_subject(newsletter: text);
    mail_old_address_lead(newsletter: text);
    mail_old_address_button();
    mail_old_address_ignore();

    // Home
    home();
    home_lead();

    // Signup
    signup_lead(newsletter: text);
    email_label();
    email_hint();
    name_label();
    name_hint();
    name_too_long(count: number);
    name_address();
    name_invisible();
    trap_label();
    subscribe();
    subscribe_again();
    signup_small_print();
    address_empty();
    address_too_long();
    address_wrong();
    check_heading();
    check_text(newsletter: text, days: number);
    check_nothing_there(count: number);
    address_disposable();
    address_no_server(domain: text);
    meant_heading(address: text);
    meant_text(address: text);
    meant_use(address: text);
    meant_keep(address: text);
    step_heading();
    step_text();
    step_work();
    step_wait(seconds: number);
    step_button();
    step_working();
    step_ready();
    check_open(provider: text);
    check_again();
    check_other();
    check_too_early();
    check_asked_again();
    no_mail_heading();
    no_mail_quota();
    no_mail_refused();
    no_mail_suppressed();

    // Not me
    refuse_heading();
    refuse_text();
    refuse_button();
    refused_heading();
    refused_text();
    refused_undo();
    allowed_heading();
    allowed_text();

    // Confirming
    confirm_heading(newsletter: text);
    confirm_text(newsletter: text);
    confirm_button();
    confirm_ignore();
    confirmed_heading(newsletter: text);
    confirmed_text();
    confirmed_contacts(address: text);
    welcome_next(weekday: number, day: number, month: number);
    welcome_latest(title: text);
    already_heading();
    already_text(newsletter: text);
    stale_heading();
    stale_text(days: number);
    stale_button();

    // Leaving
    leave_heading(newsletter: text);
    leave_text();
    leave_button();
    left_heading();
    left_text(newsletter: text);
    absent_heading();
    absent_text();
    left_on(newsletter: text, date: text);
    ended_on(newsletter: text, date: text);
    left_kept(date: text);
    stored_link();
    one_click_done();
    one_click_unknown();
    pause_until_label();
    pause_until_hint();
    pause_until_button();
    pause_until_wrong(date: text);
    leave_else();
    back_offer();
    back_button();
    back_heading();
    back_text(newsletter: text);
    why_heading();
    why_hint();
    why_too_often();
    why_too_long();
    why_not_expected();
    why_never_signed_up();
    why_other();
    why_button();
    why_thanks();

    // Preferences
    preferences_heading(newsletter: text);
    preferences_active();
    preferences_pending();
    preferences_paused();
    preferences_paused_until(date: text);
    preferences_paused_open();
    preferences_resumed();
    pause_heading();
    pause_text();
    pause_longer_heading();
    pause_longer_text();
    pause_four_weeks();
    pause_three_months();
    resume_heading();
    resume_text();
    resume_button();
    go_heading();
    go_text();
    rename_heading();
    rename_label();
    rename_button();
    rename_hint(initial: text, newsletter: text);
    rename_hint_none(newsletter: text);
    rename_saved(newsletter: text);
    rename_removed();
    saved();
    choices_heading();
    language_label();
    language_hint();
    language_default();
    format_label();
    format_html();
    format_plain();
    choices_button();
    address_heading();
    address_label();
    address_hint();
    address_button();
    address_sent();
    address_settling(date: text);
    others_heading();
    others_text();
    others_add(newsletter: text);
    data_heading();
    data_text();
    data_button();
    data_sent();
    data_sent_before();

    // Another address, the reader's data, the reader's link
    move_heading(newsletter: text);
    move_text(newsletter: text);
    moved_heading();
    moved_text(newsletter: text);
    move_stale_text();
    stop_heading();
    stop_text(newsletter: text);
    stopped_heading();
    stopped_text();
    stop_late_text();
    stop_erased_text();
    data_page_text();
    data_download();
    erase_heading();
    erase_text();
    erase_sure();
    erase_unsure();
    erased_heading();
    erased_text();
    data_stale_text();
    link_heading();
    link_text();
    link_hint();
    link_button();
    link_sent(newsletter: text);

    // Archive
    all_issues();
    latest_issues();
    feed();
    search();
    search_found(count: number);
    search_found_many(count: number);
    search_none();
    archive_empty();
    years();
    newer_issues();
    older_issues();
    other_issues();
    previous_issue();
    next_issue();
    corrected_on(date: text);
    reading_time(minutes: number);

    // Privacy
    privacy();
    privacy_lead(newsletter: text);
    privacy_sender();
    privacy_stored();
    privacy_stored_address();
    privacy_stored_consent();
    privacy_stored_delivery();
    privacy_stored_refusal();
    privacy_kept();
    privacy_kept_text();
    privacy_kept_unconfirmed(days: number);
    privacy_kept_left(days: number);
    privacy_kept_consents(days: number);
    privacy_kept_networks(days: number);
    privacy_kept_delivery(days: number);
    privacy_kept_erased();
    privacy_not();
    privacy_not_opened();
    privacy_not_clicked();
    privacy_not_cookies();
    privacy_pictures();
    privacy_others();
    privacy_others_text(relays: text);
    privacy_rights();
    privacy_rights_text();
    privacy_controller(publisher: text, address: text);
    privacy_basis();
    privacy_basis_text();
    privacy_basis_kept();
    privacy_withdraw();
    privacy_complain();

    // Troubles
    trouble_not_found();
    trouble_not_found_text();
    trouble_link();
    trouble_link_text();
    trouble_not_understood();
    trouble_method_text();
    trouble_unreadable_text();
    trouble_too_large();
    trouble_too_large_text();
    trouble_too_many();
    trouble_too_many_text();
    trouble_busy();
    trouble_busy_text();
    trouble_broken();
    trouble_broken_text();
}
