### ページとメールの言葉（日本語）。です・ます調。

## Dates

date_of = { $year }年{ $month }月{ $day }日

# As in "comes on Friday".
weekday = { $weekday ->
    [1] 月
    [2] 火
    [3] 水
    [4] 木
    [5] 金
    [6] 土
   *[7] 日
}

## Every page

skip = 本文へ移動
write_to_us = お問い合わせ
to_home = トップページへ
error = エラー
problem = 入力内容をご確認ください
# The name of a newsletter that is no longer here; the sentences have the quotation marks.
gone_newsletter = { $slug }
titled = { $label }：{ $title }
labelled = { $label }： { $value }
# A comma of ASCII: one of Japanese between two tags counts as hidden text at a filter (SpamAssassin, HTML_OBFUSCATE).
listed = { $first }, { $second }
test_link = これはテストメールのリンクです。実際のメールのリンクではこのページに書かれた操作が行われますが、ここでは何も変更されません。

## Issues

read_on_web = ウェブ版を読む
links = リンク
notes = 注
image = 画像
reason = { $date }に { $address } で「{ $newsletter }」にご登録いただいたため、このメールをお送りしています。
unsubscribe = 配信を停止する
way_out = { unsubscribe }（Unsubscribe）
role_email = メール
change_preferences = 設定の変更・配信の休止
forwarded = 転送で受け取った方へ：
forwarded_link = 登録はこちら
closing = このメールに返信すると、編集部に届きます。お知り合いへの転送も歓迎します。

## Mails of the system

mail_or_open = 次のURLをブラウザーに貼り付けて開くこともできます。
mail_entered = 「{ $newsletter }」の登録ページ（{ $host }）にこのアドレスが入力されたため、このメールをお送りしています。
mail_confirm_subject = 【ご確認】「{ $newsletter }」の登録を完了してください
mail_confirm_lead = 「{ $newsletter }」への登録の申し込みを受け付けました。ご本人の場合は、下のリンクで登録を完了できます。
mail_confirm_button = 登録を完了する
mail_confirm_ignore = お心当たりがない場合は、このメールを破棄してください。登録は行われません。
mail_already_subject = 「{ $newsletter }」にはすでにご登録いただいています
mail_already_lead = 「{ $newsletter }」への登録の申し込みを受け付けましたが、このアドレスは登録済みです。変更はありません。
mail_already_change = 設定の変更・配信の停止
mail_already_ignore = お心当たりがない場合は、このメールを破棄してください。
mail_refuse = 心当たりがないので、このようなメールの受信を止める
mail_welcome_subject = 「{ $newsletter }」へようこそ
mail_welcome_lead = 「{ $newsletter }」にご登録いただき、ありがとうございます。次の号からお届けします。配信は、各メールの末尾にあるリンクからいつでも停止できます。確実に受信できるよう、差出人のアドレスを連絡先に追加してください。
mail_welcome_latest = 最新号はこちらです。

## Mails to readers about their own subscription

mail_subscriber = 「{ $newsletter }」（{ $host }）にご登録のアドレスにお送りしています。
mail_link_subject = 「{ $newsletter }」の配信設定リンク
mail_link_lead = 「{ $newsletter }」の配信設定ページへのリンクをお送りします。設定の変更、休止、配信停止ができます。
mail_link_button = 配信設定を開く
mail_data_subject = 「{ $newsletter }」の登録情報について
mail_data_lead = 「{ $newsletter }」の登録情報の開示または消去のご依頼を受け付けました。リンクの有効期限は1時間です。
mail_data_button = 登録情報を確認する
mail_stored_lead = ニュースレター「{ $newsletter }」に、このアドレスのリンクのご依頼がありました。このアドレスは登録されていません。リンクから、まだ保存されている内容の確認や消去、再登録ができます。
mail_stored_reason = { $host } のニュースレター「{ $newsletter }」がこのアドレスを保存しているため、このメールをお送りしました。
mail_new_address_subject = 【ご確認】「{ $newsletter }」の新しい配信先アドレス
mail_new_address_lead = 「{ $newsletter }」の配信先をこのアドレスに変更するご依頼を受け付けました。ご本人の場合は、下のリンクから変更を完了してください。
mail_new_address_button = このアドレスに変更する
mail_new_address_reason = 「{ $newsletter }」（{ $host }）の新しい配信先としてこのアドレスが入力されたため、このメールをお送りしています。
mail_old_address_subject = 「{ $newsletter }」の配信先変更のご依頼
mail_old_address_lead = 「{ $newsletter }」の配信先を別のアドレスに変更するご依頼を受け付けました。新しいアドレスで確認されると変更されます。お心当たりがない場合は、下のリンクから変更を取り消してください。
mail_old_address_button = 変更を取り消す
mail_old_address_ignore = ご本人の場合は、何もする必要はありません。

## Home

home = ニュースレター
home_lead = 無料でメールでお届けします。配信停止もワンクリックです。

## Signup

signup_lead = 「{ $newsletter }」を無料でメールでお届けします。
email_label = メールアドレス
email_hint = ニュースレターの配信以外の目的には使いません。
name_label = お名前（任意）
name_hint = メールの宛名に使います。
name_too_long = お名前は{ $count }文字以内で入力してください
name_address = アドレスや電話番号に見えないお名前を入力してください。ピリオドの後には空白を入れてください
name_invisible = 見えない文字を含まないお名前を、手で入力してください
trap_label = この欄は空のままにしてください
subscribe = 登録する
subscribe_again = もう一度登録する
signup_small_print = 確認メールのリンクから登録が完了します。配信はいつでも停止できます。どの号にも配信停止のリンクがあり、ワンクリックで手続きが終わります。
address_empty = メールアドレスを入力してください
address_too_long = メールアドレスが長すぎます。入力内容をご確認ください
address_wrong = メールアドレスの形式が正しくありません（例：name@example.com）
check_heading = メールをご確認ください
check_text = このアドレスに「{ $newsletter }」をお送りできる場合は、確認メールが届きます。メールのリンクから手続きを完了してください。リンクの有効期限は{ $days }日間です。
check_nothing_there = 数分たっても届かない場合は、迷惑メールフォルダーをご確認ください。以前お送りしたリンクのページからも、新しいリンクを受け取れます。迷惑行為を防ぐため、1つのアドレスへの送信は1日{ $count }通までとしています。
address_disposable = 別のメールアドレスを入力してください。一時的なアドレスはご利用いただけません
address_no_server = { $domain } ではメールを受信できないようです。@の後をご確認ください
meant_heading = { $address } ではありませんか？
meant_text = 入力されたアドレスは { $address } です。どちらが正しいかお選びください。
meant_use = { $address } を使う
meant_keep = { $address } のままにする
step_heading = あと少しで完了です
step_text = 続けるには、ボタンを押してください。
step_work = 現在、登録の申し込みが集中しています。迷惑メールの大量送信を防ぐため、お使いの端末で数秒間の計算を行います。
step_wait = JavaScript をお使いでない場合は、ボタンを押して、最大{ $seconds }秒お待ちください。
step_button = 続ける
step_working = しばらくお待ちください…
step_ready = 準備ができました。「続ける」を押してください。
check_open = { $provider } を開く
check_again = メールを再送する
check_other = 別のアドレスを使う
check_too_early = メールはまだ届く途中かもしれません。1分ほどお待ちになってから再送してください。
check_asked_again = 受け付けました。本日このアドレスにまだお送りできる場合は、メールが届きます。
no_mail_heading = 現在はメールをお送りできません
no_mail_quota = このアドレスには、短い期間にお送りできる数のメールをすでにお送りしました。いちばん新しいメールのリンクを使うか、数日後にもう一度お試しください。
no_mail_refused = このアドレス宛てのメールを受け取った方から、申し込んでいないとのお知らせがありました。そのため、このようなメールはお送りしていません。そのメールのリンクから取り消せます。
no_mail_suppressed = このアドレスにはメールをお送りできません。メールが戻ってきたか、迷惑メールとして報告されました。ご連絡いただければ、担当者が対応します。

## Not me

refuse_heading = このようなメールの受信を止めますか？
refuse_text = ボタンを押すと、誰かが当サイトのページにこのアドレスを入力しても、メールは送られません。有効期間は1年です。ご自身で確認された登録はそのまま続きます。
refuse_button = 受信を止める
refused_heading = このようなメールを停止しました
refused_text = 1年間、誰かが当サイトのページにこのアドレスを入力しても、メールは送られません。手続き中のご依頼は取り消しました。
refused_undo = 取り消す
allowed_heading = メールの受信を再び許可しました
allowed_text = このアドレスで再び登録できます。

## Confirming

confirm_heading = 「{ $newsletter }」の登録を完了する
confirm_text = ボタンを押すと、次の号から「{ $newsletter }」がこのアドレスに届きます。
confirm_button = 登録を完了する
confirm_ignore = お心当たりがない場合は、このページを閉じてください。登録は行われません。
confirmed_heading = 「{ $newsletter }」へようこそ
confirmed_text = 登録が完了しました。次の号からこのアドレスにお届けします。
confirmed_contacts = 迷惑メールに振り分けられないよう、{ $address } を連絡先に追加してください。
welcome_next = 登録が完了しました。次の号は{ $month }月{ $day }日（{ weekday }）に配信予定です。
welcome_latest = それまで最新号をお読みください：「{ $title }」
already_heading = すでに登録されています
already_text = このアドレスは「{ $newsletter }」に登録されています。ほかに必要な操作はありません。
stale_heading = このリンクは無効になりました
stale_text = 発行から{ $days }日を過ぎたか、その後に変更がありました。新しいリンクを申し込むことができます。
stale_button = 新しいリンクを受け取る

## Leaving

leave_heading = 「{ $newsletter }」の配信を停止しますか？
leave_text = 手続きはすぐに反映されます。
leave_button = 配信を停止する
left_heading = 配信を停止しました
left_text = 今後このアドレスに「{ $newsletter }」は届きません。停止をお知らせするメールもお送りしません。
absent_heading = 登録されていません
absent_text = このリンクに対応する登録はすでにありません。この登録による配信は行われません。
left_on = ニュースレター「{ $newsletter }」の配信を{ $date }に停止されました。
ended_on = ニュースレター「{ $newsletter }」の登録は{ $date }に終了しました。
left_kept = 古い名簿から再び登録されないよう、アドレスは{ $date }まで保存されます。今すぐ消去することもできます。
stored_link = 保存されている内容を確認・消去する
one_click_done = 配信を停止しました。
one_click_unknown = 何も変更していません。これは配信停止の依頼ではありません。このアドレスをブラウザーで開くか、List-Unsubscribe=One-Click を送信してください。
pause_until_label = 再開する日
pause_until_hint = この日から配信を再開します。
pause_until_button = この日まで休止する
pause_until_wrong = 明日から{ $date }までの日付を選んでください
leave_else = 設定を変更する
back_offer = 誤って停止された場合は、24時間以内なら取り消せます。
back_button = 取り消す
back_heading = 登録を元に戻しました
back_text = これまでどおり「{ $newsletter }」をこのアドレスにお届けします。
why_heading = 配信を停止された理由をお聞かせください
why_hint = 回答は任意です。
why_too_often = メールが多すぎる
why_too_long = 長すぎる
why_not_expected = 思っていた内容と違う
why_never_signed_up = 登録した覚えがない
why_other = その他
why_button = 回答を送信する
why_thanks = ご回答ありがとうございました。

## Preferences

preferences_heading = 「{ $newsletter }」の配信設定
preferences_active = すべての号をお届けしています。
preferences_pending = 登録がまだ完了していません。お送りしたメールのリンクから完了してください。
preferences_paused = 配信を休止しました。
preferences_paused_until = { $date }まで配信を休止しています。それまでは届きません。
preferences_paused_open = 配信を休止しています。再開するまで届きません。
preferences_resumed = 配信を再開しました。
pause_heading = 配信を休止する
pause_text = 休止中は届きません。期間が過ぎると自動的に再開します。
pause_longer_heading = 休止を延長する
pause_longer_text = 期間は今日から数えます。
pause_four_weeks = 4週間休止する
pause_three_months = 3か月休止する
resume_heading = 配信を再開する
resume_text = 次の号からお届けします。
resume_button = 再開する
go_heading = 配信を停止する
go_text = いつでも再登録できます。
rename_heading = お名前
rename_label = 新しいお名前
rename_button = お名前を保存する
rename_hint = 登録されているお名前は「{ $initial }」で始まります。新しいお名前はニュースレター「{ $newsletter }」のメールだけに使われます。削除するには、欄を空のままにしてください。
rename_hint_none = お名前は登録されていません。新しいお名前はニュースレター「{ $newsletter }」のメールだけに使われます。
rename_saved = お名前を保存しました。ニュースレター「{ $newsletter }」のメールだけに使われます。
rename_removed = お名前を削除しました。
saved = 設定を保存しました。
choices_heading = 言語と形式
language_label = 言語
language_hint = このページと、登録に関するメールの言語です。各号は執筆された言語で届きます。
language_default = ニュースレターと同じ
format_label = 形式
format_html = 書式付き（HTML）
format_plain = テキストのみ
choices_button = 保存する
address_heading = メールアドレス
address_label = 新しいメールアドレス
address_hint = 新しいアドレスに確認用のリンクをお送りします。確認が完了するまで変更されません。現在のアドレスにもお知らせします。
address_button = メールアドレスを変更する
address_sent = 新しいアドレスにお送りできる場合は、確認用のリンクが届きます。確認が完了するまで変更されません。
address_settling = アドレスは最近変更されました。{ $date }までは以前のアドレスから元に戻すことができます。その後、また変更できます。
others_heading = ほかのニュースレター
others_text = 登録ごとに、お送りするリンクから確認していただきます。
others_add = 「{ $newsletter }」に登録する
data_heading = 登録情報
data_text = 保存されているすべての登録情報の開示・消去を申し込めます。リンクをお送りします（有効期限1時間）。
data_button = リンクを受け取る
data_sent = メールをご確認ください。リンクの有効期限は1時間です。届かない場合は本日の上限に達した可能性があります。明日もう一度お試しください。
data_sent_before = アドレスが最近変更されたため、以前のアドレスにリンクをお送りします。1時間有効です。届かない場合は、本日の上限に達した可能性があります。明日もう一度お試しください。

## Another address, the reader’s data, the reader’s link

move_heading = 「{ $newsletter }」をこのアドレスで受け取りますか？
move_text = 以後、ニュースレター「{ $newsletter }」はこのアドレスに届き、以前のアドレスには届きません。
moved_heading = メールアドレスを変更しました
moved_text = 今後「{ $newsletter }」はこのアドレスに届きます。
move_stale_text = リンクが期限内に使われなかったか、変更が取り消されました。設定ページからもう一度お申し込みください。
stop_heading = 今のアドレスのままにしますか？
stop_text = お送りしたメールのリンクから、「{ $newsletter }」の配信先を別のアドレスに変更するご依頼がありました。ボタンを押すと、これまでのアドレスで引き続き受け取れます。
stopped_heading = アドレスは変更されません
stopped_text = 別のアドレスには何も送信されません。
stop_late_text = ここでは元に戻せません。お問い合わせいただければ、担当者が対応いたします。
stop_erased_text = 保存されていた情報はすべて削除されました。取り消すものはもうありません。
data_page_text = 保存されているすべての登録情報を、JSONファイルでダウンロードできます。
data_download = 登録情報をダウンロードする
erase_heading = すべて消去する
erase_text = メールアドレス、お名前、登録内容とその履歴をただちに消去します。元に戻すことはできません。
erase_sure = はい、登録情報をすべて消去します
erase_unsure = 消去するには、確認欄にチェックを入れてください
erased_heading = 登録情報を消去しました
erased_text = 残るのは、アドレスに戻すことのできない識別値だけです。古い名簿から再び登録されるのを防ぐために使います。バックアップには、その保存期間が終わるまでデータが残ります。再登録はいつでもできます。
data_stale_text = リンクの有効期限は1時間です。消去後は使えません。新しいリンクは設定ページから申し込めます。
link_heading = 配信設定のリンクを受け取る
link_text = どの号にも、配信設定と配信停止のリンクがあります。お手元にない場合は、リンクをお送りします。
link_hint = ニュースレターが届いている、または届いていたアドレスです。
link_button = リンクを受け取る
link_sent = ニュースレター「{ $newsletter }」がこのアドレスを保存していれば、リンクを記したメールが受信トレイに届きます。一つのアドレスにお送りするのは数通までです。

## Archive

all_issues = バックナンバー
latest_issues = 最新号
feed = Atomフィード
search = 検索
search_found = { $count }件見つかりました
search_found_many = { $count }件を超える号が見つかりました。新しい順に表示しています
search_none = 該当する号は見つかりませんでした
archive_empty = まだ配信された号はありません。
years = 年別
newer_issues = 新しい号へ
older_issues = 古い号へ
other_issues = 前後の号
previous_issue = 前の号
next_issue = 次の号
corrected_on = { $date }に訂正しました。
reading_time = { $minutes }分で読めます

## Privacy

privacy = 個人情報の取り扱い
privacy_lead = 「{ $newsletter }」が読者について保存する情報、保存期間、行わないこと。
privacy_sender = 配信者・個人情報の管理者
privacy_stored = 保存する情報と利用目的
privacy_stored_address = メールアドレスと、ご記入いただいたお名前・言語・設定。ご希望のメールをお届けするために利用します。
privacy_stored_consent = 登録・確認・休止・停止の日時、表示した文面、末尾を省いたIPアドレス。同意の記録として保存します。
privacy_stored_delivery = 各号が届いたかどうか。届かなかった場合は、メールサービスからの応答。
privacy_stored_refusal = メールサービスが受信を拒否した場合や、受信を希望されない場合は、アドレスに戻すことのできない識別値。お送りしないために利用します。
privacy_kept = 保存期間
privacy_kept_text = 登録中は情報を保存します。すべての消去をいつでもご依頼いただけます。それ以外の保存期間は次のとおりです。
for_days = { $days ->
    [0] 期限なし
   *[other] { $days } 日間
}
privacy_kept_unconfirmed = 確認されなかったお申し込み：{ for_days }。
privacy_kept_left = 配信停止後のアドレスとお名前：{ for_days }。その後は、アドレスに戻すことのできない識別値だけを残し、古い名簿から再び登録されるのを防ぎます。
privacy_kept_consents = 配信停止後の同意の記録：{ for_days }。最後の期間はこの識別値だけで保存します。
privacy_kept_networks = お申し込み元のネットワーク：{ for_days }。
privacy_kept_delivery = 各号が届いたかどうか：{ for_days }。その後は、届かなかった方の記録だけを残します。
privacy_kept_erased = 消去後に残るのは、アドレスの識別値だけです。バックアップには、その保存期間が終わるまでデータが残ります。
privacy_not = 行わないこと
privacy_not_opened = 開封を計測する画像は入っていません。開封したかどうかは分かりません。
privacy_not_clicked = 本文中のリンクは、リンク先に直接つながります。クリック数は計測しません。
privacy_not_cookies = このサイトはCookieを使用せず、ほかのサイトから何も読み込みません。
privacy_pictures = メールソフトが画像を表示する際、このサイトから読み込みます。誰が読み込んだかは記録しません。
privacy_others = 第三者への提供
privacy_others_text = メールは { $relays } を経由して、お使いのメールサービスに届きます。それ以外の第三者にアドレスを提供することはありません。
privacy_rights = 開示・訂正・利用停止・消去
privacy_rights_text = 各号の末尾にある配信設定のリンクから、休止、配信停止、登録情報の開示・訂正・ダウンロード・消去ができます。
privacy_controller = 個人情報の管理者は、{ $publisher } です。個人情報に関するお問い合わせは { $address } までお願いいたします。
privacy_basis = 法的根拠
privacy_basis_text = ニュースレターは、ご本人の同意に基づいてお送りします（適用される場合、GDPR第6条1項(a)）。
privacy_basis_kept = 同意の記録と、お送りしてはならないアドレスの識別値は、正当な利益に基づいて保存します（同(f)）。
privacy_withdraw = 同意は、各号にある配信停止のリンクからいつでも撤回できます。撤回前の取り扱いは適法のままです。
privacy_complain = 個人情報の保護を担当する監督機関に、苦情を申し立てることができます。

## Troubles

trouble_not_found = ページが見つかりません
trouble_not_found_text = URLが間違っているか、ページが削除された可能性があります。
trouble_link = このリンクは使えません
trouble_link_text = メールのリンクが、最後の文字までブラウザーのURL欄に入っているかご確認ください。
trouble_not_understood = 内容を読み取れませんでした
trouble_method_text = このURLはこの方法ではご利用いただけません。
trouble_unreadable_text = 送信された内容は、このサイトのフォームからのものではありません。
trouble_too_large = データが大きすぎます
trouble_too_large_text = 送信された内容が、フォームの上限を超えています。
trouble_too_many = しばらくしてからもう一度お試しください
trouble_too_many_text = アクセスが集中しています。1時間後にもう一度お試しください。
trouble_busy = 1分ほどたってからもう一度お試しください
trouble_busy_text = ただいま保存できません。何も変更されていません。
trouble_broken = 申し訳ありません。エラーが発生しました
trouble_broken_text = こちらの不具合です。内容は記録されました。
